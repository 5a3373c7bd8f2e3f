"""Who may see a job: its owner; where anybody may ask for such jobs, whoever knows its id."""

from __future__ import annotations

from typing import Any

from starlette.requests import HTTPConnection, Request

from .engine import Engine
from .jobs import JobRecord
from .problem import HttpProblem
from .service import Service
from .status import Status, done


async def job_of(request: Request, *, whole: bool = False) -> JobRecord:
    """The job that a request is about; its bodies are read only for the `whole` of it.

    Raises HttpProblem: 401 without credentials, 404 for an unknown or another owner's job,
    410 for one that is past its retention.
    """
    return await job_seen(request, str(request.path_params["job_id"]), whole=whole)


async def job_seen(
    connection: HTTPConnection, id: str, *, whole: bool = False
) -> JobRecord:
    """The job with this id, if the caller may see it; raises HttpProblem as `job_of` does."""
    service: Service[Any] = Service.of(connection)
    engine = service.part(Engine)
    read = engine.get if whole else engine.get_light
    job = await read(id)
    if job is None or not is_anybodys(service, job):
        owner = await service.owner(connection)
        if job is None or job.owner is None or job.owner != owner:
            raise HttpProblem(404, detail="There is no such job")
    return kept(job)


def is_anybodys(service: Service[Any], job: JobRecord) -> bool:
    """Whether its id is all that one needs; what came by message is not, where callers show who they are."""
    if job.owner is not None or not service.access:
        return job.owner is None
    operation = service.part(Engine).operation(job.operation)
    return operation is not None and operation.is_open


def kept(job: JobRecord | None) -> JobRecord:
    """The job, if it is still more than a tombstone."""
    if job is None:
        raise HttpProblem(404, detail="There is no such job")
    if job.expired:
        raise HttpProblem(410, detail="The job is past its retention")
    return job


async def canceled(engine: Engine[Any], job: JobRecord) -> JobRecord:
    """The job after a wish to cancel it; raises HttpProblem 409 when it has ended otherwise."""
    check_cancelable(job)
    after = kept(await engine.cancel(job.id))
    check_cancelable(after)
    return after


def check_cancelable(job: JobRecord) -> None:
    if done(job.status) and job.status is not Status.CANCELED:
        raise HttpProblem(409, detail=f"The job has already {job.status}")
