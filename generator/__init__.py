"""Generate a runnable asynchronous service and its client from an API document."""
