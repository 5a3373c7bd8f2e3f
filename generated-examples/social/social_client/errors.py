"""What Social declares as errors, and what any call may raise."""

from __future__ import annotations

from . import models
from .runtime.errors import (
    ApiError,
    ClientError,
    ConnectionFailed,
    ForeignUrl,
    Problem,
    UnreadableResponse,
    UnsendableArgument,
)

__all__ = [
    "ApiError",
    "ClientError",
    "ConnectionFailed",
    "DeletePost404Error",
    "ForeignUrl",
    "GetPost404Error",
    "LikePost404Error",
    "ListMentions404Error",
    "ListPosts404Error",
    "Problem",
    "SignUp409Error",
    "UnreadableResponse",
    "UnsendableArgument",
]


class SignUp409Error(ApiError):
    """Somebody else has that name."""

    body: models.Refusal


class ListPosts404Error(ApiError):
    """There is no page at this cursor."""

    body: models.Refusal


class GetPost404Error(ApiError):
    """There is no such post, or it is somebody else's."""

    body: models.Refusal


class DeletePost404Error(ApiError):
    """There is no such post, or it is somebody else's."""

    body: models.Refusal


class LikePost404Error(ApiError):
    """There is no such post, or it is somebody else's."""

    body: models.Refusal


class ListMentions404Error(ApiError):
    """There is no such post, or it is somebody else's."""

    body: models.Refusal
