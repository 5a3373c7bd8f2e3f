"""The courier's side of subscriptions: where each is, and which have to be disabled.

Whoever subscribes has a day to prove that the address wants what is sent: something has to be answered with 2xx.
After that only five days without any 2xx disable it, or 410.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, func, select, update

from .recipient import Recipient, Report
from .rotation import forget, old_secrets_of
from .store import now
from .subscriptions import DAY, disable, subscriptions

FAILING = 5 * DAY
"""How long nothing may arrive."""
GONE = "it answered 410 Gone"
FAILED = "every attempt of the last five days failed"
UNVERIFIED = "it was not verified: in a day, nothing sent to it was answered with 2xx"


def recipients(connection: Connection, ids: Sequence[str]) -> dict[str, Recipient]:
    """Those of these subscriptions that are enabled, by id."""
    columns = (subscriptions.c.id, subscriptions.c.url, subscriptions.c.secret)
    chosen = subscriptions.c.id.in_(ids) & subscriptions.c.enabled
    rows = connection.execute(select(*columns).where(chosen)).all()
    old = old_secrets_of(connection, ids)
    return {id: Recipient(url, (secret, *old.get(id, ()))) for id, url, secret in rows}


def heard(connection: Connection, reports: Sequence[Report]) -> None:
    """Note what became of attempts, and disable the subscriptions of which it is enough."""
    told = _still_there(connection, reports)
    failed = [one.subscription_id for one in told if not one.arrived]
    # What arrived counts last: of attempts at the same time, one that does is enough.
    if failed:
        _note_failed(connection, failed)
    _note_arrived(connection, [one.subscription_id for one in told if one.arrived])
    disable(connection, [one.subscription_id for one in told if one.is_gone], GONE)
    if failed:
        _judge(connection, subscriptions.c.id.in_(failed))


def tidy(connection: Connection) -> None:
    """Disable what nobody has verified in time, and forget secrets that sign no more."""
    disable(connection, _ids(connection, _overdue()), UNVERIFIED)
    forget(connection)


def _still_there(connection: Connection, reports: Sequence[Report]) -> list[Report]:
    """Those of addresses that their subscriptions still have."""
    ids = {one.subscription_id for one in reports}
    chosen = select(subscriptions.c.id, subscriptions.c.url).where(
        subscriptions.c.id.in_(ids)
    )
    urls = {id: url for id, url in connection.execute(chosen)}
    return [one for one in reports if urls.get(one.subscription_id) == one.url]


def _note_failed(connection: Connection, ids: Sequence[str]) -> None:
    connection.execute(
        update(subscriptions)
        .where(subscriptions.c.id.in_(ids), subscriptions.c.failing_since.is_(None))
        .values(failing_since=now())
    )


def _note_arrived(connection: Connection, ids: Sequence[str]) -> None:
    is_failing = subscriptions.c.failing_since.is_not(None)
    connection.execute(
        update(subscriptions)
        .where(subscriptions.c.id.in_(ids))
        .where(subscriptions.c.verified.is_(None) | is_failing)
        .values(
            verified=func.coalesce(subscriptions.c.verified, now()), failing_since=None
        )
    )


def _judge(connection: Connection, failed: ColumnElement[bool]) -> None:
    """Disable those of these that have failed for too long."""
    long_ago = subscriptions.c.failing_since <= now() - FAILING
    disable(connection, _ids(connection, failed & long_ago), FAILED)
    disable(connection, _ids(connection, failed & _overdue()), UNVERIFIED)


def _overdue() -> ColumnElement[bool]:
    """Whether a subscription should have been verified by now."""
    overdue = subscriptions.c.verify_by <= now()
    return subscriptions.c.enabled & subscriptions.c.verified.is_(None) & overdue


def _ids(connection: Connection, chosen: ColumnElement[bool]) -> Sequence[str]:
    return connection.scalars(select(subscriptions.c.id).where(chosen)).all()
