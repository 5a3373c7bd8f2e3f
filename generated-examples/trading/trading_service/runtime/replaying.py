"""Takes dead letters back: each goes again to where it was sent first, with all its attempts before it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .address import DEAD
from .carrier import Carrier
from .lifespan import CannotStart
from .message_headers import ATTEMPT, FIRST_ADDRESS, PROBLEM, REPLAYED
from .service import Service

QUIET = 2.0
"""Seconds without another dead letter, after which there are no more."""


class Enough(Exception):
    """As many as were asked for have been taken back."""


async def replay(
    carrier: Carrier, address: str, group: str, limit: int | None = None
) -> int:
    """Send the dead letters of an address, at most `limit`, there again; how many there were.

    Raises CannotConnect.
    """
    replaying = Replaying(carrier, limit)
    await carrier.start()
    try:
        unsubscribe = await carrier.subscribe(
            address + DEAD, f"{group}.replay", replaying.deliver, 1
        )
        await replaying.over()
        await unsubscribe()
    finally:
        await carrier.stop(QUIET)
    return replaying.count


class Replay:
    """`python app.py replay ADDRESS [--limit N]`."""

    name = "replay"
    usage = (
        "replay ADDRESS [--limit N]   send the dead letters of an address there again"
    )

    def __init__(
        self, carrier_of: Callable[[Service[Any]], Carrier], group: str
    ) -> None:
        self._carrier_of = carrier_of
        self._group = group

    async def run(self, service: Service[Any], arguments: Sequence[str]) -> str:
        """How many were sent again; raises CannotStart, or ValueError for bad arguments."""
        address, limit = asked_for(arguments)
        if service.settings.broker_url.startswith("memory:"):
            raise CannotStart("memory:// is gone with its process: set BROKER_URL")
        try:
            count = await replay(self._carrier_of(service), address, self._group, limit)
        except ConnectionError as error:
            raise CannotStart(f"the broker is not there: {error}") from None
        noun = "message" if count == 1 else "messages"
        return f"{count} {noun} sent to {address} again"


def asked_for(arguments: Sequence[str]) -> tuple[str, int | None]:
    """The address and the limit; raises ValueError."""
    match list(arguments):
        case [address]:
            return address, None
        case [address, "--limit", number] | ["--limit", number, address]:
            if number.isdecimal() and int(number) > 0:
                return address, int(number)
    raise ValueError("expected ADDRESS [--limit N]")


class Replaying:
    """Dead letters on their way back."""

    def __init__(self, carrier: Carrier, limit: int | None) -> None:
        self.count = 0
        self._carrier = carrier
        self._limit = limit
        self._news = asyncio.Event()

    async def deliver(
        self, address: str, body: bytes, headers: Mapping[str, str]
    ) -> None:
        """Return once the message is back at its first address."""
        if self._limit is not None and self.count >= self._limit:
            raise Enough
        first = headers.get(FIRST_ADDRESS) or address.removesuffix(DEAD)
        await self._carrier.publish(first, body, renewed(headers))
        self.count += 1
        self._news.set()

    async def over(self) -> None:
        """Return when there is nothing more to do."""
        while self._limit is None or self.count < self._limit:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), QUIET)
            except TimeoutError:
                return


def renewed(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of a message that begins anew."""
    before = headers.get(REPLAYED, "0")
    round = int(before) + 1 if before.isdecimal() else 1
    kept = {
        name: text
        for name, text in headers.items()
        if name not in (FIRST_ADDRESS, PROBLEM)
    }
    return {**kept, ATTEMPT: "1", REPLAYED: str(round)}
