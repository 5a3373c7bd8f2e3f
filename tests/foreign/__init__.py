"""Programs that nobody here wrote, driving what a build makes."""
