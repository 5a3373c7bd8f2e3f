"""What Hello declares as errors, and what any call may raise."""

from __future__ import annotations

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
    "Problem",
    "UnreadableResponse",
    "UnsendableArgument",
]
