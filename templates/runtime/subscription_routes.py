"""Subscriptions to webhooks: made, seen and removed by their owner.

In a document without security they belong to nobody, and managing them needs the ADMIN_TOKEN.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import delivery_records, subscriptions
from .contents import Json
from .delivery_document import MOST, NO_STORE, listing
from .guard import TargetRefused, check_target
from .job_document import moment
from .problem import HttpProblem
from .reader import Body
from .service import Service, reader_of
from .store import Store
from .subscriptions import Subscription


class NewSubscription(BaseModel):
    """What a subscriber asks for; without `events`, every webhook."""

    model_config = ConfigDict(extra="forbid")

    url: str
    events: list[str] | None = None


NEW: Body[NewSubscription] = Body(
    {"application/json": Json(NewSubscription)}, required=True
)


def subscription_routes(events: Collection[str], base: str = "") -> list[Route]:
    """The routes of a service whose document declares these webhooks."""

    async def create(request: Request) -> Response:
        """POST /webhooks"""
        service: Service[Any] = Service.of(request)
        owner = await manager(service, request)
        wanted = await read_new(service, request, events)
        store = service.part(Store)
        made = await store.write(
            lambda connection: subscriptions.create(
                connection, owner, wanted.url, wanted.events
            )
        )
        shown = {**subscription_document(made), "secret": made.secret}
        location = service.url(request, f"{base}/webhooks/{made.id}")
        return JSONResponse(shown, 201, {**NO_STORE, "Location": location})

    one = f"{base}/webhooks/{{webhook_id}}"
    return [
        Route(f"{base}/webhooks", create, methods=["POST"]),
        Route(f"{base}/webhooks", listed, methods=["GET"]),
        Route(one, get, methods=["GET"]),
        Route(one, remove, methods=["DELETE"]),
        Route(f"{one}/deliveries", of_subscription, methods=["GET"]),
    ]


async def listed(request: Request) -> Response:
    """GET /webhooks"""
    service: Service[Any] = Service.of(request)
    owner = await manager(service, request)
    found = await service.part(Store).read(
        lambda connection: subscriptions.listed(connection, owner)
    )
    shown = [subscription_document(one) for one in found]
    return JSONResponse({"webhooks": shown}, headers=NO_STORE)


async def get(request: Request) -> Response:
    """GET /webhooks/{webhook_id}"""
    service: Service[Any] = Service.of(request)
    found = await owned(service, request)
    return JSONResponse(subscription_document(found), headers=NO_STORE)


async def remove(request: Request) -> Response:
    """DELETE /webhooks/{webhook_id}"""
    service: Service[Any] = Service.of(request)
    found = await owned(service, request)
    await service.part(Store).write(
        lambda connection: subscriptions.remove(connection, found.owner, found.id)
    )
    return Response(status_code=204)


async def of_subscription(request: Request) -> Response:
    """GET /webhooks/{webhook_id}/deliveries"""
    service: Service[Any] = Service.of(request)
    one = await owned(service, request)
    found = await service.part(Store).read(
        lambda connection: delivery_records.of_subscription(connection, one.id, MOST)
    )
    return JSONResponse(listing(found), headers=NO_STORE)


async def manager(service: Service[Any], request: Request) -> str | None:
    """Whose subscriptions the request may manage; raises HttpProblem."""
    if not service.access:
        service.admit_admin(request)
        return None
    # Somebody let in without a name owns nothing here.
    owner = await service.owner(request)
    if owner is None:
        raise HttpProblem(401, detail="Valid credentials are required")
    return owner


async def owned(service: Service[Any], request: Request) -> Subscription:
    """The subscription that the request names, if it is the caller's; raises HttpProblem."""
    owner, id = await manager(service, request), request.path_params["webhook_id"]
    found = await service.part(Store).read(
        lambda connection: subscriptions.get(connection, owner, id)
    )
    if found is None:
        raise HttpProblem(404, detail="There is no such webhook subscription")
    return found


async def read_new(
    service: Service[Any], request: Request, events: Collection[str]
) -> NewSubscription:
    """The body, with every violation of it in one 422."""
    reader = await reader_of(request)
    wanted = reader.body(NEW)
    reader.done()
    try:
        check_target(wanted.url, service.settings)
    except TargetRefused as refusal:
        reader.add({"pointer": "#/url", "detail": str(refusal.detail), "code": "url"})
    for index, name in enumerate(wanted.events or ()):
        if name not in events:
            known = ", ".join(events)
            detail = f"There is no webhook {name}; there are: {known}"
            pointer = f"#/events/{index}"
            reader.add({"pointer": pointer, "detail": detail, "code": "webhook"})
    reader.done()
    return wanted


def subscription_document(one: Subscription) -> dict[str, object]:
    """The subscription's JSON, without its secret."""
    return {
        "id": one.id,
        "url": one.url,
        "events": one.events,
        "enabled": one.enabled,
        "disabledBecause": one.disabled_because,
        "created": moment(one.created),
        "updated": moment(one.updated),
    }
