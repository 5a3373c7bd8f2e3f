"""Every change of a job: one fenced UPDATE, the event of the new version, and nothing in between.

A change that no longer applies (another worker has the job, it has ended) is None, never
an exception: an exception would make the store run its whole batch again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    delete,
    func,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import sqlite

from .ending import Ending
from .history import PROGRESS, events, note, supersede
from .jobs import (
    HAS_KEY,
    IS_QUEUED,
    IS_RUNNING,
    IS_TOMBSTONE,
    NOBODY,
    JobRecord,
    dumped,
    jobs,
    record_of,
)
from .statement import Statement
from .status import NEXT, Status

RETRYING = "job.retrying"


def add(db: Connection, columns: Mapping[str, Any]) -> JobRecord | None:
    """The new job, None if its idempotency key is taken."""
    row = ADD.row(db, {**columns, "owner": columns["owner"] or NOBODY})
    return None if row is None else JobRecord(number=row[0], **columns)


ADDED = (
    *("id", "operation", "status", "owner", "version", "attempt", "max_attempts"),
    *("claim", "available_at", "created", "updated", "retention", "expired"),
    *("cancel_requested", "key", "fingerprint", "callback_url", "traceparent"),
    "request",
)
"""The columns of a job that nobody has worked on."""

ADD = Statement(
    sqlite.insert(jobs)
    .values({name: bindparam(name) for name in ADDED})
    .on_conflict_do_nothing()
    .returning(jobs.c.number)
)


def claim(
    db: Connection,
    operation: str,
    limit: int,
    worker: str,
    at: float,
    lease: float,
    deadline: float,
) -> list[JobRecord]:
    """Take up to `limit` queued jobs of the operation, oldest first, for one attempt each."""
    values = {"of_operation": operation, "limit": limit, "to_worker": worker}
    values |= {"at": at, "to_lease": at + lease, "to_deadline": at + deadline}
    taken = sorted(map(record_of, CLAIM.rows(db, values)), key=lambda job: job.number)
    for job in taken:
        note(db, job, "job.running")
    return taken


_LINE = (
    select(jobs.c.number)
    .where(IS_QUEUED, jobs.c.operation == bindparam("of_operation"))
    .where(jobs.c.available_at <= bindparam("at"))
    .order_by(jobs.c.number)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
CLAIM = Statement(
    update(jobs)
    .where(IS_QUEUED, jobs.c.number.in_(_LINE))
    .values(
        status=Status.RUNNING.value,
        version=jobs.c.version + 1,
        attempt=jobs.c.attempt + 1,
        claim=jobs.c.claim + 1,
        worker=bindparam("to_worker"),
        lease=bindparam("to_lease"),
        deadline=bindparam("to_deadline"),
        updated=bindparam("at"),
        started=func.coalesce(jobs.c.started, bindparam("at")),
        progress=None,
    )
    .returning(*jobs.c)
)


def renew(
    db: Connection, held: Sequence[tuple[str, int]], until: float
) -> dict[str, bool]:
    """Renew the leases of these (id, claim); what is still ours, and if it is to be canceled."""
    mine = tuple_(jobs.c.id, jobs.c.claim).in_(held)
    renewed = update(jobs).where(IS_RUNNING, mine).values(lease=until)
    rows = db.execute(renewed.returning(jobs.c.id, jobs.c.cancel_requested))
    return {id: bool(canceled) for id, canceled in rows}


def _changing(columns: Iterable[str], **expressions: Any) -> Statement:
    """Set these columns of a job, from `to_…`, if nobody has had it since it was read."""
    return Statement(
        update(jobs)
        .where(
            jobs.c.id == bindparam("of_id"),
            jobs.c.claim == bindparam("of_claim"),
            jobs.c.status == bindparam("of_status"),
        )
        .values(
            status=bindparam("to_status"),
            version=jobs.c.version + 1,
            updated=bindparam("at"),
            **{name: bindparam(f"to_{name}") for name in columns},
            **expressions,
        )
        .returning(*jobs.c)
    )


FREE: dict[str, Any] = {"worker": None, "lease": None, "deadline": None}
RESULT = ("result_status", "result_headers", "result_type", "result_body")

REPORT = _changing(["progress"])
FINISH = _changing(["finished", "error", "expires", *RESULT], last_error=None, **FREE)
REQUEUE = _changing(
    ["available_at", "last_error"],
    attempt=jobs.c.attempt - bindparam("uncounted"),
    progress=None,
    **FREE,
)
CANCEL = _changing([], cancel_requested=True)


def report(
    db: Connection, job: JobRecord, progress: object, at: float
) -> JobRecord | None:
    """Set the progress of a running attempt; the event of the one before it is superseded."""
    values = {"to_progress": dumped(progress)}
    changed = _change(db, job, REPORT, Status.RUNNING, values, at, PROGRESS)
    if changed is not None:
        supersede(db, changed)
    return changed


def finish(
    db: Connection, job: JobRecord, ending: Ending, at: float
) -> JobRecord | None:
    """End a job from the state it is known in; None if it has moved on."""
    answer = ending.answer
    values: dict[str, Any] = {"to_finished": at, "to_expires": at + job.retention}
    values["to_error"] = dumped(ending.error)
    values |= {
        "to_result_status": answer.status if answer else None,
        "to_result_headers": dumped(answer.headers) if answer else None,
        "to_result_type": answer.media_type if answer else None,
        "to_result_body": answer.body if answer else None,
    }
    return _change(db, job, FINISH, ending.status, values, at)


def requeue(
    db: Connection,
    job: JobRecord,
    at: float,
    available_at: float,
    error: dict[str, Any] | None = None,
    counted: bool = True,
) -> JobRecord | None:
    """Put a running job back in line; uncounted, as if the attempt had never begun."""
    values = {"to_available_at": available_at, "to_last_error": dumped(error)}
    values |= {"uncounted": 0 if counted else 1}
    return _change(db, job, REQUEUE, Status.QUEUED, values, at, RETRYING)


def request_cancel(db: Connection, job: JobRecord, at: float) -> JobRecord | None:
    """Flag a running job, once."""
    if job.cancel_requested or job.status is not Status.RUNNING:
        return None
    return _change(db, job, CANCEL, Status.RUNNING, {}, at)


def expire(db: Connection, ids: Sequence[str], at: float, keys_from: float) -> None:
    """Leave nothing of these ended jobs but tombstones; young idempotency keys stay."""
    ended = and_(jobs.c.id.in_(ids), jobs.c.finished.is_not(None))
    bare = {"expired": True, "request": b"", "progress": None, "expires": at}
    bare |= {"result_body": None, "result_headers": None, "callback_url": None}
    db.execute(update(jobs).where(ended).values(**bare))
    old = and_(ended, jobs.c.created <= keys_from)
    db.execute(update(jobs).where(old).values(key=None))
    db.execute(delete(events).where(events.c.job_id.in_(ids)))


def forget(db: Connection, expired_before: float, keys_from: float, limit: int) -> int:
    """Remove old tombstones, at most `limit`, and the old keys of the others; how many went."""
    old = and_(IS_TOMBSTONE, HAS_KEY, jobs.c.created <= keys_from)
    db.execute(update(jobs).where(old).values(key=None))
    gone = and_(IS_TOMBSTONE, jobs.c.expires <= expired_before)
    chosen = select(jobs.c.number).where(gone).limit(limit)
    return db.execute(delete(jobs).where(jobs.c.number.in_(chosen))).rowcount


def _change(
    db: Connection,
    job: JobRecord,
    statement: Statement,
    status: Status,
    values: dict[str, Any],
    at: float,
    event: str | None = None,
) -> JobRecord | None:
    """Change the job if the table of states allows it and nobody has had it since it was read."""
    if status is not job.status and status not in NEXT[job.status]:
        return None
    if status is job.status is not Status.RUNNING:
        return None
    fence = {"of_id": job.id, "of_claim": job.claim, "of_status": job.status}
    row = statement.row(db, {**fence, "to_status": status, "at": at, **values})
    if row is None:
        return None
    changed = record_of(row)
    note(db, changed, event or f"job.{status}")
    return changed
