"""A delivery as its owner sees it: what was sent where, how each attempt went, when the next one is."""

from __future__ import annotations

from collections.abc import Iterable

from .deliveries import Attempt, DeliveryStatus
from .delivery_records import DeliveryRecord
from .job_document import moment

MOST = 200
"""Deliveries in one list."""
NO_STORE = {"Cache-Control": "no-store"}


def delivery_document(delivery: DeliveryRecord) -> dict[str, object]:
    """The delivery's JSON."""
    waits = delivery.status is DeliveryStatus.PENDING
    return {
        "id": delivery.id,
        "event": delivery.event,
        "webhookId": delivery.event_id,
        "status": delivery.status,
        "method": delivery.method,
        "url": delivery.url,
        "job": delivery.job_id,
        "webhook": delivery.subscription_id,
        "created": moment(delivery.created),
        "finished": moment(delivery.finished),
        "next": moment(delivery.due) if waits else None,
        "error": delivery.error,
        "attempts": [attempt_document(one) for one in delivery.attempts],
    }


def listing(deliveries: Iterable[DeliveryRecord]) -> dict[str, object]:
    """A list of deliveries as JSON."""
    return {"deliveries": [delivery_document(one) for one in deliveries]}


def attempt_document(attempt: Attempt) -> dict[str, object]:
    """One attempt's JSON; the answer's first bytes as text."""
    return {
        "number": attempt.number,
        "started": moment(attempt.started),
        "duration": round(attempt.duration, 3),
        "status": attempt.status,
        "error": attempt.error,
        "answer": attempt.answer.decode(errors="replace") or None,
    }
