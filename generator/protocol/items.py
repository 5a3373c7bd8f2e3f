"""The path items of our protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from generator.model import Json
from generator.paths import OurPaths
from generator.protocol.schemas import STATUSES, job_event_schema
from generator.protocol.words import (
    PHRASES,
    Object,
    Words,
    answer,
    as_json,
    header,
    listed,
    text,
    thing,
    whole,
)
from generator.value import dataclass


def job_items(paths: OurPaths, words: Words, own: frozenset[str]) -> Object:
    """The path items of jobs; `own` are the statuses that asynchronous operations declare."""
    build = Items(paths, words, "jobs", paths.secured)
    items: Object = {}
    if paths.secured:
        items[paths.jobs] = {"get": list_jobs(build)}
        items[paths.events] = {"get": stream_events(build)}
    build = replace(build, is_open=paths.has_open_jobs)
    for path, methods in (
        (paths.job, {"get": get_job(build), "delete": delete_job(build)}),
        (paths.result, {"get": get_result(build, own)}),
        (paths.cancel, {"post": cancel_job(build)}),
        (paths.job_events, {"get": stream_job_events(build)}),
        (paths.ticket, {"post": create_ticket(build)}),
        (paths.job_deliveries, {"get": list_deliveries(build)}),
    ):
        items[path] = {"parameters": [in_path("job_id")], **methods}
    return items


GONE = ("404", "410")
"""What is said of a job that is not there."""


def list_jobs(build: Items) -> Object:
    words = build.words
    page = thing({"jobs": listed(words.ref("Job")), "cursor": words.or_null(text())})
    return build.operation(
        "listJobs",
        "Your jobs, newest first.",
        {"200": answer("A page of jobs.", as_json(page))},
        ("422",),
        parameters=list_parameters(),
    )


def get_job(build: Items) -> Object:
    shown = answer("The job.", as_json(build.words.ref("Job")), polled())
    return build.operation(
        "getJob",
        "The status of a job; held until it changes, if that is preferred.",
        {"200": shown, "304": answer("Nothing has changed.")},
        (*GONE, "422", "503"),
        parameters=wait_parameters(),
    )


def delete_job(build: Items) -> Object:
    job = as_json(build.words.ref("Job"))
    answers = {
        "200": answer("It is canceled.", job),
        "202": answer("It will be canceled.", job),
        "204": answer("It is forgotten."),
    }
    summary = "Cancel a job that is active, forget one that has ended."
    return build.operation("deleteJob", summary, answers, GONE)


def get_result(build: Items, own: frozenset[str]) -> Object:
    """Where an operation declares a status of ours as well, the body may be either's."""
    pending = answer("There is none yet.", as_json(build.words.ref("Job")), polled())
    either = {
        status: answer(PHRASES[status][1]) for status in (*GONE, "409") if status in own
    }
    return build.operation(
        "getJobResult",
        "The answer of the job's operation, as if it had been given directly.",
        {"202": pending, "default": answer("What the operation answers."), **either},
        (*GONE, "409"),
    )


def cancel_job(build: Items) -> Object:
    job = as_json(build.words.ref("Job"))
    answers = {
        "200": answer("It is canceled.", job),
        "202": answer("It was asked to stop.", job),
    }
    return build.operation("cancelJob", "Ask a job to stop.", answers, (*GONE, "409"))


def stream_events(build: Items) -> Object:
    return build.operation(
        "streamEvents",
        "The events of all your jobs, as they happen (Server-Sent Events).",
        {"200": answer("A stream of events.", streamed(build.words))},
        ("503",),
        parameters=last_event_parameters(),
    )


def streamed(words: Words) -> Object:
    """A stream by the schema of one of its events; before 3.2 `schema` is read as that too."""
    schema = job_event_schema(words)
    return {
        "text/event-stream": {"itemSchema" if words.has_items else "schema": schema}
    }


