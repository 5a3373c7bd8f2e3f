"""Keeps house from a thread of its own: renews leases, takes over lost jobs, ends retention.

It runs beside the event loop, so that a handler that blocks the loop keeps its lease until
its deadline, and loses it after.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from . import changes, jobs
from .attempt import Attempt, Reason
from .ending import (
    Again,
    Ending,
    FinishHook,
    PurgeHook,
    canceled,
    deadline_exceeded,
    lease_lost,
    no_handler,
)
from .jobs import IS_KEPT, IS_QUEUED, IS_RUNNING, LIGHT, JobRecord, record_of
from .settle import settle
from .status import Status
from .store import Store, StoreClosed, now

log = logging.getLogger(__name__)

AT_ONCE = 200
"""How many jobs one write may take over or purge, so that nobody waits long for it."""
HOUSEKEEPING = 30.0
"""Seconds between two looks at retention."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How long things last, in seconds."""

    lease: float
    tombstone: float
    keys: float
    no_handler: float


class Maintenance:
    """The thread; `held` gives the attempts at work here, `announce` hears of each change."""

    def __init__(
        self,
        store: Store,
        terms: Terms,
        *,
        known: Sequence[str],
        held: Callable[[], Iterable[Attempt]],
        announce: Callable[[JobRecord], None],
        interrupt: Callable[[str, int, Reason], None],
        on_finish: FinishHook | None,
        on_purge: PurgeHook | None,
    ) -> None:
        self._store = store
        self._terms = terms
        self._known = known
        self._held = held
        self._announce = announce
        self._interrupt = interrupt
        self._on_finish = on_finish
        self._on_purge = on_purge
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="leases", daemon=True)

    def start(self) -> None:
        """Begin, for the event loop that runs now."""
        self._began = now()
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def stop(self) -> None:
        """End the thread."""
        self._stopped.set()
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        housekeeping = 0.0
        self._try(self._tell_unknown)
        while True:
            self._try(self._renew)
            self._try(self._take_over)
            self._try(self._end_unknown)
            if now() >= housekeeping:
                self._try(self._retire)
                housekeeping = now() + HOUSEKEEPING
            if self._stopped.wait(self._terms.lease / 3):
                return

    def _try(self, step: Callable[[], None]) -> None:
        try:
            step()
        except StoreClosed:
            self._stopped.set()
        except Exception:
            log.exception("Maintenance failed; it is tried again.")

    def _renew(self) -> None:
        held = [one.job.record for one in self._held() if not one.overdue]
        if not held:
            return
        mine = [(job.id, job.claim) for job in held]
        until = now() + self._terms.lease
        ours = self._store.write_from_thread(lambda db: changes.renew(db, mine, until))
        for job in held:
            if ours.get(job.id, True):
                reason = Reason.CANCELED if job.id in ours else Reason.LOST
                self._on_loop(self._interrupt, job.id, job.claim, reason)

    def _take_over(self) -> None:
        """Find a place for the jobs whose worker is gone."""
        for job in self._store.write_from_thread(lost):
            self._settle(job, outcome_of(job))

    def _tell_unknown(self) -> None:
        """Warn of the jobs that nothing here can run."""
        waiting = self._store.write_from_thread(lambda db: strange(db, self._known))
        for operation, count in waiting.items():
            log.warning(
                "Jobs that wait for %s: %s. This program does not have that operation;"
                " they fail after %.0f seconds unless one that has it runs them.",
                operation,
                count,
                self._terms.no_handler,
            )

    def _end_unknown(self) -> None:
        """End the jobs that nothing could run for as long as this program has been watching."""
        before = now() - self._terms.no_handler
        if self._began > before:
            return
        for job in self._store.write_from_thread(
            lambda db: unknown(db, self._known, before)
        ):
            log.error("%s fails: nothing handles %s any more.", job.id, job.operation)
            self._settle(job, no_handler(job.operation))

    def _settle(self, job: JobRecord, outcome: Ending | Again) -> None:
        """Each in a write of its own: one whose hook fails must not keep the others."""
        write = self._store.write_from_thread
        try:
            changed = write(lambda db: settle(db, job, outcome, self._on_finish))
        except StoreClosed:
            raise
        except Exception:
            log.exception("The hook of %s failed; the job ends without it.", job.id)
            changed = write(lambda db: settle(db, job, outcome, None))
        if changed is not None:
            self._on_loop(self._announce, changed)

    def _retire(self) -> None:
        for step in (self._expire, self._forget):
            while self._store.write_from_thread(step) == AT_ONCE:
                pass

    def _expire(self, db: Connection) -> int:
        ids = over(db)
        if ids:
            purge(db, ids, self._terms.keys, self._on_purge)
        return len(ids)

    def _forget(self, db: Connection) -> int:
        at = now()
        return changes.forget(
            db, at - self._terms.tombstone, at - self._terms.keys, AT_ONCE
        )

    def _on_loop(self, call: Callable[..., None], *args: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, *args)


def purge(
    db: Connection, ids: Sequence[str], keys: float, on_purge: PurgeHook | None
) -> None:
    """Leave tombstones of these ended jobs, and of what belongs to them."""
    at = now()
    changes.expire(db, ids, at, at - keys)
    if on_purge is not None:
        on_purge(db, ids)


def outcome_of(job: JobRecord) -> Ending | Again:
    """What becomes of a job whose lease ran out: stuck, or its worker is gone."""
    if job.cancel_requested:
        return canceled()
    stuck = job.deadline is not None and job.deadline < now()
    error = deadline_exceeded() if stuck else lease_lost()
    if job.attempt < job.max_attempts:
        return Again(0.0, error)
    return Ending(Status.FAILED, None, error)


def lost(db: Connection) -> list[JobRecord]:
    """Running jobs whose lease ran out."""
    expired = select(*LIGHT).where(IS_RUNNING, jobs.jobs.c.lease < now())
    return [record_of(row) for row in db.execute(expired.limit(AT_ONCE))]


def strange(db: Connection, known: Sequence[str]) -> dict[str, int]:
    """How many jobs wait for which operation that is none of the known."""
    operation = jobs.jobs.c.operation
    waiting = select(operation, func.count()).where(IS_QUEUED, operation.not_in(known))
    return {name: count for name, count in db.execute(waiting.group_by(operation))}


def unknown(db: Connection, known: Sequence[str], before: float) -> list[JobRecord]:
    """Jobs that have waited since `before` for an operation that is none of the known."""
    waiting = jobs.jobs.c.available_at < before
    strange = jobs.jobs.c.operation.not_in(known)
    found = select(*LIGHT).where(IS_QUEUED, strange, waiting)
    return [record_of(row) for row in db.execute(found.limit(AT_ONCE))]


def over(db: Connection) -> list[str]:
    """The ids of jobs whose retention is over."""
    past = jobs.jobs.c.expires.is_not(None) & (jobs.jobs.c.expires <= now())
    return list(db.scalars(select(jobs.jobs.c.id).where(past, IS_KEPT).limit(AT_ONCE)))
