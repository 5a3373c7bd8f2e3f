"""What can go wrong."""

from __future__ import annotations

__all__ = [
    "Play404Error",
]


class Play404Error(ApiError):
    """No such toy."""

    body: models.Missing
    retry_after: int | None
