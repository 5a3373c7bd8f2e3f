"""What was published at the addresses of event streams: a short memory, and who waits for more."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from itertools import count

REMEMBERED = 1000
"""Events of one address that a caller who comes back is told."""
ADDRESSES = 10_000
"""Addresses whose events are remembered."""


@dataclass(slots=True)
class Feed:
    """The events of one address, and the callers who wait for the next one."""

    events: deque[tuple[int, bytes]] = field(
        default_factory=lambda: deque(maxlen=REMEMBERED)
    )
    waiting: set[asyncio.Event] = field(default_factory=set)

    def after(self, last: int) -> list[tuple[int, bytes]]:
        return [event for event in self.events if event[0] > last]


class Feeds:
    """Feeds by address; their ids rise, also from one start of the service to the next."""

    def __init__(self) -> None:
        self._feeds: OrderedDict[str, Feed] = OrderedDict()
        self._ids = count(time.time_ns() // 1000)
        self._newest = next(self._ids)
        self._closed = False

    def open(self) -> None:
        """Lets callers wait again."""
        self._closed = False

    def close(self) -> None:
        """Sends everybody home."""
        self._closed = True
        for feed in self._feeds.values():
            wake(feed)

    def publish(self, address: str, event: bytes) -> None:
        """Remembers an event and wakes who waits for it."""
        self._newest = next(self._ids)
        feed = self._feed(address)
        feed.events.append((self._newest, event))
        wake(feed)

    async def listen(
        self, address: str, last: int | None
    ) -> AsyncGenerator[tuple[int, bytes]]:
        """The events after the id `last`, or from now on; who falls far behind misses the oldest."""
        after = self._newest if last is None else min(last, self._newest)
        feed, news = self._feed(address), asyncio.Event()
        feed.waiting.add(news)
        try:
            while not self._closed:
                news.clear()
                for event in feed.after(after):
                    yield event
                    after = event[0]
                if not feed.after(after):
                    await news.wait()
        finally:
            feed.waiting.discard(news)

    def _feed(self, address: str) -> Feed:
        feed = self._feeds.setdefault(address, Feed())
        self._feeds.move_to_end(address)
        if len(self._feeds) > ADDRESSES:
            self._forget()
        return feed

    def _forget(self) -> None:
        """Drops the address that was silent for longest and that nobody listens to."""
        silent = (name for name, feed in self._feeds.items() if not feed.waiting)
        name = next(silent, None)
        if name is not None:
            del self._feeds[name]


def wake(feed: Feed) -> None:
    for news in feed.waiting:
        news.set()
