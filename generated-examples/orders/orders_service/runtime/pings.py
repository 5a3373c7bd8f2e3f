"""Pings: deliveries that tell nothing, to see whether a subscription's receiver takes what is sent."""

from __future__ import annotations

from dataclasses import replace

from pydantic_core import to_json

from .deliveries import NewDelivery, new_event_id
from .job_document import moment
from .store import now
from .subscriptions import Subscription

PING = "webhook.ping"
SOON = 1.0
"""Seconds in which a subscriber can learn the new secret before it is needed."""


def first_ping(one: Subscription) -> NewDelivery:
    """The ping that verifies a subscription, as often as it takes."""
    return replace(ping_of(one), once=False, after=SOON)


def ping_of(one: Subscription) -> NewDelivery:
    """A ping for a subscription, sent a single time."""
    told = {"type": PING, "timestamp": moment(now()), "data": {"webhook": one.id}}
    return NewDelivery(
        event=PING,
        event_id=new_event_id(),
        endpoint=one.id,
        url=one.url,
        content_type="application/json",
        body=to_json(told),
        owner=one.owner,
        subscription_id=one.id,
        once=True,
    )
