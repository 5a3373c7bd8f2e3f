"""A subscription as its owner changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from .deliveries import abandon, add
from .pings import first_ping
from .store import now
from .subscriptions import VERIFY_WITHIN, Subscription, save

BY_OWNER = "its owner disabled it"


def change(
    connection: Connection, before: Subscription, given: Mapping[str, Any]
) -> Subscription:
    """The subscription, with these fields as they are given."""
    after = replace(before, **given)
    if after == before:
        return before
    after = replace(after, updated=now())
    if after.url != before.url:
        after = replace(afresh(after), verified=None)
    if after.enabled and not before.enabled:
        after = replace(afresh(after), disabled_because=None)
    if before.enabled and not after.enabled:
        after = replace(after, disabled_because=BY_OWNER)
        abandon(connection, [after.id], f"the subscription was disabled: {BY_OWNER}")
    save(connection, after)
    if after.enabled and (after.url, True) != (before.url, before.enabled):
        add(connection, [first_ping(after)])
    return after


def afresh(one: Subscription) -> Subscription:
    """The subscription as if nothing had failed, with a day to be verified."""
    return replace(one, failing_since=None, verify_by=now() + VERIFY_WITHIN)
