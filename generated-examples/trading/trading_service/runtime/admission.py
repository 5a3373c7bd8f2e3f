"""Lets a request become a job, or says why not: its key, its owner, the queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from . import changes, jobs
from .ids import new_id
from .jobs import JobRecord
from .operation import AsyncOperation
from .received import Received
from .status import Status
from .store import now


@dataclass(frozen=True, slots=True)
class Accepted:
    """The job of a submitted request; `replayed` if an earlier request made it."""

    job: JobRecord
    replayed: bool


class Refused(Exception):
    """The request did not become a job."""


class KeyReused(Refused):
    """The idempotency key belongs to a different request."""


class ComeBack(Refused):
    """There is no room now; there may be in `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Come back in {retry_after} s.")
        self.retry_after = retry_after


class QueueFull(ComeBack):
    """As many jobs of the operation wait as may."""


class OverQuota(ComeBack):
    """The owner has as many unfinished jobs as one may."""


Verdict = Accepted | type[KeyReused] | type[QueueFull] | type[OverQuota]
"""What became of a request: a refusal is a value, since raising would undo a whole batch."""


class Rooms:
    """How many more jobs each queue can take, counted again when that runs out or gets old.

    A count walks the queue, so it is not made for every job. Other processes may fill the
    queue in between: the limit can be passed by what they accept in one second.
    """

    def __init__(self) -> None:
        self._left: dict[str, tuple[int, float]] = {}

    def enter(self, db: Connection, operation: str, limit: int) -> bool:
        """Whether there is room for one more job, which is then taken."""
        left, until = self._left.get(operation, (0, 0.0))
        if left <= 0 or now() > until:
            left, until = limit - jobs.queued(db, operation), now() + 1.0
        self._left[operation] = (left - 1, until)
        return left > 0


@dataclass(frozen=True, slots=True)
class Admission:
    """A request that asks to become a job; called by the store, it gives the verdict."""

    job: Mapping[str, Any]
    rooms: Rooms
    queue: int
    quota: int | None

    def __call__(self, db: Connection) -> Verdict:
        operation, owner, key = (
            self.job[name] for name in ("operation", "owner", "key")
        )
        if key is not None and (earlier := self._earlier(db)):
            return earlier
        if self.quota is not None and owner and jobs.active(db, owner) >= self.quota:
            return OverQuota
        if not self.rooms.enter(db, operation, self.queue):
            return QueueFull
        added = changes.add(db, self.job)
        return Accepted(added, False) if added else self._earlier(db) or KeyReused

    def _earlier(self, db: Connection) -> Verdict | None:
        """The verdict of an earlier request with the same key."""
        owner, operation, key = (
            self.job[name] for name in ("owner", "operation", "key")
        )
        earlier = jobs.get_keyed(db, owner, operation, key)
        if earlier is None:
            return None
        same = earlier.fingerprint == self.job["fingerprint"]
        return Accepted(earlier, True) if same else KeyReused


def new_job(
    operation: AsyncOperation[Any],
    request: Received,
    *,
    owner: str | None = None,
    key: str | None = None,
    fingerprint: str | None = None,
    callback_url: str | None = None,
    traceparent: str | None = None,
) -> dict[str, Any]:
    """The columns of a job that nobody has stored yet; its id has 128 random bits."""
    at = now()
    return dict(
        id=new_id("job_"),
        operation=operation.name,
        status=Status.QUEUED,
        owner=owner,
        version=1,
        attempt=0,
        claim=0,
        expired=False,
        cancel_requested=False,
        max_attempts=operation.policy.attempts,
        available_at=at,
        created=at,
        updated=at,
        retention=operation.policy.retention,
        key=key,
        fingerprint=fingerprint,
        callback_url=callback_url,
        traceparent=traceparent,
        request=request.stored(operation.keeps, operation.cookies),
    )
