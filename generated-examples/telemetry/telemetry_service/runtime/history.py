"""The table of events: each version of a job but the first, and how to read on from one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
)

from .jobs import (
    JSON_FIELDS,
    LIGHT,
    NOBODY,
    JobEvent,
    JobRecord,
    encode,
    jobs,
    record_of,
)
from .statement import Statement
from .status import Status
from .store import metadata

PROGRESS = "job.progress"

events = Table(
    "job_events",
    metadata,
    Column("sequence", Integer, primary_key=True),
    Column("job_id", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("snapshot", Text, nullable=False),
    sqlite_autoincrement=True,
)

Index("job_events_of_job", events.c.job_id, events.c.version, unique=True)
IS_OWNED = events.c.owner != literal_column("''")
Index(
    "job_events_of_owner",
    events.c.owner,
    events.c.sequence,
    sqlite_where=IS_OWNED,
    postgresql_where=IS_OWNED,
)

SNAPSHOT = (
    *("status", "version", "attempt", "claim", "available_at", "updated", "started"),
    *("finished", "expires", "cancel_requested", *JSON_FIELDS, "result_status"),
)
"""The fields in which one version of a job differs from another."""


def events_of_job(db: Connection, id: str, version: int, limit: int) -> list[JobEvent]:
    """The job's events after `version`, oldest first."""
    values = {"of_id": id, "after": version, "limit": limit}
    return [_event(row) for row in EVENTS_OF_JOB.rows(db, values)]


def events_of_owner(
    db: Connection, owner: str, sequence: int, limit: int
) -> list[JobEvent]:
    """The events after `sequence` of all the owner's jobs, oldest first."""
    values = {"of_owner": owner, "after": sequence, "limit": limit}
    return [_event(row) for row in EVENTS_OF_OWNER.rows(db, values)]


def last_sequence(db: Connection) -> int:
    """The sequence of the newest event."""
    return db.scalar(select(func.max(events.c.sequence))) or 0


def touched_since(db: Connection, sequence: int) -> list[tuple[int, str, str]]:
    """Sequence, job and owner of the events after `sequence`."""
    columns = (events.c.sequence, events.c.job_id, events.c.owner)
    newer = select(*columns).where(events.c.sequence > sequence)
    rows = db.execute(newer.order_by(events.c.sequence).limit(10_000))
    return [(number, id, owner) for number, id, owner in rows]


def _event(row: Sequence[Any]) -> JobEvent:
    sequence, id, version, name, snapshot = row[:5]
    values: dict[str, Any] = dict(zip(SNAPSHOT, json.loads(snapshot), strict=True))
    values["status"] = Status(values["status"])
    return JobEvent(sequence, id, version, name, replace(record_of(row[5:]), **values))


_AFTER = bindparam("after", type_=Integer)
_SEEN = (
    *(events.c.sequence, events.c.job_id, events.c.version, events.c.name),
    events.c.snapshot,
)
_EVENTS = (
    select(*_SEEN, *LIGHT)
    .join_from(events, jobs, events.c.job_id == jobs.c.id)
    .limit(bindparam("limit"))
)
EVENTS_OF_JOB = Statement(
    _EVENTS.where(
        events.c.job_id == bindparam("of_id"), events.c.version > _AFTER
    ).order_by(events.c.version)
)
EVENTS_OF_OWNER = Statement(
    _EVENTS.where(IS_OWNED)
    .where(events.c.owner == bindparam("of_owner"), events.c.sequence > _AFTER)
    .order_by(events.c.sequence)
)


def note(db: Connection, job: JobRecord, name: str) -> None:
    """Write the event of the version that the job has now."""
    values = {"job_id": job.id, "owner": job.owner or NOBODY, "name": name}
    NOTE.rows(
        db,
        {
            **values,
            "version": job.version,
            "snapshot": encode([getattr(job, field) for field in SNAPSHOT]),
        },
    )


def supersede(db: Connection, job: JobRecord) -> None:
    """Forget the progress before the version that the job has now."""
    SUPERSEDE.rows(db, {"of_id": job.id, "of_version": job.version})


NOTE = Statement(
    insert(events).values(
        job_id=bindparam("job_id"),
        owner=bindparam("owner"),
        version=bindparam("version"),
        name=bindparam("name"),
        snapshot=bindparam("snapshot"),
    )
)
SUPERSEDE = Statement(
    delete(events).where(
        events.c.job_id == bindparam("of_id"),
        events.c.version < bindparam("of_version"),
        events.c.name == PROGRESS,
    )
)
