"""What every generated service and client is built on; copied into them as it is."""
