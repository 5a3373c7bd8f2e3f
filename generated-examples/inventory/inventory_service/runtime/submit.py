"""Takes a call of an asynchronous operation as a job: 202, or the answer if it comes in time."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from .admission import ComeBack, KeyReused, OverQuota
from .engine import Engine
from .held import held
from .idempotency import fingerprint, key_of
from .job_access import kept
from .job_answers import accepted, links_of, result_response
from .jobs import JobRecord
from .operation import AsyncOperation, Policy
from .prefer import preferences_of
from .problem import HttpProblem
from .reader import Reader
from .received import Received
from .service import Service, received_of
from .status import done
from .watch import TooManyWaiters

TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?")


async def submit(request: Request, operation: AsyncOperation[Any]) -> Response:
    """202 with the job; for type `auto` its answer, if it ends while the call is held."""
    service: Service[Any] = Service.of(request)
    caller = await service.identify(request, operation.security)
    received = await received_of(request)
    operation.read(Reader(received))
    urls = [check(operation, received) for check in service.checks]
    key = key_of(request.headers.get("idempotency-key"), operation.policy.idempotency)
    job, replayed = await accept(
        service,
        operation,
        received,
        owner=None if caller is None else caller.id,
        key=key,
        fingerprint=fingerprint(received) if key else None,
        callback_url=next(filter(None, urls), None),
        traceparent=traceparent_of(request),
    )
    hold = hold_of(request, operation.policy)
    seen = await awaited(request, service, job, hold) if hold else None
    if seen is not None and done(seen.status):
        return await direct(request, service, seen, replayed)
    return await accepted(request, seen or job, replayed)


async def accept(
    service: Service[Any],
    operation: AsyncOperation[Any],
    received: Received,
    **details: str | None,
) -> tuple[JobRecord, bool]:
    """The committed job; raises HttpProblem for what the engine refuses."""
    engine = service.part(Engine)
    try:
        taken = await engine.accept(retained(operation, service), received, **details)
    except KeyReused:
        detail = "This Idempotency-Key belongs to a different request"
        raise HttpProblem(422, detail=detail, code="idempotency_key_reused") from None
    except ComeBack as full:
        raise turned_away(full) from None
    return kept(taken.job), taken.replayed


def retained(
    operation: AsyncOperation[Any], service: Service[Any]
) -> AsyncOperation[Any]:
    """The operation with the retention that the settings want."""
    retention = service.settings.retention
    if retention is None:
        return operation
    return replace(operation, policy=replace(operation.policy, retention=retention))


def turned_away(full: ComeBack) -> HttpProblem:
    """503 for a full queue, 429 for a caller over its limit."""
    headers = {"Retry-After": str(full.retry_after)}
    if isinstance(full, OverQuota):
        detail = "You have too many unfinished jobs"
        return HttpProblem(429, detail=detail, headers=headers, code="over_quota")
    return HttpProblem(
        503, detail="The queue is full", headers=headers, code="queue_full"
    )


def traceparent_of(request: Request) -> str | None:
    """The caller's trace, if it is one (W3C Trace Context)."""
    given = request.headers.get("traceparent", "")
    return given if TRACEPARENT.fullmatch(given) else None


def hold_of(request: Request, policy: Policy) -> float:
    """Seconds to hold the call for its answer; a `wait` wins over `respond-async`."""
    if policy.wait is None:
        return 0.0
    preferences = preferences_of(request.headers.getlist("prefer"))
    if preferences.wait is not None:
        return min(preferences.wait, policy.wait)
    return 0.0 if preferences.respond_async else policy.wait


async def awaited(
    request: Request, service: Service[Any], job: JobRecord, seconds: float
) -> JobRecord | None:
    """The job, with its answer, when it has ended or the time is over; None if nobody may wait."""
    engine = service.part(Engine)
    try:
        return await held(request, engine.ended(job.id, seconds))
    except TooManyWaiters:
        return None


async def direct(
    request: Request, service: Service[Any], job: JobRecord, replayed: bool
) -> Response:
    """The answer itself, or why there is none; the job is still there to be asked about."""
    try:
        response = await result_response(request, job)
    except HttpProblem as canceled:
        response = canceled.response()
    links = links_of(service).of(job.id, service.origins.base(request.scope))
    response.headers["Operation-Location"] = links["self"]
    if replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response
