"""A job as its caller sees it: the status document, and where the rest of the job is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from pydantic_core import to_json

from .jobs import JobRecord
from .status import Status, done

LINKS = {
    "self": "",
    "result": "/result",
    "events": "/events",
    "cancel": "/cancel",
    "ticket": "/ticket",
    "deliveries": "/deliveries",
}
"""What a job may have, and where."""
STEPS = (1, 1, 2, 3, 5, 8, 13, 21, 30)
"""Seconds between the polls of a patient caller."""


class JobLinks:
    """The URLs of jobs; only of what this service has."""

    def __init__(self, base: str, paths: frozenset[str]) -> None:
        self.jobs = f"{base}/jobs"
        self.socket = f"{self.jobs}/socket"
        self.has_socket = self.socket in paths
        self.ends = {
            name: end
            for name, end in LINKS.items()
            if f"{self.jobs}/{{job_id}}{end}" in paths
        }

    def path(self, id: str, name: str = "self") -> str:
        return f"{self.jobs}/{id}{LINKS[name]}"

    def of(self, id: str, origin: str) -> dict[str, str]:
        links = {
            name: f"{origin}{self.jobs}/{id}{end}" for name, end in self.ends.items()
        }
        if self.has_socket:
            links["socket"] = f"{origin.replace('http', 'ws', 1)}{self.socket}"
        return links


def document(
    job: JobRecord, links: dict[str, str], ahead: int | None = None
) -> dict[str, Any]:
    """The members of a status document (WIRE: Submit)."""
    return {
        "id": job.id,
        "operation": job.operation,
        "status": str(job.status),
        "done": done(job.status),
        "cancelRequested": job.cancel_requested,
        "progress": job.progress,
        "attempt": job.attempt,
        "maxAttempts": job.max_attempts,
        "version": job.version,
        **({} if ahead is None else {"queue": {"ahead": ahead}}),
        "created": moment(job.created),
        "updated": moment(job.updated),
        "started": moment(job.started),
        "finished": moment(job.finished),
        "expires": moment(job.expires),
        **({} if job.error is None else {"error": job.error}),
        "links": links,
    }


def written(members: dict[str, Any]) -> str:
    """A document as JSON."""
    return to_json(members).decode()


@lru_cache(1024)
def moment(seconds: float | None) -> str | None:
    """A time as RFC 3339 has it, in UTC."""
    if seconds is None:
        return None
    text = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def patience(age: float, least: int = 0) -> int:
    """Seconds until it is worth asking again: 1, 1, 2, 3, 5 … 30 as the job grows older."""
    return min(max(next(step for step in steps_after(age)), least), STEPS[-1])


def steps_after(age: float) -> Iterator[int]:
    passed = 0
    for step in STEPS:
        passed += step
        if age < passed:
            yield step
    yield STEPS[-1]


def event_name(job: JobRecord) -> str:
    """The event that leads to a state, where only the state is known."""
    if job.status is Status.RUNNING and job.progress is not None:
        return "job.progress"
    return f"job.{job.status}"
