"""Redis pub/sub: heard while one listens, by everyone who does."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from .framing import unframed
from .intake import PAUSE, Arrival, Intake
from .native_headers import as_text
from .tasks import ended
from .wildcards import Spelling

POLL = 1.0


class ChannelReader:
    """One channel, or each that fits the address."""

    def __init__(self, client: Redis, spelling: Spelling, intake: Intake) -> None:
        self._ear = client.pubsub(ignore_subscribe_messages=True)
        self._spelling = spelling
        self._intake = intake
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        if self._spelling.open:
            await self._ear.psubscribe(self._spelling.glob())
        else:
            await self._ear.subscribe(self._spelling.key)
        self._running = asyncio.create_task(self._run())

    async def stop(self, grace: float) -> None:
        await ended(self._running)
        await self._intake.finish(grace)
        ear: Any = self._ear  # its closing has no types
        await ear.aclose()

    async def _run(self) -> None:
        while True:
            try:
                message = await self._ear.get_message(timeout=POLL)
            except (RedisError, OSError):
                # The next call connects and subscribes again.
                await asyncio.sleep(PAUSE)
                continue
            if message is not None:
                await self._take(message)

    async def _take(self, message: Mapping[str, object]) -> None:
        address = self._spelling.address(as_text(message["channel"]))
        data = message["data"]
        if address is not None and isinstance(data, bytes):
            await self._intake.put(Arrival(address, *unframed(data)))
