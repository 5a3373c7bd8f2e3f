"""Where messages travel, and what kinds of them there are."""

from __future__ import annotations

from .runtime.channel import Channel

TOYS_CHANNEL = Channel("toys", "toys")
"""Toys."""

TOY_MESSAGE: MessageKind[str] = MessageKind("toy", Json(str))
