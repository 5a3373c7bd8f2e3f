"""Where a subscription's deliveries go by now, and what became of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, update

from .deliveries import Claimed, deliveries


@dataclass(frozen=True, slots=True)
class Recipient:
    """A subscription that may be sent to."""

    url: str
    secrets: tuple[str, ...]
    """All sign; the newest is the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of one attempt to reach a subscription."""

    subscription_id: str
    url: str
    """Where it went, which need not be the subscription's address any more."""
    arrived: bool
    is_gone: bool


def readdress(connection: Connection, moved: Sequence[Claimed]) -> None:
    """Write down where deliveries go instead of where they were to go."""
    if moved:
        rows = [{"of": one.id, "to": one.url} for one in moved]
        connection.execute(READDRESS, rows)


READDRESS = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("of"))
    .values(url=bindparam("to"))
)
