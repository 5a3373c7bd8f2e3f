"""Who may see a job: its owner, or, where it has none, whoever knows its id."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from .engine import Engine
from .jobs import JobRecord
from .problem import HttpProblem
from .service import Service


async def job_of(request: Request, *, whole: bool = False) -> JobRecord:
    """The job that a request is about; its bodies are read only for the `whole` of it.

    Raises HttpProblem: 401 without credentials, 404 for an unknown or another owner's job,
    410 for one that is past its retention.
    """
    service: Service[Any] = Service.of(request)
    engine = service.part(Engine)
    read = engine.get if whole else engine.get_light
    job = await read(str(request.path_params["job_id"]))
    if job is None or job.owner is not None:
        owner = await service.owner(request)
        if job is None or job.owner != owner:
            raise HttpProblem(404, detail="There is no such job")
    return kept(job)


def kept(job: JobRecord | None) -> JobRecord:
    """The job, if it is still more than a tombstone."""
    if job is None:
        raise HttpProblem(404, detail="There is no such job")
    if job.expired:
        raise HttpProblem(410, detail="The job is past its retention")
    return job
