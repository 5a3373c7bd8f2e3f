"""The tables of jobs and their events, what a row says, and every way to read them."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Float,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    and_,
    bindparam,
    func,
    literal_column,
    null,
    select,
)

from .statement import Statement
from .status import Status
from .store import metadata

NOBODY = ""
"""The stored owner of a job that has none: unique indexes tell NULLs apart."""

jobs = Table(
    "jobs",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("operation", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("max_attempts", Integer, nullable=False),
    Column("claim", Integer, nullable=False),
    Column("worker", Text),
    Column("lease", Float),
    Column("deadline", Float),
    Column("available_at", Float, nullable=False),
    Column("created", Float, nullable=False),
    Column("updated", Float, nullable=False),
    Column("started", Float),
    Column("finished", Float),
    Column("retention", Float, nullable=False),
    Column("expires", Float),
    Column("expired", Boolean, nullable=False),
    Column("cancel_requested", Boolean, nullable=False),
    Column("key", Text),
    Column("fingerprint", Text),
    Column("callback_url", Text),
    Column("traceparent", Text),
    Column("progress", Text),
    Column("error", Text),
    Column("last_error", Text),
    Column("result_status", Integer),
    Column("result_headers", Text),
    Column("result_type", Text),
    Column("request", LargeBinary, nullable=False),
    Column("result_body", LargeBinary),
)


def _is(status: Status) -> ColumnElement[bool]:
    """A condition that a partial index can be matched with: the value is in the text."""
    return jobs.c.status == literal_column(f"'{status}'")


def _partial(
    name: str, *columns: Column[Any], where: Any, unique: bool = False
) -> Index:
    return Index(
        name, *columns, unique=unique, sqlite_where=where, postgresql_where=where
    )


IS_QUEUED = _is(Status.QUEUED)
IS_RUNNING = _is(Status.RUNNING)
IS_ACTIVE = jobs.c.finished.is_(None)
IS_OWNED = jobs.c.owner != literal_column("''")
IS_KEPT = jobs.c.expired.is_(False)
IS_TOMBSTONE = jobs.c.expired.is_(True)
HAS_KEY = jobs.c.key.is_not(None)

_partial("jobs_queue", jobs.c.operation, jobs.c.number, where=IS_QUEUED)
_partial("jobs_leases", jobs.c.lease, where=IS_RUNNING)
_partial("jobs_active", jobs.c.owner, where=and_(IS_ACTIVE, IS_OWNED))
_partial("jobs_owned", jobs.c.owner, jobs.c.number, where=IS_OWNED)
_partial("jobs_finished", jobs.c.finished, where=jobs.c.finished.is_not(None))
_partial(
    "jobs_expiry", jobs.c.expires, where=and_(IS_KEPT, jobs.c.expires.is_not(None))
)
_partial("jobs_tombstones", jobs.c.expires, where=IS_TOMBSTONE)
_partial("jobs_old_keys", jobs.c.created, where=and_(IS_TOMBSTONE, HAS_KEY))
_partial(
    "jobs_keys",
    jobs.c.owner,
    jobs.c.operation,
    jobs.c.key,
    where=HAS_KEY,
    unique=True,
)


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job as the database has it; the fields are the columns, in their order."""

    number: int
    id: str
    operation: str
    status: Status
    owner: str | None
    version: int
    attempt: int = 0
    max_attempts: int = 1
    claim: int = 0
    worker: str | None = None
    lease: float | None = None
    deadline: float | None = None
    available_at: float = 0.0
    created: float = 0.0
    updated: float = 0.0
    started: float | None = None
    finished: float | None = None
    retention: float = 0.0
    expires: float | None = None
    expired: bool = False
    """Past its retention: a tombstone without request, result, progress or events."""
    cancel_requested: bool = False
    key: str | None = None
    fingerprint: str | None = None
    callback_url: str | None = None
    traceparent: str | None = None
    progress: Any = None
    """`{"done", "total", "message"}`, or what the operation's own progress schema says."""
    error: dict[str, Any] | None = None
    """`code` and `message`, and the members of RFC 9457."""
    last_error: dict[str, Any] | None = None
    """Why the last attempt failed, while another one is to come."""
    result_status: int | None = None
    result_headers: tuple[tuple[str, str], ...] = ()
    result_type: str | None = None
    request: bytes = b""
    result_body: bytes | None = None


@dataclass(frozen=True, slots=True)
class JobEvent:
    """One version of a job; `sequence` rises over all jobs, `name` is `job.running` …"""

    sequence: int
    job_id: str
    version: int
    name: str
    snapshot: JobRecord
    """The job as it was at this version, without its request and result body."""


@dataclass(frozen=True, slots=True)
class Page:
    """Jobs, newest first and without bodies, and the cursor of the next page if there is one."""

    jobs: tuple[JobRecord, ...]
    cursor: str | None


CURSOR = "^[A-Za-z0-9_-]{8}$"


class BadCursor(ValueError):
    """What was given is no cursor."""


encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def dumped(value: object) -> str | None:
    """JSON text for a column, NULL for None."""
    return None if value is None else encode(value)


def record_of(row: Sequence[Any]) -> JobRecord:
    """The record of a row that has every column of `jobs`."""
    values = list(row)
    for place, read in READ:
        values[place] = read(values[place])
    return JobRecord(*values)


def _loaded(text: str | None) -> Any:
    return json.loads(text) if text else None


def _pairs(text: str | None) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in json.loads(text)) if text else ()


