"""Where a handler's callbacks and webhooks go when no job carries them: the service that is running it."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar, Token
from dataclasses import dataclass

from sqlalchemy import Connection

from .guard import Rules
from .store import Store


@dataclass(frozen=True, slots=True)
class Outbox:
    """The store that keeps what is to be sent, and the rules that say where to."""

    store: Store
    rules: Rules

    async def put(self, write: Callable[[Connection], object]) -> None:
        """Return once what `write` adds is safe; it is sent right after."""
        await self.store.write(write)

    def enter(self) -> Token[Outbox]:
        """Make this the outbox of the running task and of all that it starts."""
        return _current.set(self)


_current: ContextVar[Outbox] = ContextVar("outbox")


def outbox() -> Outbox:
    """The outbox of the service that this code runs in; raises RuntimeError outside of one."""
    try:
        return _current.get()
    except LookupError:
        raise RuntimeError(
            "callbacks and webhooks can only be sent from within a running service"
        ) from None
