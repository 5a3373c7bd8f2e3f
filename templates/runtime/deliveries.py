"""Deliveries: every request that callbacks and webhooks make, kept until it arrived or was given up.

A row is written in the transaction of what it tells about, so no crash loses it. `due` alone schedules: it is
when the row may be claimed (while it is being sent: when the claim lapses), and NULL once all is over. `claim`
only ever rises and is the fence: what a sender reports counts while it still holds its claim.
"""

from __future__ import annotations

import secrets as random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Float,
    Index,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from .store import metadata, now


class DeliveryStatus(StrEnum):
    """Where a delivery stands; `sending` goes back to `pending` until it succeeds or is given up."""

    PENDING = "pending"
    SENDING = "sending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("owner", Text),
    Column("job_id", Text, index=True),
    Column("subscription_id", Text),
    Column("endpoint", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("traceparent", Text),
    Column("status", Text, nullable=False),
    Column("due", Float),
    Column("claim", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("created", Float, nullable=False),
    Column("finished", Float),
    Column("error", Text),
    Index("deliveries_of_subscription", "subscription_id", "created"),
)
UNDONE = deliveries.c.due.is_not(None)
for name, columns in {
    "deliveries_due": (deliveries.c.due,),
    "deliveries_of_endpoint": (deliveries.c.endpoint, deliveries.c.due),
}.items():
    Index(name, *columns, sqlite_where=UNDONE, postgresql_where=UNDONE)
Index(
    "deliveries_finished",
    deliveries.c.finished,
    sqlite_where=deliveries.c.finished.is_not(None),
    postgresql_where=deliveries.c.finished.is_not(None),
)

delivery_attempts = Table(
    "delivery_attempts",
    metadata,
    Column("delivery_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("started", Float, nullable=False),
    Column("duration", Float, nullable=False),
    Column("status", Integer),
    Column("error", Text),
    Column("answer", LargeBinary),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """One request to make, as whoever has something to tell asks for it."""

    event: str
    event_id: str
    """The webhook-id: the same for every attempt, and for every subscriber of one event."""
    endpoint: str
    """What the limit on simultaneous sends counts by: a subscription, or scheme://host:port."""
    url: str
    content_type: str
    body: bytes
    method: str = "POST"
    owner: str | None = None
    job_id: str | None = None
    subscription_id: str | None = None
    traceparent: str | None = None
    once: bool = False
    """Whether a single attempt is enough, whatever comes of it."""
    after: float = 0.0
    """Seconds until the first attempt."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that its claimer must now send, and nobody else may; the fields are columns."""

    id: str
    event_id: str
    event: str
    owner: str | None
    subscription_id: str | None
    endpoint: str
    method: str
    url: str
    content_type: str
    body: bytes
    traceparent: str | None
    claim: int
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What became of one attempt; `status` is None when no answer came."""

    number: int
    started: float
    duration: float
    status: int | None
    error: str | None
    answer: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How a claim ends: the delivery's next state and, unless it was merely given back, the attempt."""

    id: str
    claim: int
    status: DeliveryStatus
    step: int
    due: float | None = None
    finished: float | None = None
    error: str | None = None
    attempt: Attempt | None = None


listeners: set[Callable[[], None]] = set()
"""Called, on the writer's thread, whenever deliveries were added or made due in this process."""


def new_event_id() -> str:
    """A fresh webhook-id."""
    return "evt_" + random.token_urlsafe(16)


def add(connection: Connection, new: Iterable[NewDelivery]) -> list[str]:
    """Write deliveries within the transaction of what they tell about; gives their ids."""
    at = now()
    # Those of one batch stay in their order.
    rows = [_row(one, at + count * 1e-6) for count, one in enumerate(new)]
    if rows:
        connection.execute(insert(deliveries), rows)
        announce()
    return [str(row["id"]) for row in rows]


def claim(
    connection: Connection,
    *,
    at: float,
    lease: float,
    room: int,
    sending: Mapping[str, int],
    per_endpoint: int,
    after: str = "",
) -> tuple[list[Claimed], str]:
    """Up to `room` due deliveries, no more of any endpoint than fit with those it is being sent.

    Endpoints take turns, beginning with the one that follows `after`, so that none waits for another's backlog;
    the second value says where to go on, and is empty once all had theirs.
    """
    if room <= 0:
        return [], after
    terms = {"at": at, "after": after, "share": per_endpoint, "most": ENDPOINTS}
    found = connection.execute(DUE, terms).all()
    ids, goes_on = _chosen(found, room, sending, per_endpoint)
    if not ids:
        return [], goes_on
    rows = connection.execute(CLAIM, {"ids": ids, "until": at + lease})
    return [Claimed(*row) for row in rows], goes_on


def settle(connection: Connection, settled: Sequence[Settled]) -> None:
    """Record how claims ended; one that was lost to another claimer changes only the log."""
    if not settled:
        return
    connection.execute(SETTLE, [_settlement(one) for one in settled])
    attempts = [_logged(one.id, one.attempt) for one in settled if one.attempt]
    if attempts:
        connection.execute(insert(delivery_attempts), attempts)


def next_due(connection: Connection, at: float) -> float | None:
    """When the next delivery becomes due after `at`."""
    due: float | None = connection.scalar(NEXT_DUE, {"at": at})
    return due


def abandon(connection: Connection, subscription_ids: Sequence[str], why: str) -> None:
    """Give up everything that still waits for these subscriptions, and fence what is being sent."""
    connection.execute(
        update(deliveries)
        .where(
            deliveries.c.subscription_id.in_(subscription_ids),
            deliveries.c.due.is_not(None),
        )
        .values(
            status=DeliveryStatus.FAILED,
            due=None,
            finished=now(),
            error=why,
            claim=deliveries.c.claim + 1,
        )
    )


def purge(connection: Connection, before: float, limit: int = 1000) -> int:
    """Forget up to `limit` deliveries that were over by `before`; tells how many."""
    old = select(deliveries.c.id).where(deliveries.c.finished < before).limit(limit)
    ids = connection.execute(old).scalars().all()
    if ids:
        connection.execute(
            delete(delivery_attempts).where(delivery_attempts.c.delivery_id.in_(ids))
        )
        connection.execute(delete(deliveries).where(deliveries.c.id.in_(ids)))
    return len(ids)


SPENT = 1_000_000
"""A step beyond every schedule."""
ENDPOINTS = 512
"""Endpoints that are looked at in one claim."""


def _due() -> Select[Any]:
    """The endpoints that have something left to do, each with its first due deliveries or without any.

    Each endpoint is one seek in an index, however many deliveries wait for it.
    """
    following = select(func.min(deliveries.c.endpoint)).where(UNDONE)
    first = following.where(deliveries.c.endpoint > bindparam("after"))
    endpoints = select(
        first.scalar_subquery().label("endpoint"), literal(1).label("number")
    ).cte("endpoints", recursive=True)
    next = following.where(deliveries.c.endpoint > endpoints.c.endpoint)
    endpoints = endpoints.union_all(
        select(next.scalar_subquery(), endpoints.c.number + 1).where(
            endpoints.c.endpoint.is_not(None), endpoints.c.number < bindparam("most")
        )
    )
    waiting = deliveries.alias()
    oldest = (
        select(waiting.c.id)
        .where(
            waiting.c.endpoint == endpoints.c.endpoint,
            waiting.c.due <= bindparam("at", type_=Float),
        )
        .order_by(waiting.c.due)
        .limit(bindparam("share", type_=Integer))
    )
    return (
        select(endpoints.c.endpoint, deliveries.c.id)
        .outerjoin_from(endpoints, deliveries, deliveries.c.id.in_(oldest))
        .where(endpoints.c.endpoint.is_not(None))
    )


DUE = _due()
NEXT_DUE = select(func.min(deliveries.c.due)).where(deliveries.c.due > bindparam("at"))
CLAIMED = [deliveries.c[field.name] for field in fields(Claimed)]
CLAIM = (
    update(deliveries)
    .where(deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        status=DeliveryStatus.SENDING,
        due=bindparam("until", type_=Float),
        claim=deliveries.c.claim + 1,
        step=deliveries.c.step + 1,
    )
    .returning(*CLAIMED)
)
SETTLE = (
    update(deliveries)
    .where(
        deliveries.c.id == bindparam("of"),
        deliveries.c.claim == bindparam("held"),
        deliveries.c.due.is_not(None),
    )
    .values(
        status=bindparam("status"),
        due=bindparam("due"),
        step=bindparam("step"),
        finished=bindparam("finished"),
        error=bindparam("error"),
    )
)


def announce() -> None:
    """Tell the couriers of this process that there is something to send."""
    for listener in tuple(listeners):
        listener()


def _row(new: NewDelivery, at: float) -> dict[str, object]:
    return {
        "id": "dlv_" + random.token_urlsafe(16),
        "event_id": new.event_id,
        "event": new.event,
        "owner": new.owner,
        "job_id": new.job_id,
        "subscription_id": new.subscription_id,
        "endpoint": new.endpoint,
        "method": new.method,
        "url": new.url,
        "content_type": new.content_type,
        "body": new.body,
        "traceparent": new.traceparent,
        "status": DeliveryStatus.PENDING,
        "due": at + new.after,
        "claim": 0,
        "step": SPENT if new.once else 0,
        "created": at,
        "finished": None,
        "error": None,
    }


def _chosen(
    found: Sequence[Any],
    room: int,
    sending: Mapping[str, int],
    per_endpoint: int,
) -> tuple[list[str], str]:
    """The ids that there is room for, and the endpoint after which to go on."""
    counts = dict(sending)
    ids: list[str] = []
    for endpoint, id in found:
        if id is None or counts.get(endpoint, 0) >= per_endpoint:
            continue
        if len(ids) == room:
            return ids, endpoint
        counts[endpoint] = counts.get(endpoint, 0) + 1
        ids.append(id)
    seen = len({endpoint for endpoint, _ in found})
    return ids, found[-1][0] if seen == ENDPOINTS else ""


def _settlement(settled: Settled) -> dict[str, object]:
    return {
        "of": settled.id,
        "held": settled.claim,
        "status": settled.status,
        "due": settled.due,
        "step": settled.step,
        "finished": settled.finished,
        "error": settled.error,
    }


def _logged(id: str, attempt: Attempt) -> dict[str, object]:
    return {
        "delivery_id": id,
        "number": attempt.number,
        "started": attempt.started,
        "duration": attempt.duration,
        "status": attempt.status,
        "error": attempt.error,
        "answer": attempt.answer,
    }
