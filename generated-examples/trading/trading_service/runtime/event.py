"""One server-sent event, as the handlers that send it and the callers that get it see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Event(Generic[T_co]):
    """What an event carries, its name, and the id by which a broken stream goes on after it."""

    data: T_co
    event: str | None = None
    id: str | None = None
    retry: int | None = None
    """Milliseconds before a caller comes back, from now on."""