def stream_job_events(build: Items) -> Object:
    ticket = optional("ticket", "query", text(), "A ticket, instead of credentials.")
    answers = {
        "200": answer("A stream of events.", streamed(build.words)),
        "204": answer("There will be no more."),
    }
    return build.operation(
        "streamJobEvents",
        "The job's events, as they happen (Server-Sent Events).",
        answers,
        ("401", *GONE, "503"),
        parameters=[*last_event_parameters(), ticket],
    )


def create_ticket(build: Items) -> Object:
    members: Object = {"ticket": text(), "url": text(), "expiresIn": whole()}
    return build.operation(
        "createJobTicket",
        "A ticket with which a browser can open the events, once.",
        {"201": answer("The ticket.", as_json(thing(members)))},
        GONE,
    )


def list_deliveries(build: Items) -> Object:
    found = as_json(build.words.ref("Deliveries"))
    answers = {"200": answer("Its deliveries.", found)}
    return build.operation(
        "listJobDeliveries", "What was sent for a job.", answers, GONE
    )


def delivery_items(paths: OurPaths, words: Words) -> Object:
    """The path item that sends again."""
    open_to_admin = paths.has_webhooks and not paths.secured
    secured = paths.secured or open_to_admin
    build = Items(paths, words, "deliveries", secured, is_open=open_to_admin)
    return {
        paths.redeliver: {
            "parameters": [in_path("delivery_id")],
            "post": build.operation(
                "redeliver",
                "Send a delivery again.",
                {"202": answer("It will be sent.", as_json(words.ref("Delivery")))},
                ("404",),
            ),
        }
    }


def webhook_items(paths: OurPaths, words: Words) -> Object:
    """The path items of subscriptions."""
    build = Items(paths, words, "webhooks", True)
    webhook = words.ref("Webhook")
    all_of_them = thing({"webhooks": listed(webhook)})
    return {
        paths.webhooks: {
            "get": build.operation(
                "listWebhooks",
                "Your subscriptions.",
                {"200": answer("All of them.", as_json(all_of_them))},
                (),
            ),
            "post": build.operation(
                "createWebhook",
                "Subscribe to webhooks.",
                {"201": answer("The subscription.", as_json(webhook), located())},
                ("400", "413", "415", "422"),
                body={"required": True, "content": as_json(words.ref("NewWebhook"))},
            ),
        },
        paths.webhook: {
            "parameters": [in_path("webhook_id")],
            "get": build.operation(
                "getWebhook",
                "A subscription.",
                {"200": answer("The subscription.", as_json(webhook))},
                ("404",),
            ),
            "patch": build.operation(
                "updateWebhook",
                "Change a subscription; what is absent stays.",
                {"200": answer("The subscription.", as_json(webhook))},
                ("400", "404", "413", "415", "422"),
                body={"required": True, "content": merged(words.ref("WebhookChange"))},
            ),
            "delete": build.operation(
                "deleteWebhook",
                "End a subscription.",
                {"204": answer("It is gone.")},
                ("404",),
            ),
        },
        paths.webhook_deliveries: {
            "parameters": [in_path("webhook_id")],
            "get": build.operation(
                "listWebhookDeliveries",
                "What was sent to a subscriber.",
                {"200": answer("Its deliveries.", as_json(words.ref("Deliveries")))},
                ("404",),
            ),
        },
        **webhook_actions(paths, build),
    }


def webhook_actions(paths: OurPaths, build: Items) -> Object:
    """The path items of what can be done with a subscription."""
    words = build.words
    replayed = as_json(thing({"replayed": whole()}))
    posts = {
        paths.rotate_secret: build.operation(
            "rotateWebhookSecret",
            "A new secret; the old one signs beside it for a day.",
            {"200": answer("The subscription.", as_json(words.ref("Webhook")))},
            ("404",),
        ),
        paths.test: build.operation(
            "testWebhook",
            "Send a ping to a subscriber, once.",
            {"202": answer("It will be sent.", as_json(words.ref("Delivery")))},
            ("404", "409"),
        ),
        paths.replay: build.operation(
            "replayWebhook",
            "Send again what was sent to a subscriber, under the same ids.",
            {"202": answer("How many will be sent.", replayed)},
            ("400", "404", "409", "413", "415", "422"),
            body={"content": as_json(words.ref("Replay"))},
        ),
    }
    return {
        path: {"parameters": [in_path("webhook_id")], "post": post}
        for path, post in posts.items()
    }


