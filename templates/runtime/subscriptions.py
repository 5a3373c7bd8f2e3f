"""Subscriptions: who wants which webhooks, and where they go."""

from __future__ import annotations

import json
import secrets as random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Float,
    Row,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from .deliveries import NewDelivery, abandon, add, new_event_id
from .signing import new_secret
from .store import metadata, now

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("owner", Text, index=True),
    Column("url", Text, nullable=False),
    Column("events", Text),
    Column("secret", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("disabled_because", Text),
    Column("created", Float, nullable=False),
    Column("updated", Float, nullable=False),
    Column("verified", Float),
    Column("verify_by", Float),
    Column("failing_since", Float),
)

DAY = 86400.0
VERIFY_WITHIN = DAY


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscriber's address; the fields are the columns, in their order."""

    id: str
    owner: str | None
    url: str
    events: tuple[str, ...] | None
    """The webhooks it wants; None is all of them, also those to come."""
    secret: str
    enabled: bool
    disabled_because: str | None
    created: float
    updated: float
    verified: float | None = None
    """When something that was sent to its address was first answered with 2xx."""
    verify_by: float | None = None
    """When that has to have happened; None for those of programs that did not ask for it."""
    failing_since: float | None = None
    """When the first attempt failed since one succeeded."""

    def wants(self, event: str) -> bool:
        """Whether this webhook goes to it."""
        return self.events is None or event in self.events


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One occurrence of a webhook, before it is known who wants it."""

    event: str
    content_type: str
    body: bytes
    method: str = "POST"
    job_id: str | None = None
    traceparent: str | None = None


def create(
    connection: Connection, owner: str | None, url: str, events: Sequence[str] | None
) -> Subscription:
    """A new subscription with a secret of its own."""
    at = now()
    made = Subscription(
        "wh_" + random.token_urlsafe(16),
        owner,
        url,
        None if events is None else tuple(events),
        new_secret(),
        True,
        None,
        at,
        at,
        verify_by=at + VERIFY_WITHIN,
    )
    connection.execute(insert(subscriptions).values(_row(made)))
    return made


def get(connection: Connection, owner: str | None, id: str) -> Subscription | None:
    """The owner's subscription of that id."""
    mine = select(subscriptions).where(subscriptions.c.id == id, _of(owner))
    row = connection.execute(mine).first()
    return None if row is None else _subscription(row)


def listed(connection: Connection, owner: str | None) -> list[Subscription]:
    """The owner's subscriptions, oldest first."""
    mine = select(subscriptions).where(_of(owner))
    rows = connection.execute(mine.order_by(subscriptions.c.created))
    return [_subscription(row) for row in rows]


def save(connection: Connection, changed: Subscription) -> None:
    """Write a subscription that is there already."""
    connection.execute(
        update(subscriptions)
        .where(subscriptions.c.id == changed.id)
        .values(_row(changed))
    )


def remove(connection: Connection, owner: str | None, id: str) -> bool:
    """Forget the owner's subscription and what still waits for it; False if there is none."""
    if get(connection, owner, id) is None:
        return False
    connection.execute(delete(subscriptions).where(subscriptions.c.id == id))
    abandon(connection, [id], "the subscription was deleted")
    return True


def disable(connection: Connection, ids: Sequence[str], why: str) -> None:
    """Send nothing more to these subscriptions."""
    if not ids:
        return
    connection.execute(
        update(subscriptions)
        .where(subscriptions.c.id.in_(ids), subscriptions.c.enabled)
        .values(enabled=False, disabled_because=why, updated=now())
    )
    abandon(connection, ids, f"the subscription was disabled: {why}")


def publish(connection: Connection, owner: str | None, published: Published) -> None:
    """Write one delivery for each of the owner's subscriptions that wants it."""
    _publish(connection, published, _of(owner))


def publish_all(connection: Connection, published: Published) -> None:
    """Write one delivery for every subscription that wants it, whoever owns it."""
    _publish(connection, published, None)


def _publish(
    connection: Connection, published: Published, whose: ColumnElement[bool] | None
) -> None:
    wanted = select(subscriptions).where(subscriptions.c.enabled)
    if whose is not None:
        wanted = wanted.where(whose)
    found = [_subscription(row) for row in connection.execute(wanted)]
    event_id = new_event_id()
    add(
        connection,
        [_to(one, published, event_id) for one in found if one.wants(published.event)],
    )


def _to(to: Subscription, published: Published, event_id: str) -> NewDelivery:
    return NewDelivery(
        event=published.event,
        event_id=event_id,
        endpoint=to.id,
        url=to.url,
        content_type=published.content_type,
        body=published.body,
        method=published.method,
        owner=to.owner,
        job_id=published.job_id,
        subscription_id=to.id,
        traceparent=published.traceparent,
    )


def _of(owner: str | None) -> ColumnElement[bool]:
    return subscriptions.c.owner.is_not_distinct_from(owner)


def _row(made: Subscription) -> dict[str, object]:
    events = None if made.events is None else json.dumps(made.events)
    return {**asdict(made), "events": events}


def _subscription(row: Row[Any]) -> Subscription:
    found = Subscription(**row._mapping)
    events = None if row.events is None else tuple(json.loads(row.events))
    return replace(found, events=events, enabled=bool(found.enabled))
