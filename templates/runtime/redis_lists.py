"""Redis lists as queues: what is taken waits in a list of its reader's until it is acknowledged.

A reader says every few seconds that it lives, in a key that expires; what a dead one had in hand goes back to
the front of the list it came from.
"""

from __future__ import annotations

import asyncio
from uuid import uuid4

from redis.asyncio import Redis
from redis.exceptions import RedisError

from .framing import unframed
from .intake import PAUSE, Arrival, Intake
from .tasks import ended
from .wildcards import Spelling

POLL = 1.0
TAKEN, ALIVE = ":taken:", ":alive:"


class ListReader:
    """One list, or each that fits the address."""

    def __init__(
        self, client: Redis, spelling: Spelling, intake: Intake, claim_after: float
    ) -> None:
        self._client = client
        self._spelling = spelling
        self._intake = intake
        self._claim_after = claim_after
        self._name = uuid4().hex
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        await self._say_alive()
        self._tasks = [
            asyncio.create_task(self._run()),
            asyncio.create_task(self._watch()),
        ]

    async def stop(self, grace: float) -> None:
        running, watching = self._tasks
        await ended(running)
        await self._intake.finish(grace)
        await ended(watching)
        try:
            for name in await self._names():
                await self._give_back(name, self._name)
        except (RedisError, OSError):
            # Whoever reads next finds that this reader says nothing more.
            pass

    async def _run(self) -> None:
        while True:
            await self._intake.wait_for_room()
            try:
                taken = [name for name in await self._names() if await self._take(name)]
            except (RedisError, OSError):
                await asyncio.sleep(PAUSE)
                continue
            if not taken and self._spelling.open:
                await asyncio.sleep(PAUSE)

    async def _take(self, name: str) -> bool:
        """Takes one message of a list; several lists cannot be waited for at once."""
        mine = name + TAKEN + self._name
        if self._spelling.open:
            data = await self._ask("LMOVE", name, mine, "LEFT", "RIGHT")
        else:
            data = await self._ask("BLMOVE", name, mine, "LEFT", "RIGHT", POLL)
        if not isinstance(data, bytes):
            return False

        async def taken() -> None:
            await self._ask("LREM", mine, 1, data)

        address = self._spelling.address(name) or name
        await self._intake.put(Arrival(address, *unframed(data), taken))
        return True

    async def _watch(self) -> None:
        """Says that this reader lives, and brings back what dead ones had."""
        while True:
            try:
                await self._say_alive()
                for name in await self._names():
                    await self._bring_back(name)
            except (RedisError, OSError):
                pass
            await asyncio.sleep(self._claim_after / 3)

    async def _bring_back(self, name: str) -> None:
        pattern = Spelling(name).glob() + TAKEN + "*"
        async for key in self._client.scan_iter(match=pattern, count=1000):
            reader = key.decode().rpartition(":")[2]
            if not await self._ask("EXISTS", ALIVE + reader):
                await self._give_back(name, reader)

    async def _give_back(self, name: str, reader: str) -> None:
        while await self._ask("LMOVE", name + TAKEN + reader, name, "RIGHT", "LEFT"):
            pass

    async def _say_alive(self) -> None:
        milliseconds = int(self._claim_after * 1000)
        await self._ask("SET", ALIVE + self._name, "", "PX", milliseconds)

    async def _names(self) -> list[str]:
        """The lists there are; those of readers are none of them."""
        if not self._spelling.open:
            return [self._spelling.key]
        found = self._client.scan_iter(match=self._spelling.glob(), count=1000)
        names = {key.decode().partition(TAKEN)[0] async for key in found}
        return sorted(name for name in names if self._spelling.address(name))

    async def _ask(self, *command: str | bytes | float) -> object:
        answer: object = await self._client.execute_command(*command)  # type: ignore[no-untyped-call]
        return answer
