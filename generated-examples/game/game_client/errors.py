"""What Game declares as errors, and what any call may raise."""

from __future__ import annotations

from .runtime.errors import ClientError, ConnectionFailed, Problem
from .runtime.message_errors import (
    MessageRefused,
    ReplyTimeout,
    UnreadableMessage,
    UnsendableMessage,
)

__all__ = [
    "ClientError",
    "ConnectionFailed",
    "MessageRefused",
    "Problem",
    "ReplyTimeout",
    "UnreadableMessage",
    "UnsendableMessage",
]
