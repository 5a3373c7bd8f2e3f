"""Takes dead letters back: each goes again to where it was sent first, with all its attempts before it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from .address import DEAD
from .carrier import Carrier
from .lifespan import CannotStart
from .message_headers import (
    ATTEMPT,
    FIRST_ADDRESS,
    GROUP,
    MESSAGE_ID,
    PROBLEM,
    REPLAYED,
)
from .service import Service

Bindings = Callable[[str], Mapping[str, object]]
"""The fields of the broker's bindings at an address."""

QUIET = 2.0
"""Seconds without another dead letter, after which there are no more."""

AT_ONCE = 64


class Enough(Exception):
    """All that were asked for, or were there, have been taken back."""


def no_bindings(address: str) -> Mapping[str, object]:
    """What bindings say where there are none."""
    return {}


async def replay(
    carrier: Carrier,
    address: str,
    group: str,
    limit: int | None = None,
    bindings: Bindings = no_bindings,
) -> int:
    """Send the dead letters of an address, at most `limit`, there again; how many there were.

    One that comes back as a dead letter meanwhile stays one. Raises CannotConnect.
    """
    replaying = Replaying(carrier, limit, bindings)
    await carrier.start()
    try:
        unsubscribe = await carrier.subscribe(
            address + DEAD, f"{group}.replay", replaying.deliver, AT_ONCE
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
        self,
        carrier_of: Callable[[Service[Any]], Carrier],
        bindings: Callable[[Service[Any], str], Mapping[str, object]],
        group: str,
    ) -> None:
        self._carrier_of = carrier_of
        self._bindings = bindings
        self._group = group

    async def run(self, service: Service[Any], arguments: Sequence[str]) -> str:
        """How many were sent again; raises CannotStart, or ValueError for bad arguments."""
        address, limit = asked_for(arguments)
        if service.settings.broker_url.startswith("memory:"):
            raise CannotStart("memory:// is gone with its process: set BROKER_URL")
        carrier, bindings = self._carrier_of(service), partial(self._bindings, service)
        try:
            count = await replay(carrier, address, self._group, limit, bindings)
        except ConnectionError as error:
            raise CannotStart(f"the dead letters cannot be read: {error}") from None
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

    def __init__(
        self, carrier: Carrier, limit: int | None, bindings: Bindings = no_bindings
    ) -> None:
        self.count = 0
        self._carrier = carrier
        self._limit = limit
        self._bindings = bindings
        self._sent: set[tuple[str | None, str | None]] = set()
        self._news = asyncio.Event()
        self._ended = asyncio.Event()

    async def deliver(
        self, address: str, body: bytes, headers: Mapping[str, str]
    ) -> None:
        """Return once the message is back at its first address; one that stays is held until the end."""
        one = headers.get(MESSAGE_ID), headers.get(GROUP)
        if one in self._sent or self.count == self._limit:
            await self._ended.wait()
            raise Enough
        self.count += 1
        if MESSAGE_ID in headers:
            # At once: it may come back before its publishing has been confirmed.
            self._sent.add(one)
        try:
            await self._send(address, body, headers)
        except BaseException:
            self.count -= 1
            self._sent.discard(one)
            raise
        self._news.set()

    async def over(self) -> None:
        """Return when there is nothing more to do."""
        while self._limit is None or self.count < self._limit:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), QUIET)
            except TimeoutError:
                break
        self._ended.set()

    async def _send(
        self, address: str, body: bytes, headers: Mapping[str, str]
    ) -> None:
        first = headers.get(FIRST_ADDRESS) or address.removesuffix(DEAD)
        options = self._bindings(first)
        await self._carrier.publish(first, body, renewed(headers), options)


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
