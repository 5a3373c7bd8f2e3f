"""The schemas of our protocol: jobs, deliveries, subscriptions and problems."""

from __future__ import annotations

from generator.model import Json
from generator.protocol.words import Object, Words, header, listed, text, thing, whole

STATUSES: list[Json] = ["queued", "running", "succeeded", "failed", "canceled"]


def problem_schema() -> Object:
    """RFC 9457 §3.1."""
    return {
        "type": "object",
        "description": "What is wrong (RFC 9457).",
        "properties": {
            "type": text(format="uri-reference"),
            "title": text(),
            "status": {"type": "integer"},
            "detail": text(),
            "instance": text(format="uri-reference"),
            "code": text("A word for programs."),
            "errors": listed({"type": "object"}),
        },
    }


def job_schema(words: Words) -> Object:
    """The status document."""
    moment = words.or_null(text(format="date-time"))
    members: Object = {
        "id": text(),
        "operation": text(),
        "status": {"type": "string", "enum": STATUSES},
        "done": {"type": "boolean"},
        "cancelRequested": {"type": "boolean"},
        "progress": words.or_null({"description": "How far it has come."}),
        "attempt": whole(),
        "maxAttempts": whole(1),
        "version": whole(),
        "queue": thing({"ahead": whole()}),
        "created": text(format="date-time"),
        "updated": text(format="date-time"),
        "started": moment,
        "finished": moment,
        "expires": moment,
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {"code": text(), "message": text()},
        },
        "links": {"type": "object", "additionalProperties": text(format="uri")},
    }
    return {"description": "A job.", **thing(members, "queue", "error")}


EVENTS: list[Json] = [
    *(f"job.{status}" for status in STATUSES),
    "job.progress",
    "job.retrying",
]


def job_event_schema(words: Words) -> Object:
    """One event of a stream; its data is a status document."""
    said: Object = {"type": "string", "description": "A job, as JSON."}
    if not words.old:
        said["contentMediaType"] = "application/json"
        said["contentSchema"] = words.ref("Job")
    members: Object = {
        "id": text("What Last-Event-ID goes on from."),
        "event": {"type": "string", "enum": EVENTS},
        "data": said,
        "retry": whole(),
    }
    return thing(members, "retry")


def delivery_schema(words: Words) -> Object:
    """What was sent where, and how that went."""
    attempt: Object = {
        "number": whole(1),
        "started": words.or_null(text(format="date-time")),
        "duration": {"type": "number"},
        "status": words.or_null({"type": "integer"}),
        "error": words.or_null(text()),
        "answer": words.or_null(text()),
    }
    members: Object = {
        "id": text(),
        "event": text(),
        "webhookId": text(),
        "status": text(),
        "method": text(),
        "url": text(),
        "job": words.or_null(text()),
        "webhook": words.or_null(text()),
        "created": text(format="date-time"),
        "finished": words.or_null(text(format="date-time")),
        "next": words.or_null(text(format="date-time")),
        "error": words.or_null(text()),
        "attempts": listed(thing(attempt)),
    }
    return {"description": "A delivery of a callback or webhook.", **thing(members)}


def webhook_schema(words: Words, events: list[Json]) -> Object:
    """A subscription."""
    members: Object = {
        "id": text(),
        "url": text(format="uri"),
        "events": words.or_null(listed({"type": "string", "enum": events})),
        "enabled": {"type": "boolean"},
        "disabledBecause": words.or_null(text()),
        "verified": words.or_null(text(format="date-time")),
        "created": words.or_null(text(format="date-time")),
        "updated": words.or_null(text(format="date-time")),
        "secret": text("Verifies what is sent; shown once, when it is made."),
    }
    return {"description": "A subscription to webhooks.", **thing(members, "secret")}


def new_webhook_schema(words: Words, events: list[Json]) -> Object:
    """What a subscriber sends."""
    members: Object = {
        "url": text("Where to send to; https.", "uri"),
        "events": words.or_null(wanted_events(events)),
    }
    return {**thing(members, "events"), "additionalProperties": False}


def webhook_change_schema(words: Words, events: list[Json]) -> Object:
    """What is to be different of a subscription (RFC 7396)."""
    members: Object = {
        "url": text("Where to send to from now on; https.", "uri"),
        "events": words.or_null(wanted_events(events)),
        "enabled": {"type": "boolean"},
    }
    return {**thing(members, *members), "additionalProperties": False}


def wanted_events(events: list[Json]) -> Object:
    return {**listed({"type": "string", "enum": events}), "minItems": 1}


def replay_schema(events: list[Json]) -> Object:
    """Which deliveries are sent again; without a word, all that are kept."""
    members: Object = {
        "since": text("The first moment that counts.", "date-time"),
        "until": text("The first moment that does not.", "date-time"),
        "event": {"type": "string", "enum": events},
        "failed": {"type": "boolean", "description": "Only what never arrived."},
    }
    return {**thing(members, *members), "additionalProperties": False}


def accepted_headers() -> dict[str, Object]:
    """What the 202 of an asynchronous operation says in its headers."""
    return {
        "Operation-Location": header("The job's status.", text(format="uri")),
        "Location": header("The job's result.", text(format="uri")),
        "Retry-After": header("Seconds to wait before asking.", whole()),
        "Link": header("The job's status and events (RFC 8288).", text()),
        "Preference-Applied": header("What was preferred and done.", text()),
        "Idempotency-Replayed": header("Whether this job is older.", text()),
    }
