"""The job resource: status, result, cancel, delete and list."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .engine import Engine
from .held import held
from .job_access import canceled, job_of, kept
from .job_answers import crowded, links_of, result_response, status_response
from .job_document import document, written
from .jobs import CURSOR, JobRecord
from .model import Integer
from .parameters import Query
from .prefer import LONGEST_WAIT, preferences_of
from .problem import HttpProblem
from .reader import Reader
from .received import Received
from .service import Service
from .status import Status, done
from .watch import TooManyWaiters

TAG = re.compile(r'"(\d{1,15})"', re.ASCII)
STATUS: Query[Status | None] = Query("status", Status)
OPERATION: Query[str | None] = Query("operation", str)
LIMIT: Query[int] = Query(
    "limit", Annotated[Integer, Field(ge=1, le=100)], kind="integer", default=50
)
CURSOR_OF: Query[str | None] = Query("cursor", Annotated[str, Field(pattern=CURSOR)])
WAIT: Query[int | None] = Query("wait", Annotated[Integer, Field(ge=0)], kind="integer")
VERSION: Query[int | None] = Query(
    "version", Annotated[Integer, Field(ge=0)], kind="integer"
)


def job_routes(base: str = "", *, listed: bool = False) -> list[Route]:
    """The routes under `<base>/jobs`; the list only in a document with security."""
    one = f"{base}/jobs/{{job_id}}"
    listing = [Route(f"{base}/jobs", list_jobs, methods=["GET"])] if listed else []
    return [
        *listing,
        Route(one, get_job, methods=["GET"]),
        Route(one, delete_job, methods=["DELETE"]),
        Route(f"{one}/result", get_result, methods=["GET"]),
        Route(f"{one}/cancel", cancel_job, methods=["POST"]),
    ]


async def get_job(request: Request) -> Response:
    """GET /jobs/{id}: the status, held until it changes if the caller prefers that."""
    job = await job_of(request)
    wait, version = wanted(request, job)
    if wait and version is not None and version >= job.version and not done(job.status):
        newer = await changed(request, job, version, wait)
        if newer is None:
            return unchanged(job)
        job = kept(newer)
    elif version == job.version and (wait or "if-none-match" in request.headers):
        return unchanged(job)
    return await status_response(request, job)


def wanted(request: Request, job: JobRecord) -> tuple[float, int | None]:
    """How long to wait, and past which version; what the headers say comes first."""
    wait = version = None
    if request.scope["query_string"]:
        reader = query_reader(request)
        wait, version = reader.take(WAIT), reader.take(VERSION)
        reader.done()
    preferred = preferences_of(request.headers.getlist("prefer")).wait
    held = min(wait or 0, LONGEST_WAIT) if preferred is None else preferred
    tags = ",".join(request.headers.getlist("if-none-match"))
    if tags:
        version = job.version if is_named(job, tags) else None
    return float(held), version


def is_named(job: JobRecord, tags: str) -> bool:
    """Whether If-None-Match names the job as it is now (RFC 9110 §13.1.2)."""
    return tags.strip() == "*" or str(job.version) in TAG.findall(tags)


def query_reader(request: Request) -> Reader:
    """Reads the query of a request, which is all that our resources take."""
    query = request.scope["query_string"].decode("latin-1")
    return Reader(Received(method=request.method, url="", query=query))


async def changed(
    request: Request, job: JobRecord, version: int, wait: float
) -> JobRecord | None:
    """The job as soon as it has moved on, None when it has not."""
    engine = Service.of(request).part(Engine)
    try:
        return await held(request, engine.wait(job.id, version, wait))
    except TooManyWaiters as full:
        raise crowded(full.retry_after) from None


def unchanged(job: JobRecord) -> Response:
    headers = {"ETag": f'"{job.version}"', "Cache-Control": "no-store"}
    return Response(status_code=304, headers=headers)


async def get_result(request: Request) -> Response:
    """GET /jobs/{id}/result: the operation's answer, or 202 until there is one."""
    return await result_response(request, await job_of(request, whole=True))


async def cancel_job(request: Request) -> Response:
    """POST /jobs/{id}/cancel: 202 if it runs, 200 if that ended it, 409 if it had ended."""
    engine = Service.of(request).part(Engine)
    job = await canceled(engine, await job_of(request))
    return await status_response(request, job, 200 if done(job.status) else 202)


async def delete_job(request: Request) -> Response:
    """DELETE /jobs/{id}: cancel an active job, purge one that has ended."""
    before = await job_of(request)
    job = await Service.of(request).part(Engine).delete(before.id)
    if job is None or done(before.status):
        return Response(status_code=204)
    return await status_response(request, job, 200 if done(job.status) else 202)


async def list_jobs(request: Request) -> Response:
    """GET /jobs: the caller's own, newest first."""
    service: Service[Any] = Service.of(request)
    owner = await service.owner(request)
    if owner is None:
        raise HttpProblem(401, detail="Valid credentials are required")
    reader = query_reader(request)
    status, operation = reader.take(STATUS), reader.take(OPERATION)
    limit, cursor = reader.take(LIMIT), reader.take(CURSOR_OF)
    reader.done()
    page = await service.part(Engine).list(owner, status, operation, limit, cursor)
    links, origin = links_of(service), service.origins.base(request.scope)
    jobs = [document(job, links.of(job.id, origin)) for job in page.jobs]
    text = written({"jobs": jobs, "cursor": page.cursor})
    return Response(text, 200, {"Cache-Control": "no-store"}, "application/json")
