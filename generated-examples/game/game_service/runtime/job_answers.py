"""What is said about a job over HTTP: its status, its acceptance, its result."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from .answer import Answer
from .engine import Engine
from .job_document import JobLinks, document, patience, written
from .jobs import JobRecord
from .prefer import preferences_of
from .problem import HttpProblem, problem
from .replies import response_of
from .service import Service
from .status import Status, done
from .store import now


def links_of(service: Service[Any]) -> JobLinks:
    """The links of this service's jobs."""
    found = service.find(JobLinks)
    if found is None:
        found = JobLinks(service.base, service.paths)
        service.add(found)
    return found


async def status_response(
    request: Request, job: JobRecord, status: int = 200
) -> Response:
    """The status document with what a poller needs."""
    service: Service[Any] = Service.of(request)
    ahead = await line_of(service, job)
    headers = {"ETag": f'"{job.version}"', **await freshness(service, job, ahead)}
    links = links_of(service).of(job.id, service.origins.base(request.scope))
    return described(document(job, links, ahead), status, headers)


def described(
    members: dict[str, Any], status: int, headers: dict[str, str]
) -> Response:
    """A status document as a response."""
    body = written(members).encode()
    return response_of(Answer(status, tuple(headers.items()), "application/json", body))


async def freshness(
    service: Service[Any], job: JobRecord, ahead: int | None
) -> dict[str, str]:
    """The headers that say how long a status is good for."""
    if done(job.status):
        return {"Cache-Control": "no-store"}
    seconds = await retry_after(service, job, ahead or 0)
    return {"Cache-Control": "no-store", "Retry-After": str(seconds)}


async def line_of(service: Service[Any], job: JobRecord) -> int | None:
    """How many jobs come before a queued one."""
    if job.status is not Status.QUEUED:
        return None
    return await service.part(Engine).ahead(job)


async def retry_after(service: Service[Any], job: JobRecord, ahead: int) -> int:
    """Seconds until it is worth asking again, more while others are in line."""
    rate = await service.part(Engine).rate(job.operation) if ahead else 0.0
    return patience(now() - job.created, round(ahead / rate) if rate else 0)


async def accepted(request: Request, job: JobRecord, replayed: bool) -> Response:
    """202: where the job is, and how it stands."""
    service: Service[Any] = Service.of(request)
    ahead = await line_of(service, job)
    links = links_of(service).of(job.id, service.origins.base(request.scope))
    headers = {"Retry-After": "1", **await freshness(service, job, ahead)}
    headers |= monitor(links)
    if preferences_of(request.headers.getlist("prefer")).respond_async:
        headers["Preference-Applied"] = "respond-async"
    if replayed:
        headers["Idempotency-Replayed"] = "true"
    return described(document(job, links, ahead), 202, headers)


def monitor(links: dict[str, str]) -> dict[str, str]:
    """The headers that lead to a job."""
    related = [f'<{links["self"]}>; rel="monitor"']
    if "events" in links:
        events = f'<{links["events"]}>; rel="alternate"; type="text/event-stream"'
        related.append(events)
    return {
        "Operation-Location": links["self"],
        "Location": links["result"],
        "Link": ", ".join(related),
    }


async def result_response(request: Request, job: JobRecord) -> Response:
    """The operation's answer as if it had been direct, or why there is none (WIRE: Result)."""
    if not done(job.status):
        return await status_response(request, job, 202)
    if job.status is Status.CANCELED:
        raise HttpProblem(409, "Canceled", "The job was canceled", code="canceled")
    response = answer_of(job)
    response.headers["Job-Status"] = str(job.status)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def answer_of(job: JobRecord) -> Response:
    if job.result_status is None:
        return failure(job)
    headers = job.result_headers
    body = job.result_body or b""
    return response_of(Answer(job.result_status, headers, job.result_type, body))


def failure(job: JobRecord) -> Response:
    """A failed job without an answer of its own."""
    error = dict(job.error or {})
    status = error.pop("status", 500)
    title, detail = error.pop("title", None), error.pop("detail", None)
    return problem(status if isinstance(status, int) else 500, title, detail, **error)


def crowded(retry_after: int) -> HttpProblem:
    """503: as many callers wait as may."""
    headers = {"Retry-After": str(retry_after)}
    return HttpProblem(503, detail="Too many callers are waiting", headers=headers)
