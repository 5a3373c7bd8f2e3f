"""Sending again what was sent to a subscription, under the same ids."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Select, select, update

from .deliveries import DeliveryStatus, announce, deliveries

AT_ONCE = 1000
"""How many one write makes due, so that nobody waits long for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Which deliveries: of this subscription, made between the moments, over by a third."""

    subscription_id: str
    over_by: float
    since: float
    until: float
    event: str | None
    besides: str
    """An event that is not sent again."""
    failed: bool
    """Whether only what never arrived."""


def replay(connection: Connection, wanted: Replay) -> int:
    """Make some of them due again, the oldest first; tells how many, and none in the end."""
    result = connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(_chosen(wanted)))
        .values(
            status=DeliveryStatus.PENDING,
            # So that they go out in the order in which they were made.
            due=deliveries.c.created,
            step=0,
            finished=None,
            error=None,
        )
    )
    announce()
    return result.rowcount


def _chosen(wanted: Replay) -> Select[tuple[str]]:
    found = (
        select(deliveries.c.id)
        .where(
            deliveries.c.subscription_id == wanted.subscription_id,
            deliveries.c.finished <= wanted.over_by,
            deliveries.c.created >= wanted.since,
            deliveries.c.created < wanted.until,
            deliveries.c.event != wanted.besides,
        )
        .order_by(deliveries.c.created)
        .limit(AT_ONCE)
    )
    if wanted.event is not None:
        found = found.where(deliveries.c.event == wanted.event)
    if wanted.failed:
        found = found.where(deliveries.c.status == DeliveryStatus.FAILED)
    return found
