"""What Orders declares as errors, and what any call may raise."""

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
    "CreateRefund404Error",
    "CreateRefund409Error",
    "ForeignUrl",
    "GetOrder404Error",
    "JobCanceled",
    "JobError",
    "JobExpired",
    "JobFailed",
    "JobTimeout",
    "JobUnknown",
    "PlaceOrder402Error",
    "Problem",
    "ShipOrder404Error",
    "UnreadableResponse",
    "UnsendableArgument",
]


class PlaceOrder402Error(ApiError):
    """The payment was refused."""

    body: models.Refusal


class GetOrder404Error(ApiError):
    """There is no such order."""

    body: models.Missing


class ShipOrder404Error(ApiError):
    """There is no such order."""

    body: models.Missing


class CreateRefund404Error(ApiError):
    """There is no such order."""

    body: models.Missing


class CreateRefund409Error(ApiError):
    """More than was paid."""

    body: models.Refusal
