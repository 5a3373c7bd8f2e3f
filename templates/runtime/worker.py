"""Runs jobs: takes them in turn, gives each attempt to its handler, and writes how it ended."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from . import changes
from .attempt import Attempt, Reason
from .ending import Again, Ending, FinishHook
from .job import Job
from .jobs import JobRecord
from .operation import AsyncOperation
from .received import Received
from .settle import settle
from .store import Store, now

H = TypeVar("H")
Announce = Callable[[JobRecord | None], None]
log = logging.getLogger(__name__)

STUBBORN = 5.0
"""Seconds a handler has to end after it was canceled; then it is left to itself."""
PAUSES = (0.1, 0.2, 0.4, 0.0, 0.0, 0.0)
"""Seconds between writes of an end that the database would not take; then it must change."""
BUSY = (OperationalError, sqlite3.OperationalError)
"""What a busy or full database raises, and a statement that is wrong."""


class Worker(Generic[H]):
    """Runs at most `size` jobs at a time, each operation within its own concurrency."""

    def __init__(
        self,
        store: Store,
        operations: Sequence[AsyncOperation[H]],
        *,
        name: str,
        size: int,
        lease: float,
        announce: Announce,
        on_finish: FinishHook | None,
    ) -> None:
        self.held: dict[tuple[str, int], Attempt] = {}
        self.name = name
        self._store = store
        self.operations = {operation.name: operation for operation in operations}
        self._size = size
        self._lease = lease
        self._announce = announce
        self._on_finish = on_finish
        self._turn: dict[str, None] = {}
        self._awake = asyncio.Event()
        self._stopping = False
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, handlers: H) -> None:
        """Begin to take jobs."""
        self._handlers = handlers
        self._taking = asyncio.create_task(self._take_turns())

    def wake(self, *operations: str) -> None:
        """There may be jobs of these operations to take."""
        for operation in operations:
            if operation in self.operations:
                self._turn.setdefault(operation)
        self._awake.set()

    def hungry(self) -> list[str]:
        """The operations that this worker has room for and knows of no job to take."""
        if len(self.held) >= self._size:
            return []
        return [name for name in self.operations if name not in self._turn]

    async def stop(self, grace: float) -> None:
        """Take no more; after `grace` seconds put the unfinished jobs back in line."""
        self._stopping = True
        self._awake.set()
        await self._taking
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace)
        for attempt in self.held.values():
            attempt.interrupt(Reason.STOPPED)
        if self._tasks:
            await asyncio.wait(self._tasks)

    def interrupt(self, id: str, claim: int, reason: Reason) -> None:
        """Stop this attempt, if it is running here."""
        attempt = self.held.get((id, claim))
        if attempt is not None:
            attempt.interrupt(reason)

    async def _take_turns(self) -> None:
        while not self._stopping:
            await self._awake.wait()
            self._awake.clear()
            try:
                await self._take()
            except Exception:
                log.exception(
                    "No jobs could be taken; trying again with the next news."
                )

    async def _take(self) -> None:
        while (wanted := self._wanted()) and not self._stopping:
            for operation in wanted:
                del self._turn[operation]
            taken = await self._store.write(lambda db: self._claim(db, wanted))
            for record in taken:
                self._try_to_begin(record)
            for operation, limit in wanted.items():
                if sum(record.operation == operation for record in taken) == limit:
                    self._turn.setdefault(operation)

    def _wanted(self) -> dict[str, int]:
        """How many jobs of which operation to take: one each in turn while there is room."""
        room = self._size - len(self.held)
        free = {name: self._free(name) for name in self._turn}
        wanted: dict[str, int] = {}
        while room > 0 and (open_ := [name for name in free if free[name] > 0]):
            for name in open_[:room]:
                wanted[name] = wanted.get(name, 0) + 1
                free[name] -= 1
            room -= len(open_[:room])
        return wanted

    def _free(self, name: str) -> int:
        running = sum(held.job.operation == name for held in self.held.values())
        return self.operations[name].policy.concurrency - running

    def _claim(self, db: Connection, wanted: dict[str, int]) -> list[JobRecord]:
        at = now()
        return [
            record
            for name, limit in wanted.items()
            for record in changes.claim(
                db,
                name,
                limit,
                self.name,
                at,
                self._lease,
                self.operations[name].policy.deadline,
            )
        ]

    def _try_to_begin(self, record: JobRecord) -> None:
        try:
            self._begin(record)
        except Exception:
            log.exception("%s cannot be begun; it is left to its lease.", record.id)

    def _begin(self, record: JobRecord) -> None:
        operation = self.operations[record.operation]
        request = Received.restored(record.request)
        job = Job(record, request, self._report)
        attempt = Attempt(operation, self._handlers, job, STUBBORN)
        self.held[record.id, record.claim] = attempt
        self._announce(record)
        task = asyncio.create_task(self._work(attempt))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, attempt: Attempt) -> None:
        record = attempt.job.record
        try:
            outcome = await attempt.outcome()
            if outcome is not None:
                await self._persist(attempt, outcome)
        finally:
            del self.held[record.id, record.claim]
            self.wake(record.operation)

    async def _report(self, record: JobRecord, progress: object) -> bool:
        changed = await self._store.write(
            lambda db: changes.report(db, record, progress, now()), self._announce
        )
        return changed is not None

    async def _persist(self, attempt: Attempt, outcome: Ending | Again) -> None:
        """Write the outcome; when its own writes fail for good, so does the attempt."""
        hook = self._on_finish
        for wait in PAUSES:
            try:
                return await self._conclude(attempt, outcome, hook)
            except Exception as error:
                log.exception("The end of %s could not be written.", attempt.job.id)
                if wait and isinstance(error, BUSY):
                    await asyncio.sleep(wait)
                    continue
                hook = hook if attempt.job.outbox else None
                attempt.job.outbox.clear()
                outcome = attempt.failed(error)

    async def _conclude(
        self, attempt: Attempt, outcome: Ending | Again, hook: FinishHook | None
    ) -> None:
        record, outbox = attempt.job.record, tuple(attempt.job.outbox)

        changed = await self._store.write(
            lambda db: settle(db, record, outcome, hook, outbox),
            self._announce,
        )
        if changed is None:
            log.warning("%s was no longer ours: nothing was written.", record.id)
        elif changed.finished is None:
            self._wake_later(changed)

    def _wake_later(self, record: JobRecord) -> None:
        loop = asyncio.get_running_loop()
        delay = max(record.available_at - now(), 0)
        loop.call_later(delay, self.wake, record.operation)
