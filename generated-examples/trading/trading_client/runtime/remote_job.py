"""A job seen from afar: the plans of its submission, status, result and cancellation."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from typing import Any, Generic, NoReturn
from urllib.parse import quote, unquote, urlsplit
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypeVar

from .call import Operation, Remote, exchange, request_of, with_headers
from .encoding import Parts
from .errors import (
    ApiError,
    JobCanceled,
    JobExpired,
    JobFailed,
    JobTimeout,
    JobUnknown,
    UnreadableResponse,
    problem_of,
)
from .exchange import Request, Response
from .job_status import JobStatus, Progress
from .reasons import in_words
from .steps import Plan, sleep

T = TypeVar("T")
P = TypeVar("P", default=Progress)

LONG_POLL = 30.0
"""Seconds for which the service is asked to hold a status request."""


@dataclass(frozen=True, kw_only=True)
class JobOperation(Operation[T], Generic[T, P]):
    """An asynchronous operation: its result T comes later, its progress is a P."""

    jobs: str = "/jobs"
    """Where the service keeps its jobs."""
    progress: Any = Progress
    held: float = 0.0
    """Seconds for which the service may hold the submission itself."""
    keyed: bool = True
    """Whether the operation takes an idempotency key."""

    @cached_property
    def status_type(self) -> TypeAdapter[JobStatus[P]]:
        generic: Any = JobStatus
        return TypeAdapter(generic[self.progress])


class RemoteJob(Generic[T, P]):
    """A job of the service; what was last seen of it is remembered."""

    def __init__(
        self,
        remote: Remote,
        operation: JobOperation[T, P],
        url: str,
        answer: Response | None = None,
    ) -> None:
        self.remote = remote
        self.operation = operation
        self.url = url
        self.answer = answer
        """The result, where the submission was answered directly."""
        self.seen: JobStatus[P] | None = None

    @property
    def id(self) -> str:
        return unquote(urlsplit(self.url).path.rstrip("/").rpartition("/")[2])

    def status(self) -> Plan[JobStatus[P]]:
        """The job as it is now."""
        return self.read_status((yield from exchange(self.remote, self.request("GET"))))

    def wait(self, timeout: float | None = None) -> Plan[JobStatus[P]]:
        """The job once it has ended; raises JobTimeout."""
        until = deadline(timeout)
        status = self.seen or (yield from self.status())
        while not status.done:
            status = yield from self.poll(self.hold(until))
        return status

    def next_status(self, timeout: float | None = None) -> Plan[JobStatus[P]]:
        """The job once it has changed since it was last seen; raises JobTimeout."""
        until = deadline(timeout)
        if (before := self.seen) is None:
            return (yield from self.status())
        status = before
        while status.version == before.version and not status.done:
            status = yield from self.poll(self.hold(until))
        return status

    def hold(self, until: float) -> float:
        """Seconds for which the next poll may be held; raises JobTimeout when there are none."""
        left = until - time.monotonic()
        if left <= 0:
            told = self.seen.status if self.seen else "unknown"
            raise JobTimeout(self.id, f"is still {told}")
        return min(left, LONG_POLL)

    def poll(self, hold: float) -> Plan[JobStatus[P]]:
        """The job as soon as it has changed, or as it is after `hold` seconds (RFC 7240 §4.3)."""
        if hold < 1:  # a preference counts whole seconds
            yield from sleep(hold)
            return (yield from self.status())
        before, began = self.seen, time.monotonic()
        request = self.request("GET", timeout=self.remote.timeout + hold)
        if before is not None:
            match = ("If-None-Match", f'"{before.version}"')
            request = with_headers(request, ("Prefer", f"wait={int(hold)}"), match)
        response = yield from exchange(self.remote, request)
        status = self.read_status(response)
        if before is not None and status.version == before.version:
            # A service that does not hold the request must not be asked without pause.
            pause = min(hold, response.retry_after or 1.0)
            yield from sleep(max(0.0, pause - (time.monotonic() - began)))
        return status

    def result(self, timeout: float | None = None) -> Plan[T]:
        """The typed result; a declared error, or a JobError, is raised."""
        if self.answer is not None:
            return self.operation.read(self.answer)
        yield from self.wait(timeout)
        request = self.request("GET", "/result")
        return self.outcome((yield from exchange(self.remote, request)))

    def cancel(self) -> Plan[JobStatus[P]]:
        """The job after it was asked to stop; one that has ended stays as it is."""
        request = self.request("POST", "/cancel")
        response = yield from exchange(self.remote, request, harmless=True)
        if response.status == 409:
            return (yield from self.status())
        return self.read_status(response)

    def request(
        self, method: str, path: str = "", timeout: float | None = None
    ) -> Request:
        """A request to one of the job's resources."""
        return self.remote.request(
            method, self.url + path, self.operation.security, Parts(), timeout=timeout
        )

    def read_status(self, response: Response) -> JobStatus[P]:
        """The job as the response shows it; one that is gone is raised as such."""
        if response.status == 304 and self.seen is not None:
            return self.seen
        if response.status not in (200, 202):
            self.gone(response)
        try:
            self.seen = self.operation.status_type.validate_json(response.content)
        except ValidationError as reason:
            name = self.operation.name
            raise UnreadableResponse(name, response, in_words(reason)) from reason
        return self.seen

    def outcome(self, response: Response) -> T:
        """What the result resource tells: only with `Job-Status` is it the job's own answer."""
        match response.header("Job-Status"):
            case "succeeded":
                return self.operation.read(response)
            case "failed":
                return self.failure(response)
            case _ if 200 <= response.status < 300:
                name, reason = self.operation.name, "it tells no end (no Job-Status)"
                raise UnreadableResponse(name, response, reason)
            case _:
                self.gone(response)

    def ended(self, response: Response) -> None:
        """Raise how the job ended while its call was held, if the response tells that."""
        if response.header("Job-Status") == "failed":
            self.failure(response)
        problem = problem_of(response)
        if response.status == 409 and problem and problem.code == "canceled":
            self.gone(response)

    def failure(self, response: Response) -> NoReturn:
        """Raise the declared error that a failed job ended with, else JobFailed."""
        try:
            self.operation.read(response)
        except ApiError as error:
            if type(error) not in (ApiError, UnreadableResponse):
                raise
        problem = problem_of(response)
        raise JobFailed(self.id, f"failed: {problem or response.status}", problem)

    def gone(self, response: Response) -> NoReturn:
        """Raise why there is no answer of the job itself."""
        problem = problem_of(response)
        match response.status:
            case 404:
                raise JobUnknown(self.id, "is not known", problem)
            case 409:
                raise JobCanceled(self.id, "was canceled", problem)
            case 410:
                raise JobExpired(self.id, "is no longer kept", problem)
            case _:
                raise ApiError(self.operation.name, response)


