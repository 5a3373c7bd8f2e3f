"""Subscriptions to webhooks: made, seen, changed and removed by their owner."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import delivery_records, subscriptions
from .deliveries import add
from .delivery_document import MOST, NO_STORE, listing
from .pings import first_ping
from .service import Service
from .store import Store
from .subscription_access import manager, owned, subscription_document, there
from .subscription_actions import subscription_actions
from .subscription_bodies import CHANGE, NEW, read
from .subscription_change import change
from .subscriptions import Subscription


def subscription_routes(events: Collection[str], base: str = "") -> list[Route]:
    """The routes of a service whose document declares these webhooks."""

    async def create(request: Request) -> Response:
        """POST /webhooks"""
        service: Service[Any] = Service.of(request)
        owner = await manager(service, request)
        wanted = await read(service, request, NEW, events)

        def write(connection: Connection) -> Subscription:
            made = subscriptions.create(connection, owner, wanted.url, wanted.events)
            add(connection, [first_ping(made)])
            return made

        made = await service.part(Store).write(write)
        shown = {**subscription_document(made), "secret": made.secret}
        location = service.url(request, f"{base}/webhooks/{made.id}")
        return JSONResponse(shown, 201, {**NO_STORE, "Location": location})

    async def edit(request: Request) -> Response:
        """PATCH /webhooks/{webhook_id}"""
        service: Service[Any] = Service.of(request)
        found = await owned(service, request)
        wanted = await read(service, request, CHANGE, events)
        given = wanted.model_dump(exclude_unset=True)

        def write(connection: Connection) -> Subscription | None:
            current = subscriptions.get(connection, found.owner, found.id)
            return None if current is None else change(connection, current, given)

        changed = there(await service.part(Store).write(write))
        return JSONResponse(subscription_document(changed), headers=NO_STORE)

    one = f"{base}/webhooks/{{webhook_id}}"
    return [
        Route(f"{base}/webhooks", create, methods=["POST"]),
        Route(f"{base}/webhooks", listed, methods=["GET"]),
        Route(one, get, methods=["GET"]),
        Route(one, edit, methods=["PATCH"]),
        Route(one, remove, methods=["DELETE"]),
        Route(f"{one}/deliveries", of_subscription, methods=["GET"]),
        *subscription_actions(one, events),
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
