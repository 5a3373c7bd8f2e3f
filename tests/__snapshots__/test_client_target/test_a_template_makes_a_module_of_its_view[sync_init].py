"""The client of Toys for code without `await`."""

from __future__ import annotations

from .client import Client

__all__ = ["Client"]