READ: tuple[tuple[int, Callable[[Any], Any]], ...] = tuple(
    (place, read)
    for place, field in enumerate(fields(JobRecord))
    for read in [
        {
            "status": Status,
            "owner": lambda owner: owner or None,
            "expired": bool,
            "cancel_requested": bool,
            "progress": _loaded,
            "error": _loaded,
            "last_error": _loaded,
            "result_headers": _pairs,
            "request": lambda body: body or b"",
        }.get(field.name)
    ]
    if read is not None
)
"""Which columns are stored otherwise than the record has them, and how they are read."""

JSON_FIELDS = ("progress", "error", "last_error")
LIGHT = tuple(
    {
        "request": literal_column("''").label("request"),
        "result_body": null().label("result_body"),
    }.get(field.name, jobs.c[field.name])
    for field in fields(JobRecord)
)
"""Every column, with nothing in place of the bodies."""


def get(db: Connection, id: str) -> JobRecord | None:
    """The whole job, its bodies included."""
    return _record(GET.row(db, {"of_id": id}))


def get_light(db: Connection, id: str) -> JobRecord | None:
    """The job without its bodies."""
    return _record(GET_LIGHT.row(db, {"of_id": id}))


def get_keyed(
    db: Connection, owner: str | None, operation: str, key: str
) -> JobRecord | None:
    """The job that was submitted with this idempotency key."""
    values = {"of_owner": owner or NOBODY, "of_operation": operation, "of_key": key}
    return _record(GET_KEYED.row(db, values))


def first_queued(db: Connection, operation: str, limit: int) -> list[int]:
    """The numbers of the operation's first queued jobs, in order."""
    values = {"of_operation": operation, "limit": limit}
    return [row[0] for row in FIRST_QUEUED.rows(db, values)]


def queued(db: Connection, operation: str) -> int:
    """How many jobs of the operation wait."""
    return _count(db, QUEUED, {"of_operation": operation})


def active(db: Connection, owner: str) -> int:
    """How many jobs of the owner have not ended."""
    return _count(db, ACTIVE, {"of_owner": owner})


def ready(db: Connection, operations: Iterable[str], at: float) -> list[str]:
    """Those of the operations that have a job to run now."""
    if ANY_QUEUED.row(db, {}) is None:
        return []
    return [
        operation
        for operation in operations
        if DUE.row(db, {"of_operation": operation, "at": at})
    ]


def _record(row: Sequence[Any] | None) -> JobRecord | None:
    return None if row is None else record_of(row)


def _count(db: Connection, statement: Statement, values: dict[str, Any]) -> int:
    row = statement.row(db, values)
    return 0 if row is None else int(row[0])


_OF_ID = jobs.c.id == bindparam("of_id")
_OF_OWNER = jobs.c.owner == bindparam("of_owner")
_IN_LINE = and_(IS_QUEUED, jobs.c.operation == bindparam("of_operation"))

GET = Statement(select(jobs).where(_OF_ID))
GET_LIGHT = Statement(select(*LIGHT).where(_OF_ID))
GET_KEYED = Statement(
    select(*LIGHT)
    .where(_OF_OWNER, jobs.c.operation == bindparam("of_operation"))
    .where(jobs.c.key == bindparam("of_key"), HAS_KEY)
)
QUEUED = Statement(select(func.count()).where(_IN_LINE))
FIRST_QUEUED = Statement(
    select(jobs.c.number)
    .where(_IN_LINE)
    .order_by(jobs.c.number)
    .limit(bindparam("limit"))
)
ACTIVE = Statement(select(func.count()).where(IS_ACTIVE, IS_OWNED, _OF_OWNER))
ANY_QUEUED = Statement(select(jobs.c.number).where(IS_QUEUED).limit(1))
DUE = Statement(
    select(jobs.c.number)
    .where(_IN_LINE, jobs.c.available_at <= bindparam("at"))
    .limit(1)
)


def ended_since(db: Connection, since: float) -> dict[str, int]:
    """How many jobs of each operation have ended since."""
    ended = jobs.c.finished.is_not(None) & (jobs.c.finished > since)
    counts = select(jobs.c.operation, func.count()).where(ended)
    rows = db.execute(counts.group_by(jobs.c.operation))
    return {operation: count for operation, count in rows}


def listed(
    db: Connection,
    owner: str,
    status: Status | None = None,
    operation: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page:
    """The owner's jobs, newest first; raises BadCursor."""
    chosen = [IS_OWNED, jobs.c.owner == owner, IS_KEPT]
    if status is not None:
        chosen.append(jobs.c.status == status)
    if operation is not None:
        chosen.append(jobs.c.operation == operation)
    if cursor is not None:
        chosen.append(jobs.c.number < _number(cursor))
    found = select(*LIGHT).where(*chosen).order_by(jobs.c.number.desc())
    rows = db.execute(found.limit(limit + 1)).all()
    page = tuple(record_of(row) for row in rows[:limit])
    return Page(page, _cursor(page[-1].number) if len(rows) > limit else None)


def _cursor(number: int) -> str:
    return urlsafe_b64encode(number.to_bytes(6, "big")).decode()


def _number(cursor: str) -> int:
    """Any eight letters are a cursor; one that is made up leads to nobody else's jobs."""
    if not re.fullmatch(CURSOR, cursor):
        raise BadCursor(cursor)
    return int.from_bytes(urlsafe_b64decode(cursor), "big")
