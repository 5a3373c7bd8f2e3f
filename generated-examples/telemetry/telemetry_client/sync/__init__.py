"""The client of Telemetry for code without `await`."""

from __future__ import annotations

from ..runtime.messenger_sync import MessageJob
from .messaging import Client, MessagingClient

__all__ = ["Client", "MessageJob", "MessagingClient"]
