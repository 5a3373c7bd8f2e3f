"""Sending a delivery again.

A delivery belongs to whoever owns the address it goes to. One that belongs to nobody is known by its
unguessable id, but to touch a subscriber's takes the ADMIN_TOKEN.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import delivery_records
from .delivery_document import NO_STORE, delivery_document
from .problem import HttpProblem
from .service import Service
from .store import Store


def delivery_routes(base: str = "") -> list[Route]:
    """The route."""
    path = f"{base}/deliveries/{{delivery_id}}/redeliver"
    return [Route(path, redeliver, methods=["POST"])]


async def redeliver(request: Request) -> Response:
    """POST /deliveries/{delivery_id}/redeliver"""
    service: Service[Any] = Service.of(request)
    store, id = service.part(Store), str(request.path_params["delivery_id"])
    found = await store.read(lambda connection: delivery_records.get(connection, id))
    if found is None or found.owner is not None:
        owner = await service.owner(request)
        if found is None or found.owner != owner:
            raise HttpProblem(404, detail="There is no such delivery")
    elif found.subscription_id is not None:
        service.admit_admin(request)
    again = await store.write(
        lambda connection: delivery_records.redeliver(connection, id)
    )
    if again is None:
        raise HttpProblem(404, detail="There is no such delivery")
    return JSONResponse(delivery_document(again), 202, NO_STORE)
