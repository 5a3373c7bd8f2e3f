"""`REFERENCE.md`: every operation, path and setting of a project, so that its README never goes stale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.carriers import kinds
from generator.model import Api, Operation, Scheme
from generator.paths import OurPaths
from generator.streams import streams
from generator.targets.deprecations import summary_of
from generator.targets.naming import Named, Naming
from generator.targets.reference_messages import ExchangeRow, exchange_rows
from generator.targets.reference_text import markdown, plain
from generator.value import dataclass


@dataclass(frozen=True, slots=True)
class OperationRow:
    """One operation."""

    name: str
    request: str
    kind: str
    method: str
    summary: str


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """How the jobs of one asynchronous operation are run."""

    name: str
    deadline: str
    attempts: int
    concurrency: int
    queue: int
    retention: str
    idempotency: str


@dataclass(frozen=True, slots=True)
class PathRow:
    """One path of ours."""

    request: str
    answers: str


@dataclass(frozen=True, slots=True)
class CallbackRow:
    """One callback."""

    name: str
    expression: str
    when: str
    method: str


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """One webhook."""

    name: str
    publisher: str
    method: str
    summary: str


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """One security scheme."""

    name: str
    credentials: str
    method: str


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One environment variable."""

    name: str
    default: str
    help: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceView:
    """The page; every text is Markdown already."""

    title: str
    description: str
    operations: tuple[OperationRow, ...]
    exchanges: tuple[ExchangeRow, ...]
    brokered: bool
    """Whether some of them go through a broker, which keeps messages."""
    diagram: bool
    asynchronous: bool
    example_request: str
    example_method: str
    jobs: str
    policies: tuple[PolicyRow, ...]
    paths: tuple[PathRow, ...]
    callbacks: tuple[CallbackRow, ...]
    webhooks: tuple[WebhookRow, ...]
    schemes: tuple[SchemeRow, ...]
    settings: tuple[SettingRow, ...]


def reference_view(
    api: Api,
    naming: Naming,
    paths: OurPaths,
    settings: Sequence[SettingRow],
    sends_on: dict[str, tuple[str, ...]],
) -> ReferenceView:
    """The page of an API; `sends_on` tells which answers each callback carries."""
    running = [n for n in naming.operations if n.operation.is_async]
    first = running[0] if running else None
    jobs = [*running, *naming.queued]
    return ReferenceView(
        title=markdown(api.title),
        description=markdown(api.description or ""),
        operations=tuple(map(_operation, naming.operations)),
        exchanges=exchange_rows(naming.messaging),
        brokered="broker" in kinds(api),
        diagram=first is not None,
        asynchronous=bool(jobs),
        example_request=plain(_request(first.operation)) if first else "",
        example_method=first.method if first else "",
        jobs=paths.jobs,
        policies=tuple(map(_policy, jobs)),
        paths=tuple(_paths(paths)),
        callbacks=tuple(_callbacks(naming, sends_on)),
        webhooks=tuple(_webhooks(naming)),
        schemes=tuple(
            _scheme(api.schemes[k], name) for k, name in naming.schemes.items()
        ),
        settings=tuple(
            one for one in settings if _matters(one, api, paths, has_jobs=bool(jobs))
        ),
    )


OF_MESSAGES = frozenset(
    "BROKER_URL MESSAGE_GROUP MESSAGE_MEMORY SERVER_URLS SERVER_HEADERS".split()
)
OF_JOBS = frozenset("WORKERS MAX_JOBS_PER_CALLER RETENTION TOMBSTONES".split())
OF_DELIVERIES = frozenset("DELIVERY_SCHEDULE CALLBACK_SECRET".split())


def _matters(row: SettingRow, api: Api, paths: OurPaths, *, has_jobs: bool) -> bool:
    """Whether a setting sets anything in a service of this API."""
    if row.name in OF_MESSAGES:
        return bool(api.exchanges)
    if row.name in OF_JOBS:
        return has_jobs
    if row.name in OF_DELIVERIES:
        return paths.has_deliveries or bool(api.exchanges)
    return True


def seconds(value: float) -> str:
    """A duration as the document would write it: 90 is 90s, 600 is 10m."""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if value and value % size == 0:
            return f"{int(value / size)}{unit}"
    return f"{value:g}s"


