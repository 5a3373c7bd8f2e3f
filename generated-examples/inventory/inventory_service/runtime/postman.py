"""The postman: publishes the letters that are due, oldest first, until the broker has each of them.

Letters of one address leave in the order in which they were committed, unless one has to be tried again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from random import uniform

from sqlalchemy import Connection

from . import outgoing, seen_messages
from .outgoing import Claimed, Letter
from .settings import Settings
from .store import Store, StoreClosed, now
from .tasks import ended

log = logging.getLogger(__name__)

LEASE = 60.0
"""Seconds for which a letter that is being published is nobody else's; longer than a broker may take."""
IN_FLIGHT = 256
POLL = 1.0
"""Seconds between two looks at what another process added."""
HOUR = 3600.0


class Postman:
    """Publishes from `start` until `stop`, while it is `open`."""

    def __init__(
        self,
        store: Store,
        publish: Callable[[Letter], Awaitable[None]],
        settings: Settings,
    ) -> None:
        self._store = store
        self._publish = publish
        self._settings = settings
        self._handed: deque[Claimed] = deque()
        self._sending: set[asyncio.Task[None]] = set()
        self._published: list[int] = []
        self._postponed: list[tuple[Claimed, float, bool]] = []
        self._awake = asyncio.Event()
        self._open = False
        self._stopping = False
        self._tidied = 0.0

    async def start(self) -> None:
        """Begin; nothing is published before `open`."""
        self._loop = asyncio.get_running_loop()
        outgoing.listeners.add(self._wake)
        self._turns = asyncio.create_task(self._run(), name="postman")

    def open(self) -> None:
        """The broker is there."""
        self._open = True
        self._awake.set()

    def written(self, db: Connection, letters: Iterable[Letter]) -> list[Claimed]:
        """Letters written within a transaction; what it gives is for `hand`, after COMMIT."""
        if self._open:
            return outgoing.add_claimed(db, letters, LEASE)
        outgoing.add(db, letters)
        return []

    def hand(self, letters: Iterable[Claimed] | None) -> None:
        """Publish what `written` gave."""
        self._handed.extend(letters or ())
        self._send()

    async def stop(self, grace: float) -> None:
        """Let what is being published end within `grace` seconds; the rest stays for the next start."""
        outgoing.listeners.discard(self._wake)
        self._stopping = True
        self._awake.set()
        await self._turns
        await ended(*self._sending, grace=grace)
        self._postponed += [(one, now(), False) for one in self._handed]
        await self._turn(0)

    def _wake(self) -> None:
        # Called on the store's thread, also while the loop is going down.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._awake.set)

    async def _run(self) -> None:
        while not self._stopping:
            self._awake.clear()
            room = IN_FLIGHT - len(self._sending) if self._open else 0
            try:
                due = await self._turn(room)
                await self._tidy()
            except StoreClosed:
                return
            except Exception:
                log.exception("The postman could not take its turn.")
                due = now() + POLL
            await self._rest(due)

    async def _rest(self, due: float | None) -> None:
        """Wait for something to do."""
        wait = POLL if due is None else due - now()
        try:
            async with asyncio.timeout(min(max(wait, 0.0), POLL)):
                await self._awake.wait()
        except TimeoutError:
            pass

    async def _turn(self, room: int) -> float | None:
        """Write down what became of letters and claim what is due; gives when more will be."""
        published, self._published = self._published, []
        postponed, self._postponed = self._postponed, []

        def write(db: Connection) -> tuple[list[Claimed], float | None]:
            outgoing.published(db, published)
            outgoing.postponed(db, postponed)
            claimed = outgoing.claim(db, room, LEASE) if room > 0 else []
            return claimed, outgoing.next_due(db) if room > 0 else None

        try:
            claimed, due = await self._store.write(write)
        except BaseException:
            self._published[:0], self._postponed[:0] = published, postponed
            raise
        self.hand(claimed)
        return due

    def _send(self) -> None:
        while self._handed and len(self._sending) < IN_FLIGHT:
            one = self._handed.popleft()
            # One that has waited too long here is somebody else's by now.
            if one.until > now() + LEASE / 2:
                task = asyncio.create_task(self._deliver(one))
                self._sending.add(task)
                task.add_done_callback(self._sent)

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._send()
        self._awake.set()

    async def _deliver(self, one: Claimed) -> None:
        letter = one.letter
        try:
            await self._publish(letter)
        except asyncio.CancelledError:
            self._postponed.append((one, now(), False))
            raise
        except Exception as error:
            if letter.is_direct:
                log.info("%s is not there any more: %s", letter.address, error)
            else:
                self._postpone(one, error)
                return
        self._published.append(one.number)

    def _postpone(self, one: Claimed, error: Exception) -> None:
        expected = isinstance(error, ConnectionError)
        details = None if expected else error
        delay = wait_after(one, error, self._settings.delivery_schedule)
        if delay is None:
            text = "A message to %s is given up: %s"
            log.error(text, one.letter.address, error, exc_info=details)
            self._published.append(one.number)
            return
        text = "A message to %s could not be published: %s"
        log.warning(text, one.letter.address, error, exc_info=details)
        self._postponed.append((one, now() + delay, True))

    async def _tidy(self) -> None:
        """Forget, once an hour, the ids of what was handled long ago."""
        if now() < self._tidied + HOUR:
            return
        before = now() - self._settings.message_memory
        while await self._store.write(lambda db: seen_messages.forget(db, before)):
            pass
        self._tidied = now()


def wait_after(
    one: Claimed, error: Exception, schedule: Sequence[float]
) -> float | None:
    """Seconds until the next try: a broker gets its message in the end, a call is given up after its schedule."""
    if one.letter.carrier == "broker":
        return min(0.5 * 2.0 ** min(one.tries, 10), 60.0)
    waits = schedule[0 if schedule[0] else 1 :]
    if one.tries >= len(waits):
        return None
    asked: float = getattr(error, "retry_after", 0.0)
    return max(waits[one.tries] * uniform(0.8, 1.2), asked)
