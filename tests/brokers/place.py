"""What a test of carriers has at hand: a server, an address of its own, and readers that remember."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from rows import Row
from runtime.carrier import Carrier, Undelivered
from servers import Server

PATIENCE = 20.0


@dataclass
class Heard:
    """What a reader was given, in its order."""

    messages: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)

    async def deliver(
        self, address: str, body: bytes, headers: Mapping[str, str]
    ) -> None:
        self.messages.append((address, body, headers))

    @property
    def bodies(self) -> list[bytes]:
        return [body for _, body, _ in self.messages]

    @property
    def counts(self) -> Counter[bytes]:
        return Counter(self.bodies)

    async def until(self, count: int) -> None:
        """Waits for so many different bodies."""
        await eventually(lambda: len(self.counts) >= count)


async def eventually(holds: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Waits until something holds; fails when it never does."""
    async with asyncio.timeout(patience):
        while not holds():
            await asyncio.sleep(0.02)


@dataclass
class Place:
    row: Row
    server: Server | None
    address: str

    @property
    def url(self) -> str:
        return self.server.url if self.server else f"memory://{self.address}"

    @asynccontextmanager
    async def carrier(
        self, name: str = "reader", grace: float = 5.0
    ) -> AsyncIterator[Carrier]:
        """A carrier that is connected, and stopped in the end."""
        carrier = self.row.carrier(self.url, f"{self.address}-{name}")
        await carrier.start()
        try:
            yield carrier
        finally:
            await carrier.stop(grace)

    async def publish(
        self,
        carrier: Carrier,
        count: int,
        address: str = "",
        headers: Mapping[str, str] = {},
    ) -> None:
        """Publishes numbered messages, each until the broker has it."""
        for number in range(count):
            identity = {"message-id": f"{self.address}-{number}"}
            body = str(number).encode()
            await self.sent(carrier, address, body, {**identity, **headers})

    async def sent(
        self, carrier: Carrier, address: str, body: bytes, headers: Mapping[str, str]
    ) -> None:
        where = address or self.address
        while True:
            try:
                await carrier.publish(where, body, headers, self.row.options)
                return
            except Undelivered:
                await asyncio.sleep(0.1)