def _request(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def _operation(named: Named) -> OperationRow:
    operation = named.operation
    kind = "stream" if streams(operation) else operation.processing.type
    return OperationRow(
        name=markdown(operation.id),
        request=plain(_request(operation)),
        kind=(
            f"{kind} ({seconds(operation.processing.wait)})" if kind == "auto" else kind
        ),
        method=named.method,
        summary=markdown(summary_of(operation)),
    )


def _policy(named: Named) -> PolicyRow:
    processing = named.operation.processing
    return PolicyRow(
        name=markdown(named.operation.id),
        deadline=seconds(processing.deadline),
        attempts=processing.attempts,
        concurrency=processing.concurrency,
        queue=processing.queue,
        retention=seconds(processing.retention),
        idempotency=processing.idempotency,
    )


def _paths(paths: OurPaths) -> Iterator[PathRow]:
    rows = {
        f"GET {paths.job}": "the job's status; `Prefer: wait=30` with `If-None-Match` waits for a change",
        f"GET {paths.result}": "the operation's own answer, once the job is done",
        f"GET {paths.job_events}": "the job's events over SSE; `Last-Event-ID` resumes",
        f"POST {paths.cancel}": "cancels the job",
        f"DELETE {paths.job}": "cancels the job, or forgets it when it is done",
        f"POST {paths.ticket}": "a ticket for the events, for browsers, which send no headers",
        f"GET {paths.jobs}": "the caller's jobs, newest first",
        f"GET {paths.events}": "the events of all the caller's jobs over SSE",
        f"GET {paths.job_deliveries}": "the job's callbacks and webhooks, with every attempt",
        f"POST {paths.redeliver}": "sends a delivery once more, under the same id",
        f"POST {paths.webhooks}": "subscribes a URL; the secret is shown once",
        f"GET {paths.webhooks}": "the caller's subscriptions",
        f"GET {paths.webhook}": "one subscription",
        f"PATCH {paths.webhook}": "changes its URL or events, disables or enables it",
        f"DELETE {paths.webhook}": "ends a subscription",
        f"GET {paths.webhook_deliveries}": "what was sent to a subscription",
        f"POST {paths.rotate_secret}": "a new secret; the old one signs too for a day",
        f"POST {paths.test}": "sends a ping to a subscription",
        f"POST {paths.replay}": "sends again what was sent to a subscription",
        f"GET {paths.callback_secret}": "the secret that signs the caller's callbacks",
    }
    ours = {*paths.under_base(), *paths.under_site()}
    for request, answers in rows.items():
        if request.partition(" ")[2] in ours:
            yield PathRow(request, answers)


def _callbacks(
    naming: Naming, sends_on: dict[str, tuple[str, ...]]
) -> Iterator[CallbackRow]:
    for named in naming.operations:
        for callback in named.callbacks:
            statuses = sends_on.get(callback.constant, ())
            listed = ", ".join(statuses)
            yield CallbackRow(
                name=markdown(f"{named.operation.id}.{callback.callback.name}"),
                expression=plain(callback.callback.expression),
                when=(
                    f"by itself, with the answer {listed}"
                    if statuses
                    else f"by `callbacks.{named.method}.{callback.name}.send`"
                ),
                method=f"{named.method}_{callback.name}",
            )


def _webhooks(naming: Naming) -> Iterator[WebhookRow]:
    for named in naming.webhooks:
        operation = named.webhook.operation
        yield WebhookRow(
            name=markdown(named.webhook.name),
            publisher=f"webhooks.{named.name}.publish",
            method=named.name,
            summary=markdown(summary_of(operation)),
        )


def _scheme(scheme: Scheme, name: str) -> SchemeRow:
    kinds = {
        "apiKey": f"the key in the {scheme.location} `{plain(scheme.parameter or '')}`",
        "http": f"`Authorization: {plain(scheme.scheme or '').capitalize()}`",
    }
    return SchemeRow(
        name=markdown(scheme.name),
        credentials=kinds.get(scheme.type, "`Authorization: Bearer`"),
        method=f"authenticate_{name}",
    )
