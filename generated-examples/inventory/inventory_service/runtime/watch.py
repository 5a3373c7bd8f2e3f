"""Who waits for which job, and how they are woken; the table of events is their buffer.

Nothing is handed to a waiter but the news that there is something to read, so a slow one
holds nothing in memory and misses nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class TooManyWaiters(Exception):
    """As many callers wait as the service allows; come back in `retry_after` seconds."""

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__("Too many callers are waiting.")
        self.retry_after = retry_after


class Waiter:
    """A place in the waiting room; `news` says if something happened since the last time."""

    __slots__ = ("_future", "_loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._future: asyncio.Future[None] = loop.create_future()

    def wake(self) -> None:
        """Let the waiter look again."""
        if not self._future.done():
            self._future.set_result(None)

    async def news(self, timeout: float | None = None) -> bool:
        """Whether it was woken within the timeout in seconds; a wake-up counts once."""
        if timeout is None:
            await self._future
        elif not self._future.done():
            await asyncio.wait((self._future,), timeout=timeout)
        if not self._future.done():
            return False
        self._future = self._loop.create_future()
        return True


class Watch:
    """The waiting room: waiters by topic (a job's id, `owner:` and an owner), at most `limit`."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._count = 0
        self._topics: dict[str, set[Waiter]] = {}
        self.closed = False

    def check(self) -> None:
        """Raise TooManyWaiters if nobody else can wait."""
        if self._count >= self._limit:
            raise TooManyWaiters()

    @contextmanager
    def waiting(self, topic: str) -> Iterator[Waiter]:
        """A waiter for the topic; raises TooManyWaiters."""
        self.check()
        waiter = Waiter(asyncio.get_running_loop())
        self._topics.setdefault(topic, set()).add(waiter)
        self._count += 1
        try:
            yield waiter
        finally:
            self._leave(topic, waiter)

    def _leave(self, topic: str, waiter: Waiter) -> None:
        self._count -= 1
        waiters = self._topics[topic]
        waiters.discard(waiter)
        if not waiters:
            del self._topics[topic]

    def __len__(self) -> int:
        return self._count

    def tell(self, topics: Iterable[str]) -> None:
        """Wake who waits for these topics."""
        for topic in topics:
            for waiter in self._topics.get(topic, ()):
                waiter.wake()

    def tell_all(self) -> None:
        """Wake everybody."""
        self.tell(self._topics)

    def close(self) -> None:
        """Send everybody home: who waits is woken, who comes need not sit down."""
        self.closed = True
        self.tell_all()


def owner_topic(owner: str) -> str:
    """The topic of all jobs of an owner."""
    return f"owner:{owner}"
