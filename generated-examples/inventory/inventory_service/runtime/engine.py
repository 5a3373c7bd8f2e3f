"""The job engine: accepts requests as jobs, runs them, and tells who waits for them.

The database is the truth. What is kept in memory (who waits, what runs here, what may be
ready) only makes it fast: other processes' work is found by looking once in a while.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from sqlalchemy import Connection

from . import changes, history, jobs
from .admission import (
    Accepted,
    Admission,
    ComeBack,
    KeyReused,
    OverQuota,
    QueueFull,
    Rooms,
    Verdict,
    new_job,
)
from .attempt import Reason
from .ending import Ending, FinishHook, PurgeHook, canceled
from .jobs import NOBODY, JobEvent, JobRecord, Page
from .line import Lines
from .maintenance import Maintenance, Terms, purge
from .operation import AsyncOperation
from .rate import WINDOW, Load, load
from .received import Received
from .settle import end
from .status import Status, done
from .store import Store, now
from .tasks import ended
from .watch import TooManyWaiters, Watch, owner_topic
from .worker import Worker

__all__ = [
    "Accepted",
    "Ending",
    "Engine",
    "EngineSettings",
    "FinishHook",
    "KeyReused",
    "Load",
    "OverQuota",
    "Page",
    "PurgeHook",
    "QueueFull",
    "TooManyWaiters",
]

H = TypeVar("H")
log = logging.getLogger(__name__)

News = tuple[list[JobEvent], bool]
"""Events, and whether no more can come."""
READ_AT_ONCE = 100
"""How many events a subscriber is given from one read."""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Limits and durations; durations are in seconds."""

    workers: int = 4
    """How many jobs run here at a time; 0 only accepts them."""
    lease: float = 30.0
    poll: float = 1.0
    """How often to look for what other processes did."""
    max_waiters: int = 10_000
    owner_limit: int | None = None
    """How many unfinished jobs one owner may have."""
    tombstone: float = 7 * 86_400.0
    keys: float = 86_400.0
    """How long an idempotency key lives at least."""
    no_handler: float = 3_600.0
    """How long a job of an unknown operation waits for a process that knows it: old and new
    programs may share the database for a while, and a release may be taken back."""


