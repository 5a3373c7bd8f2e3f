"""The job resource: status, result, cancel, delete and list."""

from __future__ import annotations

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .engine import Engine
from .held import held
from .job_access import job_of, kept
from .job_answers import crowded, links_of, result_response, status_response
from .job_document import document, written
from .jobs import BadCursor, JobRecord
from .prefer import preferences_of, seconds
from .problem import HttpProblem
from .service import Service
from .status import Status, done
from .watch import TooManyWaiters

MOST = 100


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
    wait, version = wanted(request)
    if wait and version is not None and version >= job.version and not done(job.status):
        newer = await changed(request, job, version, wait)
        if newer is None:
            return unchanged(job)
        job = kept(newer)
    elif version == job.version and (wait or "if-none-match" in request.headers):
        return unchanged(job)
    return await status_response(request, job)


def wanted(request: Request) -> tuple[float, int | None]:
    """How long to wait, and past which version."""
    query = request.query_params
    wait = preferences_of(request.headers.getlist("prefer")).wait
    if wait is None:
        wait = seconds(query.get("wait"))
    tag = re.fullmatch(
        r'(?:W/)?"(\d{1,15})"', request.headers.get("if-none-match", ""), re.ASCII
    )
    given = tag[1] if tag else query.get("version", "")
    return wait or 0.0, (
        int(given) if re.fullmatch(r"\d{1,15}", given, re.ASCII) else None
    )


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
    return await result_response(request, await job_of(request))


async def cancel_job(request: Request) -> Response:
    """POST /jobs/{id}/cancel: 202 if it runs, 200 if that ended it, 409 if it had ended."""
    before = await job_of(request)
    if done(before.status) and before.status is not Status.CANCELED:
        raise HttpProblem(409, detail=f"The job has already {before.status}")
    job = kept(await Service.of(request).part(Engine).cancel(before.id))
    if done(job.status) and job.status is not Status.CANCELED:
        raise HttpProblem(409, detail=f"The job has already {job.status}")
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
    query = request.query_params
    try:
        page = await service.part(Engine).list(
            owner,
            status_named(query.get("status")),
            query.get("operation"),
            limit_of(query.get("limit")),
            query.get("cursor"),
        )
    except BadCursor:
        raise HttpProblem(400, detail="The cursor is not one of ours") from None
    links, origin = links_of(service), service.origins.base(request.scope)
    jobs = [document(job, links.of(job.id, origin)) for job in page.jobs]
    text = written({"jobs": jobs, "cursor": page.cursor})
    return Response(text, 200, {"Cache-Control": "no-store"}, "application/json")


def status_named(text: str | None) -> Status | None:
    try:
        return None if text is None else Status(text)
    except ValueError:
        words = ", ".join(Status)
        raise HttpProblem(400, detail=f"status is one of {words}") from None


def limit_of(text: str | None) -> int:
    if text is None:
        return 50
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or not int(text):
        raise HttpProblem(400, detail="limit is a number from 1")
    return min(int(text), MOST)
