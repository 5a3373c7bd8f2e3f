"""What the owner of a subscription can have done: a new secret, a ping, what was sent sent again."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import delivery_records, subscriptions
from .deliveries import add
from .delivery_document import NO_STORE, delivery_document
from .delivery_records import DeliveryRecord
from .delivery_replay import Replay, replay
from .pings import PING, ping_of
from .problem import HttpProblem
from .rotation import rotate
from .service import Service
from .store import Store, now
from .subscription_access import owned, subscription_document, there
from .subscription_bodies import REPLAY, WantedReplay, read
from .subscriptions import Subscription


def subscription_actions(one: str, events: Collection[str]) -> list[Route]:
    """The routes under a subscription's own path."""

    async def send_again(request: Request) -> Response:
        """POST /webhooks/{webhook_id}/replay"""
        service: Service[Any] = Service.of(request)
        found = await enabled(service, request)
        asked = await read(service, request, REPLAY, events) or WantedReplay()
        wanted = replay_of(found, asked)
        store, count = service.part(Store), 0
        while made := await store.write(lambda connection: replay(connection, wanted)):
            count += made
        return JSONResponse({"replayed": count}, 202, NO_STORE)

    return [
        Route(f"{one}/rotate-secret", rotate_secret, methods=["POST"]),
        Route(f"{one}/test", ping, methods=["POST"]),
        Route(f"{one}/replay", send_again, methods=["POST"]),
    ]


async def rotate_secret(request: Request) -> Response:
    """POST /webhooks/{webhook_id}/rotate-secret"""
    service: Service[Any] = Service.of(request)
    found = await owned(service, request)

    def write(connection: Connection) -> Subscription | None:
        current = subscriptions.get(connection, found.owner, found.id)
        return None if current is None else rotate(connection, current)

    rotated = there(await service.part(Store).write(write))
    shown = {**subscription_document(rotated), "secret": rotated.secret}
    return JSONResponse(shown, headers=NO_STORE)


async def ping(request: Request) -> Response:
    """POST /webhooks/{webhook_id}/test"""
    service: Service[Any] = Service.of(request)
    found = await enabled(service, request)

    def write(connection: Connection) -> DeliveryRecord | None:
        (id,) = add(connection, [ping_of(found)])
        return delivery_records.get(connection, id)

    made = await service.part(Store).write(write)
    assert made is not None, "it was written just now"
    return JSONResponse(delivery_document(made), 202, NO_STORE)


async def enabled(service: Service[Any], request: Request) -> Subscription:
    """The caller's subscription, if anything is sent to it; raises HttpProblem."""
    found = await owned(service, request)
    if not found.enabled:
        detail = f"The subscription is disabled: {found.disabled_because}"
        raise HttpProblem(409, detail=detail)
    return found


def replay_of(one: Subscription, asked: WantedReplay) -> Replay:
    """What is sent again: of all that is over by now, what was asked for."""
    return Replay(
        subscription_id=one.id,
        over_by=now(),
        since=asked.since.timestamp(),
        until=asked.until.timestamp(),
        event=asked.event or None,
        besides=PING,
        failed=asked.failed,
    )
