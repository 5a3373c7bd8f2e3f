"""What Reports declares as errors, and what any call may raise."""

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

__all__ = [
    "ApiError",
    "ClientError",
    "ConnectionFailed",
    "CreateReport422Error",
    "ForeignUrl",
    "GetReport404Error",
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


class CreateReport422Error(ApiError):
    """There is nothing to report on."""

    body: models.Refusal


class GetReport404Error(ApiError):
    """There is no such report."""

    body: models.Refusal
