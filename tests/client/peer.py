"""The other side of the Lamps document, which knows nothing but the document and a broker in this process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from runtime.memory_carrier import MemoryBroker

Answering = Callable[["Came"], Awaitable[None]]


@dataclass(frozen=True)
class Came:
    """A message that arrived."""

    address: str
    body: Any
    headers: Mapping[str, str]


@dataclass
class Peer:
    """What it got, and how it sends."""

    broker: MemoryBroker = field(default_factory=MemoryBroker)
    came: asyncio.Queue[Came] = field(default_factory=asyncio.Queue)

    async def send(self, address: str, body: object, **headers: str) -> None:
        """Send a plain message: JSON, or bytes as they are."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        texts = {"content-type": "application/json", "message-id": uuid4().hex, **named}
        await self.broker.publish(address, content, texts)

    @asynccontextmanager
    async def listening(
        self, address: str, answer: Answering | None = None
    ) -> AsyncIterator[Peer]:
        """Take what arrives at an address, and answer it."""

        async def deliver(actual: str, body: bytes, headers: Mapping[str, str]) -> None:
            came = Came(actual, json.loads(body), headers)
            self.came.put_nowait(came)
            if answer is not None:
                await answer(came)

        leave = await self.broker.subscribe(address, "peer", deliver)
        yield self
        await leave()


def ids(came: Came) -> dict[str, str]:
    """The headers by which a reply names its request."""
    return {"correlation-id": came.headers["correlation-id"]}
