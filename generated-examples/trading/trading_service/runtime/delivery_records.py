"""Deliveries as their owners see them: listed with every attempt, and sent again when asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, select, update

from .deliveries import (
    Attempt,
    DeliveryStatus,
    announce,
    deliveries,
    delivery_attempts,
)
from .store import now


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRecord:
    """A delivery as its owner sees it, with the attempts so far."""

    id: str
    event_id: str
    event: str
    owner: str | None
    job_id: str | None
    subscription_id: str | None
    method: str
    url: str
    status: DeliveryStatus
    due: float | None
    created: float
    finished: float | None
    error: str | None
    attempts: tuple[Attempt, ...] = ()


def get(connection: Connection, id: str) -> DeliveryRecord | None:
    """One delivery with its attempts."""
    found = _records(connection, select(*RECORD).where(deliveries.c.id == id))
    return found[0] if found else None


def of_job(
    connection: Connection, job_id: str, owner: str | None, limit: int
) -> list[DeliveryRecord]:
    """What a job sent to this owner's addresses, newest first."""
    mine = deliveries.c.owner.is_not_distinct_from(owner)
    return _listed(connection, and_(deliveries.c.job_id == job_id, mine), limit)


def of_subscription(
    connection: Connection, subscription_id: str, limit: int
) -> list[DeliveryRecord]:
    """A subscription's deliveries, newest first."""
    return _listed(connection, deliveries.c.subscription_id == subscription_id, limit)


def redeliver(connection: Connection, id: str) -> DeliveryRecord | None:
    """Make a delivery due again, with its webhook-id and the whole schedule before it.

    One that is being sent this moment is left alone. None when there is no such delivery.
    """
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id == id, deliveries.c.status != DeliveryStatus.SENDING)
        .values(
            status=DeliveryStatus.PENDING, due=now(), step=0, finished=None, error=None
        )
    )
    announce()
    return get(connection, id)


RECORD = [
    deliveries.c[field.name]
    for field in fields(DeliveryRecord)
    if field.name != "attempts"
]


def _listed(
    connection: Connection, condition: ColumnElement[bool], limit: int
) -> list[DeliveryRecord]:
    newest = (deliveries.c.created.desc(), deliveries.c.id)
    return _records(
        connection, select(*RECORD).where(condition).order_by(*newest).limit(limit)
    )


def _records(connection: Connection, found: Select[Any]) -> list[DeliveryRecord]:
    records = [_record(row) for row in connection.execute(found)]
    log = delivery_attempts.c
    rows = connection.execute(
        select(delivery_attempts)
        .where(log.delivery_id.in_([record.id for record in records]))
        .order_by(log.number)
    )
    attempts: dict[str, list[Attempt]] = {}
    for id, *columns in rows:
        attempts.setdefault(id, []).append(_attempt(columns))
    return [replace(one, attempts=tuple(attempts.get(one.id, ()))) for one in records]


def _record(row: Row[Any]) -> DeliveryRecord:
    values = dict(row._mapping)
    return DeliveryRecord(**{**values, "status": DeliveryStatus(values["status"])})


def _attempt(columns: Sequence[Any]) -> Attempt:
    names = (field.name for field in fields(Attempt))
    return Attempt(**dict(zip(names, columns, strict=True)))
