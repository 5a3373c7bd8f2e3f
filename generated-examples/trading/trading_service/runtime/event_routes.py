"""Events over SSE: of one job, and of all of a caller's jobs."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .engine import Engine
from .job_access import job_of, kept
from .job_answers import crowded, links_of
from .job_document import document, event_name, written
from .jobs import JobEvent, JobRecord
from .problem import HttpProblem
from .service import Service
from .sse import EventStream, frame
from .status import done
from .tickets import LIFETIME, Tickets
from .watch import TooManyWaiters


def event_routes(base: str = "", *, listed: bool = False) -> list[Route]:
    """The routes of events; those of all jobs only in a document with security."""
    one = f"{base}/jobs/{{job_id}}"
    all_jobs = [Route(f"{base}/events", all_events, methods=["GET"])] if listed else []
    return [
        *all_jobs,
        Route(f"{one}/events", job_events, methods=["GET"]),
        Route(f"{one}/ticket", job_ticket, methods=["POST"]),
    ]


async def job_events(request: Request) -> Response:
    """GET /jobs/{id}/events: the current state, then every change until the end."""
    job = await ticketed(request) or await job_of(request)
    last = last_event(request)
    if last is not None and last >= job.version and done(job.status):
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    told = framer(request)
    first = b""
    if last is None or last > job.version:
        first, last = told(job.version, event_name(job), job), job.version
    over = bool(first) and done(job.status)
    events = None if over else following(request, job.id, last)
    return EventStream(
        first,
        events,
        lambda event: told(event.version, event.name, event.snapshot),
        heartbeat_of(request),
    )


async def all_events(request: Request) -> Response:
    """GET /events: every change of all the caller's jobs, from now on or where it left off."""
    service: Service[Any] = Service.of(request)
    owner = await service.owner(request)
    if owner is None:
        raise HttpProblem(401, detail="Valid credentials are required")
    with admitted():
        events = service.part(Engine).subscribe_owner(owner, last_event(request))
    told = framer(request)
    return EventStream(
        b"",
        events,
        lambda event: told(event.sequence, event.name, event.snapshot),
        heartbeat_of(request),
    )


def heartbeat_of(request: Request) -> float:
    service: Service[Any] = Service.of(request)
    return service.settings.heartbeat


async def job_ticket(request: Request) -> Response:
    """POST /jobs/{id}/ticket: what an EventSource adds to the URL, good for once."""
    job = await job_of(request)
    service: Service[Any] = Service.of(request)
    ticket = tickets_of(service).issue(job.id)
    events = links_of(service).of(job.id, service.origins.base(request.scope))["events"]
    members = {
        "ticket": ticket,
        "url": f"{events}?ticket={ticket}",
        "expiresIn": int(LIFETIME),
    }
    headers = {"Cache-Control": "no-store"}
    return Response(written(members), 201, headers, "application/json")


async def ticketed(request: Request) -> JobRecord | None:
    """The job that a ticket opens; None without one. Raises HttpProblem 401 for a spent one."""
    ticket = request.query_params.get("ticket")
    if ticket is None:
        return None
    service: Service[Any] = Service.of(request)
    id = str(request.path_params["job_id"])
    if not tickets_of(service).spend(ticket, id):
        raise HttpProblem(
            401,
            detail="The ticket is spent, expired or another job's",
            headers={"WWW-Authenticate": "Ticket"},
        )
    return kept(await service.part(Engine).get(id))


def tickets_of(service: Service[Any]) -> Tickets:
    found = service.find(Tickets)
    if found is None:
        found = Tickets()
        service.add(found)
    return found


def last_event(request: Request) -> int | None:
    """The id of the last event that the caller has seen."""
    given = request.headers.get("last-event-id") or request.query_params.get(
        "lastEventId", ""
    )
    return int(given) if re.fullmatch(r"\d{1,15}", given, re.ASCII) else None


def following(request: Request, id: str, version: int) -> AsyncIterator[JobEvent]:
    """The job's events after a version."""
    with admitted():
        return Service.of(request).part(Engine).subscribe(id, version)


@contextmanager
def admitted() -> Iterator[None]:
    """Makes a full house a 503."""
    try:
        yield
    except TooManyWaiters as full:
        raise crowded(full.retry_after) from None


def framer(request: Request) -> Callable[[int, str, JobRecord], bytes]:
    """Makes frames of states, with the URLs that this request may see."""
    service: Service[Any] = Service.of(request)
    links, origin = links_of(service), service.origins.base(request.scope)

    def told(id: int, name: str, job: JobRecord) -> bytes:
        return frame(id, name, written(document(job, links.of(job.id, origin))))

    return told
