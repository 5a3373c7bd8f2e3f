"""Writes how an attempt ended together with all that goes with it, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from . import changes, jobs
from .ending import Again, Ending, FinishHook, canceled
from .jobs import JobRecord
from .store import now


def settle(
    db: Connection,
    job: JobRecord,
    outcome: Ending | Again,
    on_finish: FinishHook | None,
    outbox: Sequence[Callable[[Connection], object]] = (),
) -> JobRecord | None:
    """The job as it is now, None if it was no longer the attempt's."""
    if isinstance(outcome, Ending):
        return end(db, job, outcome, on_finish, outbox if outcome.answer else ())
    current = jobs.get_light(db, job.id)
    if current is not None and current.cancel_requested:
        return end(db, job, canceled(), on_finish)
    at = now()
    return changes.requeue(
        db, job, at, at + outcome.delay, outcome.error, outcome.counted
    )


def end(
    db: Connection,
    job: JobRecord,
    ending: Ending,
    on_finish: FinishHook | None,
    outbox: Sequence[Callable[[Connection], object]] = (),
) -> JobRecord | None:
    """The job as it ended, None if it had moved on since it was read."""
    ended = changes.finish(db, job, ending, now())
    if ended is None:
        return None
    further = on_finish(ended, ending) if on_finish is not None else ()
    for write in (*outbox, *further):
        write(db)
    return ended
