"""The states of a job and the ways between them: one table decides, everything else asks it."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Where a job stands; exactly the words that existing pollers know."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


NEXT: dict[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset({Status.RUNNING, Status.CANCELED, Status.FAILED}),
    Status.RUNNING: frozenset(
        {Status.SUCCEEDED, Status.FAILED, Status.CANCELED, Status.QUEUED}
    ),
    Status.SUCCEEDED: frozenset(),
    Status.FAILED: frozenset(),
    Status.CANCELED: frozenset(),
}


def done(status: Status) -> bool:
    """Whether a job in this state has ended."""
    return not NEXT[status]