class Engine(Generic[H]):
    """Jobs of these operations in this store, between `start` and `stop`."""

    def __init__(
        self,
        store: Store,
        operations: Sequence[AsyncOperation[H]],
        settings: EngineSettings = EngineSettings(),
        *,
        on_finish: FinishHook | None = None,
        on_purge: PurgeHook | None = None,
    ) -> None:
        self.settings = settings
        self.watch = Watch(settings.max_waiters)
        self._store = store
        self._on_finish = on_finish
        self._on_purge = on_purge
        self._quota = settings.owner_limit
        self._rooms = Rooms()
        self._lines = Lines(settings.poll)
        self._ended: tuple[float, dict[str, int]] = (0.0, {})
        self._worker = Worker(
            store,
            operations,
            name=f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}",
            size=settings.workers,
            lease=settings.lease,
            announce=self._announce,
            on_finish=on_finish,
        )
        self._maintenance = Maintenance(
            store,
            Terms(
                settings.lease, settings.tombstone, settings.keys, settings.no_handler
            ),
            known=[operation.name for operation in operations],
            held=lambda: list(self._worker.held.values()),
            announce=self._announce,
            interrupt=self._worker.interrupt,
            on_finish=on_finish,
            on_purge=on_purge,
        )

    async def start(self, handlers: H) -> None:
        """Take up the work that the store holds; the store must be open."""
        self._worker.start(handlers)
        self._maintenance.start()
        self._looking = asyncio.create_task(self._look())

    def end_streams(self) -> None:
        """Let every `wait` and `subscribe` return: the service is about to stop."""
        self.watch.close()

    async def stop(self, grace: float = 10.0) -> None:
        """Stop taking jobs, give the running ones `grace` seconds, put the rest back in line."""
        self.end_streams()
        await self._worker.stop(grace)
        await ended(self._looking)
        await self._maintenance.stop()

    async def accept(
        self,
        op: AsyncOperation[H],
        request: Received,
        *,
        owner: str | None = None,
        key: str | None = None,
        fingerprint: str | None = None,
        callback_url: str | None = None,
        traceparent: str | None = None,
    ) -> Accepted:
        """The job of this request, committed; raises KeyReused, OverQuota, QueueFull."""
        job = new_job(
            op,
            request,
            owner=owner,
            key=key,
            fingerprint=fingerprint,
            callback_url=callback_url,
            traceparent=traceparent,
        )
        admission = Admission(job, self._rooms, op.policy.queue, self._quota)
        verdict = await self._store.write(admission, self._admitted)
        if isinstance(verdict, Accepted):
            return verdict
        if verdict is KeyReused:
            raise KeyReused("The idempotency key belongs to a different request.")
        assert issubclass(verdict, ComeBack)
        raise verdict((await self.load(op.name)).retry_after)

    def operation(self, name: str) -> AsyncOperation[H] | None:
        """The operation of this name, if this process knows it."""
        return self._worker.operations.get(name)

    async def get(self, id: str) -> JobRecord | None:
        """The job; past its retention a tombstone, `expired`; None if there is none."""
        return await self._store.look(lambda db: jobs.get(db, id))

    async def get_light(self, id: str) -> JobRecord | None:
        """The job without its bodies, which are much to read for its status."""
        return await self._store.look(lambda db: jobs.get_light(db, id))

    async def wait(self, id: str, version: int, timeout: float) -> JobRecord | None:
        """The job as soon as it has moved past `version` or ended, None if not in time.

        Raises TooManyWaiters.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + timeout
        with self.watch.waiting(id) as waiter:
            while True:
                job = await self.get(id)
                if job is not None and (job.version > version or done(job.status)):
                    return job
                if job is None or self.watch.closed:
                    return None
                left = deadline - clock()
                if left <= 0 or not await waiter.news(left):
                    return None

    async def ended(self, id: str, timeout: float) -> JobRecord | None:
        """The job as soon as it has ended, or as it is after `timeout` seconds.

        Raises TooManyWaiters.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + timeout
        with self.watch.waiting(id) as waiter:
            while True:
                job = await self.get(id)
                left = deadline - clock()
                if job is None or done(job.status) or left <= 0 or self.watch.closed:
                    return job
                await waiter.news(left)

    def subscribe(self, id: str, version: int = 0) -> AsyncGenerator[JobEvent, None]:
        """The job's events after `version`, until it has ended or the engine stops.

        Nothing is missed but superseded progress. Raises TooManyWaiters.
        """
        self.watch.check()
        read = partial(_news_of_job, id)
        return self._subscribe(id, read, lambda event: event.version, version)

    def subscribe_owner(
        self, owner: str, sequence: int | None = None
    ) -> AsyncGenerator[JobEvent, None]:
        """The events of all the owner's jobs after `sequence` (None: from now on).

        A sequence that is yet to come, such as that of a lost database, is from now on too.
        Nothing is missed but superseded progress. Raises TooManyWaiters.
        """
        self.watch.check()
        read = partial(_news_of_owner, owner)
        start = partial(_start, sequence)
        topic = owner_topic(owner)
        return self._subscribe(topic, read, lambda event: event.sequence, start)

    async def _subscribe(
        self,
        topic: str,
        read: Callable[[int, Connection], News],
        position: Callable[[JobEvent], int],
        after: int | Callable[[Connection], int],
    ) -> AsyncGenerator[JobEvent, None]:
        with self.watch.waiting(topic) as waiter:
            if not isinstance(after, int):
                after = await self._store.read(after)
            while not self.watch.closed:
                events, over = await self._store.read(partial(read, after))
                for event in events:
                    yield event
                    after = position(event)
                if not events and over:
                    return
                if not events:
                    await waiter.news()

    async def cancel(self, id: str) -> JobRecord | None:
        """The job after a wish to cancel it: canceled if it was queued, flagged if it runs."""
        job = await self._store.write(
            lambda db: _cancel(db, id, self._on_finish), self._announce
        )
        if job is not None and job.cancel_requested:
            self._worker.interrupt(id, job.claim, Reason.CANCELED)
        return job

    async def delete(self, id: str) -> JobRecord | None:
        """The job as it was, or canceled if it was active; if it had ended, it is expired now."""
        job = await self._store.read(lambda db: jobs.get_light(db, id))
        if job is None or job.expired or not done(job.status):
            return await self.cancel(id)
        await self._store.write(
            lambda db: purge(db, [id], self.settings.keys, self._on_purge)
        )
        return job

    async def list(
        self,
        owner: str,
        status: Status | None = None,
        operation: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page:
        """The owner's jobs, newest first; raises BadCursor."""
        return await self._store.read(
            lambda db: jobs.listed(db, owner, status, operation, limit, cursor)
        )

    async def ahead(self, job: JobRecord) -> int:
        """How many queued jobs of the same operation come before this one, up to a thousand."""
        if job.status is not Status.QUEUED:
            return 0
        return await self._store.look(lambda db: self._lines.ahead(db, job))

    async def load(self, operation: str) -> Load:
        """What waits for the operation, and when a caller turned away should come back."""
        waiting = await self._store.look(lambda db: jobs.queued(db, operation))
        return load(waiting, await self._endings(), operation, 1)

    async def rate(self, operation: str) -> float:
        """How many of the operation's jobs end in a second, as observed lately."""
        return load(0, await self._endings(), operation, 1).rate

    async def _endings(self) -> dict[str, int]:
        """How many jobs of each operation ended in the last WINDOW, counted once in a while."""
        observed, ended = self._ended
        if now() - observed > self.settings.poll:
            since = now() - WINDOW
            ended = await self._store.read(lambda db: jobs.ended_since(db, since))
            self._ended = (now(), ended)
        return ended

    def _admitted(self, verdict: Verdict) -> None:
        if isinstance(verdict, Accepted) and not verdict.replayed:
            self._lines.follow(verdict.job)
            self._worker.wake(verdict.job.operation)

    def _announce(self, job: JobRecord | None) -> None:
        """Tell this process that the job has a new version."""
        if job is None:
            return
        self._lines.follow(job)
        self.watch.tell((job.id, owner_topic(job.owner or NOBODY)))
        if job.status is Status.QUEUED:
            self._worker.wake(job.operation)

    async def _look(self) -> None:
        """Find what other processes did, once in a while."""
        seen: int | None = None
        while True:
            await asyncio.sleep(self.settings.poll)
            try:
                await self._find_work()
                seen = await self._tell_since(seen) if len(self.watch) else None
            except Exception:
                log.exception("The store could not be read; it is tried again.")

    async def _find_work(self) -> None:
        hungry = self._worker.hungry()
        if hungry:
            ready = await self._store.read(lambda db: jobs.ready(db, hungry, now()))
            self._worker.wake(*ready)

    async def _tell_since(self, seen: int | None) -> int:
        """Wake who waits for what happened after event number `seen`; the last number."""
        if seen is None:
            seen = await self._store.read(history.last_sequence)
            self.watch.tell_all()
            return seen
        since = seen
        newer = await self._store.read(lambda db: history.touched_since(db, since))
        for _, id, owner in newer:
            self.watch.tell((id, owner_topic(owner)))
        return newer[-1][0] if newer else seen


def _cancel(db: Connection, id: str, on_finish: FinishHook | None) -> JobRecord | None:
    job = jobs.get_light(db, id)
    if job is None or done(job.status):
        return job
    if job.status is Status.QUEUED:
        return end(db, job, canceled(), on_finish)
    return changes.request_cancel(db, job, now()) or job


def _news_of_job(id: str, after: int, db: Connection) -> News:
    job = jobs.get_light(db, id)
    over = job is None or done(job.status)
    return history.events_of_job(db, id, after, READ_AT_ONCE), over


def _start(sequence: int | None, db: Connection) -> int:
    """The number of the event after which news begins."""
    newest = history.last_sequence(db)
    return newest if sequence is None else min(sequence, newest)


def _news_of_owner(owner: str, after: int, db: Connection) -> News:
    return history.events_of_owner(db, owner, after, READ_AT_ONCE), False
