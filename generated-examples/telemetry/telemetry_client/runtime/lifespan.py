"""What the handlers of a service start from: entered when it starts, left when it stops."""

from __future__ import annotations

from abc import ABC
from types import TracebackType
from typing import Self


class CannotStart(Exception):
    """The service cannot start, for a reason that is said in one line."""


class Lifespan(ABC):
    """An asynchronous context that does nothing; override it to open and close what you need."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None