def merged(schema: Object) -> Object:
    """A change as JSON, or as what RFC 7396 calls it."""
    content: Object = {"schema": schema}
    return {"application/json": content, "application/merge-patch+json": content}


def secret_items(paths: OurPaths, words: Words) -> Object:
    """The path item of the secret that signs a caller's callbacks."""
    build = Items(paths, words, "callbacks", True)
    secret = as_json(thing({"secret": text()}))
    return {
        paths.callback_secret: {
            "get": build.operation(
                "getCallbackSecret",
                "The secret that verifies the callbacks you receive.",
                {"200": answer("The secret.", secret)},
                ("404",),
            )
        }
    }


ADMIN = "admin"
"""The scheme of the ADMIN_TOKEN, in documents without security."""


@dataclass(frozen=True, slots=True)
class Items:
    """Writes operations of one group."""

    paths: OurPaths
    words: Words
    tag: str
    secured: bool
    is_open: bool = False
    """Anybody may come in, though some have to show who they are."""

    def operation(
        self,
        id: str,
        summary: str,
        answers: Mapping[str, Object],
        faults: tuple[str, ...] = (),
        *,
        parameters: list[Json] | None = None,
        body: Object | None = None,
    ) -> Object:
        """One operation with its faults, and 400 for a Host that is not ours."""
        rejected = ("401", "403") if self.secured else ()
        statuses = sorted({"400", *faults, *rejected})
        written: Object = {
            "operationId": self.words.operation(id),
            "tags": [self.tag],
            "summary": summary,
        }
        if parameters:
            written["parameters"] = parameters
        if body is not None:
            written["requestBody"] = body
        written["responses"] = {
            **answers,
            **{s: self.words.fault(s) for s in statuses if s not in answers},
        }
        written["security"] = self._security()
        return written

    def _security(self) -> list[Json]:
        if not self.secured:
            return []
        anybody: list[Json] = [{}] if self.is_open else []
        if self.paths.secured:
            access = self.paths.access
            return anybody + [{need.scheme: [] for need in way} for way in access]
        return [*anybody, {self.words.schema(ADMIN): []}]


def polled() -> Object:
    return {
        "ETag": header("The job's version.", text()),
        "Retry-After": header("Seconds to wait before asking again.", whole()),
    }


def located() -> Object:
    return {"Location": header("Where it is.", text(format="uri"))}


def in_path(name: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": text()}


def optional(name: str, place: str, schema: Object, description: str) -> Json:
    return {"name": name, "in": place, "description": description, "schema": schema}


def list_parameters() -> list[Json]:
    status: Object = {"type": "string", "enum": STATUSES}
    limit: Object = {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}
    cursor: Object = {"type": "string", "pattern": "^[A-Za-z0-9_-]{8}$"}
    return [
        optional("status", "query", status, "Only jobs of this status."),
        optional("operation", "query", text(), "Only jobs of this operation."),
        optional("limit", "query", limit, "How many, at most."),
        optional("cursor", "query", cursor, "`cursor` of the page before."),
    ]


def wait_parameters() -> list[Json]:
    waited = "Seconds to wait for a newer version; more than 60 are as good as 60."
    return [
        optional("wait", "query", whole(), waited),
        optional("version", "query", whole(), "The version that is known."),
        optional("Prefer", "header", text(), "`wait=30` (RFC 7240)."),
        optional("If-None-Match", "header", text(), "The ETag that is known."),
    ]


def last_event_parameters() -> list[Json]:
    return [
        optional("Last-Event-ID", "header", text(), "The last event seen."),
        optional("lastEventId", "query", text(), "The last event seen."),
    ]