def deadline(timeout: float | None) -> float:
    """The moment, on the monotonic clock, up to which there is time."""
    return inf if timeout is None else time.monotonic() + timeout


def submit(
    remote: Remote,
    operation: JobOperation[T, P],
    values: tuple[object, ...],
    body: object = None,
    media_type: str | None = None,
    *,
    key: str | None = None,
    hold: float | None = None,
) -> Plan[RemoteJob[T, P]]:
    """The job that a call becomes; an error that the service answers at once is raised."""
    request = request_of(remote, operation, values, body, media_type)
    given = {name.lower() for name, _ in request.headers}
    if operation.keyed and "idempotency-key" not in given:
        request = with_headers(request, ("Idempotency-Key", key or str(uuid4())))
    if hold is not None:
        preference = f"wait={int(hold)}" if hold >= 1 else "respond-async"
        request = with_headers(request, ("Prefer", preference))
    request = replace(request, timeout=request.timeout + operation.held)
    return submitted(remote, operation, (yield from exchange(remote, request)))


def submitted(
    remote: Remote, operation: JobOperation[T, P], response: Response
) -> RemoteJob[T, P]:
    """The job that the service made; a direct answer is a job that already has its result."""
    location = response.header("Operation-Location")
    if location and response.status >= 400:
        RemoteJob(remote, operation, remote.own(location)).ended(response)
    if not 200 <= response.status < 300:
        operation.read(response)
    if location is None:
        reason = "it names no job (no Operation-Location)"
        raise UnreadableResponse(operation.name, response, reason)
    url = remote.own(location)
    if response.status != 202:
        return RemoteJob(remote, operation, url, response)
    job = RemoteJob(remote, operation, url)
    try:
        job.read_status(response)
    except UnreadableResponse:
        pass  # the document may give its 202 a body of its own
    return job


def rebuilt(remote: Remote, operation: JobOperation[T, P], id: str) -> RemoteJob[T, P]:
    """The job with this id, which an earlier call of the operation made."""
    url = remote.at(f"{operation.jobs}/{quote(id, safe='')}")
    return RemoteJob(remote, operation, url)
