"""The client of Reports for code without `await`."""

from __future__ import annotations

from ..runtime.handle_sync import JobHandle
from .client import Client

__all__ = ["Client", "JobHandle"]
