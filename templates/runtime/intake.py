"""The messages a carrier has in hand: so many at once, each handed over until it is done with, waited for at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from .carrier import Deliver
from .tasks import ended

PAUSE = 0.5
LONGEST_PAUSE = 30.0

logger = logging.getLogger(__name__)

Told = Callable[[], Awaitable[object]]
"""Tells the broker something of one message."""


async def nothing() -> None:
    """What is told to a broker that does not ask."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message as it came, with what its broker is to be told.

    `taken` acknowledges it. `refused` gives it back after it failed; without it the message is tried
    again here, with growing pauses. `alive` says that it is still being worked on.
    """

    address: str
    body: bytes
    headers: dict[str, str]
    taken: Told = nothing
    refused: Told | None = None
    alive: Told | None = None


class Intake:
    """Hands messages to `deliver`, at most `limit` of them at once, in the order they arrive."""

    def __init__(self, deliver: Deliver, limit: int, beat: float = 10.0) -> None:
        self._deliver = deliver
        self._limit = limit
        self._beat = beat
        self._in_hand: dict[asyncio.Task[None], Arrival] = {}
        self._room = asyncio.Semaphore(limit)
        self._beating: asyncio.Task[None] | None = None

    @property
    def room(self) -> int:
        """How many more messages there is room for."""
        return self._limit - len(self._in_hand)

    async def wait_for_room(self) -> None:
        """Returns once another message may be taken."""
        async with self._room:
            pass

    async def put(self, arrival: Arrival) -> asyncio.Task[None]:
        """Waits for room and starts to hand the message over; gives what ends once that is done."""
        await self._room.acquire()
        task = asyncio.create_task(self._hand_over(arrival))
        self._in_hand[task] = arrival
        task.add_done_callback(self._done)
        if arrival.alive is not None and self._beating is None:
            self._beating = asyncio.create_task(self._keep_alive())
        return task

    async def finish(self, grace: float) -> None:
        """Lets what is in hand end for `grace` seconds; what is then left is abandoned, unacknowledged."""
        await ended(*self._in_hand, grace=grace)
        beating, self._beating = self._beating, None
        await ended(beating)

    def _done(self, task: asyncio.Task[None]) -> None:
        del self._in_hand[task]
        self._room.release()

    async def _hand_over(self, arrival: Arrival) -> None:
        pause = PAUSE
        while not await self._delivered(arrival):
            if arrival.refused is not None:
                await _tell(arrival.refused)
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        await _tell(arrival.taken)

    async def _delivered(self, arrival: Arrival) -> bool:
        try:
            await self._deliver(arrival.address, arrival.body, arrival.headers)
        except Exception as error:
            details = None if isinstance(error, ConnectionError) else error
            text = "a message from %s failed: %r"
            logger.warning(text, arrival.address, error, exc_info=details)
            return False
        return True

    async def _keep_alive(self) -> None:
        """A broker that takes silence for death is told of each message that takes long."""
        while True:
            await asyncio.sleep(self._beat)
            for arrival in list(self._in_hand.values()):
                if arrival.alive is not None:
                    await _tell(arrival.alive)


async def _tell(told: Told) -> None:
    """A broker that cannot be told gives the message out again: that is no failure of ours."""
    try:
        await told()
    except Exception as error:
        logger.info("the broker could not be told: %r", error)
