"""The handle of a job, without `await`: made by an asynchronous call, or again from a job's id."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import Generic, cast

from typing_extensions import TypeVar

from .job_events import events
from .job_status import JobStatus, Progress
from .remote_job import JobOperation, RemoteJob, rebuilt, submit
from .transport import Connection

T = TypeVar("T")
P = TypeVar("P", default=Progress)


class JobHandle(Generic[T, P]):
    """A job of the service: its result is a T, its progress a P."""

    def __init__(self, connection: Connection, job: RemoteJob[T, P]) -> None:
        self._connection = connection
        self._job = job

    @property
    def id(self) -> str:
        """The job's id; with it the handle can be made again."""
        return self._job.id

    @property
    def url(self) -> str:
        """Where the service tells the job's status."""
        return self._job.url

    def status(self) -> JobStatus[P]:
        """The job as it is now."""
        return self._connection.run(self._job.status())

    def next_status(self, timeout: float | None = None) -> JobStatus[P]:
        """The job once it differs from what was last seen of it, by long polling.

        An ended job changes no more: it comes at once. Raises JobTimeout after `timeout` seconds.
        """
        return self._connection.run(self._job.next_status(timeout))

    def wait(self, timeout: float | None = None) -> JobStatus[P]:
        """The job once it has ended, however it did; raises JobTimeout after `timeout` seconds."""
        return self._connection.run(self._job.wait(timeout))

    def result(self, timeout: float | None = None) -> T:
        """The result, waited for; raises the declared error the job ended with, or a JobError."""
        return self._connection.run(self._job.result(timeout))

    def events(self) -> Generator[JobStatus[P]]:
        """The job as it is, then at every change until it has ended.

        A stream that breaks off is resumed; where there is none, long polling does the same.
        """
        with closing(self._connection.stream(events(self._job))) as statuses:
            for status in statuses:
                yield cast(JobStatus[P], status)

    def cancel(self) -> JobStatus[P]:
        """Ask the job to stop; one that has ended stays as it is."""
        return self._connection.run(self._job.cancel())

    def __repr__(self) -> str:
        return f"<JobHandle {self._job.operation.name} {self.id}>"


def start_job(
    connection: Connection,
    operation: JobOperation[T, P],
    values: tuple[object, ...] = (),
    body: object = None,
    media_type: str | None = None,
    *,
    key: str | None = None,
    hold: float | None = None,
) -> JobHandle[T, P]:
    """Submit a call; the handle of the job it became."""
    remote = connection.remote
    plan = submit(remote, operation, values, body, media_type, key=key, hold=hold)
    return JobHandle(connection, connection.run(plan))


def resume_job(
    connection: Connection, operation: JobOperation[T, P], id: str
) -> JobHandle[T, P]:
    """The handle of a job that an earlier call became."""
    return JobHandle(connection, rebuilt(connection.remote, operation, id))
