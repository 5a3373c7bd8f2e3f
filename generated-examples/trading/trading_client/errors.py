"""What Trading declares as errors, and what any call may raise."""

from __future__ import annotations

from . import models
from .runtime.errors import (
    ApiError,
    ClientError,
    ConnectionFailed,
    ForeignUrl,
    JobCanceled,
    JobError,
    JobExpired,
    JobFailed,
    JobTimeout,
    JobUnknown,
    Problem,
    UnreadableResponse,
    UnsendableArgument,
)
from .runtime.message_errors import (
    MessageRefused,
    ReplyTimeout,
    UnreadableMessage,
    UnsendableMessage,
)

__all__ = [
    "ApiError",
    "ClientError",
    "ConnectionFailed",
    "ForeignUrl",
    "JobCanceled",
    "JobError",
    "JobExpired",
    "JobFailed",
    "JobTimeout",
    "JobUnknown",
    "MessageRefused",
    "PlaceOrder409Error",
    "Problem",
    "ReplyTimeout",
    "UnreadableMessage",
    "UnreadableResponse",
    "UnsendableArgument",
    "UnsendableMessage",
]


class PlaceOrder409Error(ApiError):
    """Nobody wants to trade at that price."""

    body: models.Refusal
