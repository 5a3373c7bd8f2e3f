"""What the service sends, as a caller iterates over it: `async with client.turn_on() as messages:`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, cast

from .carrier import Unsubscribe
from .carrier_link import Link, connecting, fresh_group
from .inbox import PROBLEM
from .message_headers import CONTENT_TYPE
from .message_reading import closest
from .received_message import Asking, Received, Sending
from .remote_exchange import Feed, Values

M = TypeVar("M")

WAITING = 1024
"""Messages of a socket or stream that may wait for a slow reader before it is read no further."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A message that its carrier keeps until it was taken."""

    address: str
    body: bytes
    headers: Mapping[str, str]
    taken: asyncio.Future[None]

    def take(self) -> None:
        """Tell the carrier that it need not come again."""
        if not self.taken.done():
            self.taken.set_result(None)

    def refuse(self) -> None:
        """Have it delivered again, to somebody else."""
        if not self.taken.done():
            self.taken.set_exception(ConnectionAbortedError("nobody took the message"))
            self.taken.exception()  # nobody may be left to be told


class Subscription(Generic[M]):
    """Messages M as they come; each counts as taken when the next one is asked for.

    What is not taken when the block is left, a broker gives to another subscriber of the same group.
    A message that cannot be read raises UnreadableMessage and is taken; iterating goes on after it.
    """

    def __init__(
        self,
        sending: Sending,
        link: Link,
        feed: Feed[M],
        values: Values,
        group: str | None,
        limit: int,
    ) -> None:
        self._sending = sending
        self._link = link
        self._feed = feed
        self._address = feed.address(values)
        self._group = group or fresh_group(feed.channel)
        self._limit = limit
        self._unsubscribe: Unsubscribe | None = None
        self._queue: asyncio.Queue[Held | None] = asyncio.Queue()
        self._current: Held | None = None
        self._ended = False

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._settle()
        await self.aclose()

    async def open(self) -> None:
        """Subscribe; raises ConnectionFailed."""
        feed, carrier = self._feed, await self._link.carrier()
        options = self._link.options(feed.channel.options, feed.options)
        with connecting(feed.name):
            self._unsubscribe = await carrier.subscribe(
                self._address, self._group, self._deliver, self._limit, options
            )

    async def aclose(self) -> None:
        """End the subscription; what was not taken is given back."""
        self._ended = True
        unsubscribe, self._unsubscribe = self._unsubscribe, None
        if self._current is not None:
            self._current.refuse()
        while not self._queue.empty():
            if (held := self._queue.get_nowait()) is not None:
                held.refuse()
        self._queue.put_nowait(None)
        if unsubscribe is not None:
            await unsubscribe()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> M:
        self._settle()
        while (message := self._read(await self._next())) is None:
            self._settle()
        return message

    async def _next(self) -> Held:
        held = await self._queue.get()
        if held is None:
            self._queue.put_nowait(None)
            raise StopAsyncIteration
        self._current = held
        return held

    def _settle(self) -> None:
        """The message that was given last is done with."""
        held, self._current = self._current, None
        if held is not None:
            held.take()

    async def _deliver(
        self, address: str, body: bytes, headers: Mapping[str, str]
    ) -> None:
        if self._ended:
            raise ConnectionAbortedError("the subscription has ended")
        held = Held(address, body, headers, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(held)
        is_direct = self._feed.channel.carrier in ("socket", "http")
        if is_direct and self._queue.qsize() < WAITING:
            held.take()  # it comes only once, and replies come behind it
        await held.taken

    def _read(self, held: Held) -> M | None:
        """The typed message; None for one that is meant for somebody else at this address."""
        feed, channel = self._feed, self._feed.channel
        parameters = channel.parse(held.address) or {}
        media_type = held.headers.get(CONTENT_TYPE, "")
        if channel.wrong(parameters) or media_type.startswith(PROBLEM):
            return None
        kinds = (*feed.kinds, *feed.others)
        kind, body, headers = closest(feed.name, kinds, held.body, held.headers)
        if kind not in feed.kinds:
            return None
        told: dict[str, Any] = {
            "body": body,
            "headers": headers,
            "address": held.address,
            "parameters": parameters,
            "texts": held.headers,
        }
        if feed.answers is None:
            return cast(M, Received(**told))
        told |= {"raw": held.body, "feed": feed, "sending": self._sending}
        return cast(M, Asking(**told))
