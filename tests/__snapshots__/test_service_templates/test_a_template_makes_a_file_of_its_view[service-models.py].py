"""What travels: every schema of the API as a type."""

from .runtime.model import Model


class Toy(Model):
    """A toy."""
    name: str
    """Its name."""
