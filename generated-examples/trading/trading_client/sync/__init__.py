"""The client of Trading for code without `await`."""

from __future__ import annotations

from ..runtime.handle_sync import JobHandle
from ..runtime.item_stream_sync import ItemStream
from ..runtime.messenger_sync import MessageJob
from .client import Client
from .messaging import MessagingClient

__all__ = ["Client", "ItemStream", "JobHandle", "MessageJob", "MessagingClient"]
