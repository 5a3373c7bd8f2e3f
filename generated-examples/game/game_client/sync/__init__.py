"""The client of Game for code without `await`."""

from __future__ import annotations

from .messaging import Client, MessagingClient

__all__ = ["Client", "MessagingClient"]
