"""What a carrier has subscribed to, ended one by one or all at once; and how its broker's troubles are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol

UNSUBSCRIBE_GRACE = 5.0
"""Seconds that deliveries under way have when one subscription is ended."""


class Stoppable(Protocol):
    """A subscription: stops taking, lets what is in hand end for `grace` seconds, gives the rest back."""

    async def stop(self, grace: float) -> None: ...


class Subscriptions:
    """The open subscriptions of one carrier."""

    def __init__(self) -> None:
        self._open: set[Stoppable] = set()

    def add(self, subscription: Stoppable) -> Callable[[], Awaitable[None]]:
        """Keeps a subscription until it is ended; gives what ends it."""
        self._open.add(subscription)

        async def unsubscribe() -> None:
            if subscription in self._open:
                self._open.remove(subscription)
                await subscription.stop(UNSUBSCRIBE_GRACE)

        return unsubscribe

    async def stop(self, grace: float) -> None:
        """Ends all of them, side by side."""
        ending, self._open = self._open, set()
        await asyncio.gather(*(subscription.stop(grace) for subscription in ending))


@asynccontextmanager
async def told_as(
    told: Exception, kinds: tuple[type[Exception], ...], within: float
) -> AsyncIterator[None]:
    """Raises `told` in place of a broker's own exceptions, and after so many seconds."""
    try:
        async with asyncio.timeout(within):
            yield
    except Exception as error:
        if isinstance(error, (*kinds, OSError, TimeoutError)):
            raise told from error
        raise
