"""The client of Social for code without `await`."""

from __future__ import annotations

from ..runtime.item_stream_sync import ItemStream
from .client import Client

__all__ = ["Client", "ItemStream"]
