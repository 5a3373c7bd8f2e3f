"""What a job has sent, and how that went."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import delivery_records
from .delivery_document import MOST, NO_STORE, listing
from .job_access import job_of
from .service import Service
from .store import Store


def job_delivery_routes(base: str = "") -> list[Route]:
    """The route."""
    return [Route(f"{base}/jobs/{{job_id}}/deliveries", of_job, methods=["GET"])]


async def of_job(request: Request) -> Response:
    """GET /jobs/{job_id}/deliveries"""
    service: Service[Any] = Service.of(request)
    job = await job_of(request)
    found = await service.part(Store).read(
        lambda connection: delivery_records.of_job(connection, job.id, job.owner, MOST)
    )
    # Where jobs belong to nobody, who knows one may not know the subscribers' addresses.
    shown = [one for one in found if job.owner or one.subscription_id is None]
    return JSONResponse(listing(shown), headers=NO_STORE)
