"""Whose subscriptions a request may touch, and how one is shown.

In a document without security they belong to nobody, and managing them needs the ADMIN_TOKEN.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from . import subscriptions
from .job_document import moment
from .problem import HttpProblem
from .service import Service
from .store import Store
from .subscriptions import Subscription


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
    return there(found)


def there(found: Subscription | None) -> Subscription:
    """The subscription; raises HttpProblem where there is none."""
    if found is None:
        raise HttpProblem(404, detail="There is no such webhook subscription")
    return found


def subscription_document(one: Subscription) -> dict[str, object]:
    """The subscription's JSON, without its secret."""
    return {
        "id": one.id,
        "url": one.url,
        "events": one.events,
        "enabled": one.enabled,
        "disabledBecause": one.disabled_because,
        "verified": moment(one.verified),
        "created": moment(one.created),
        "updated": moment(one.updated),
    }
