"""The paths that we add to an API: which it needs, and where they live so that none collides with its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count

from generator.carriers import web_paths
from generator.model import Api, Need, Operation, Requirement
from generator.problems import Place, Problem
from generator.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OurPaths:
    """Where our resources live; what the API has no use for is False or no path at all."""

    base: str = ""
    """Prefix of jobs, deliveries and webhooks."""
    site: str = ""
    """Prefix of the document, its page and the probes."""
    has_jobs: bool = False
    """Some operation is asynchronous."""
    has_open_jobs: bool = False
    """Some of them are asked for by anybody: whoever knows a job's id may see it."""
    has_deliveries: bool = False
    """Something is delivered: callbacks or webhooks."""
    has_webhooks: bool = False
    has_callback_secret: bool = False
    """Callers own a secret that signs their callbacks."""
    has_document: bool = True
    """There is an OpenAPI document to be shown."""
    has_messages: bool = False
    """There is an AsyncAPI document to be shown."""
    access: tuple[Requirement, ...] = ()
    """What our resources ask of a caller, as alternatives; empty in a document without security."""

    @property
    def secured(self) -> bool:
        return bool(self.access)

    @property
    def jobs(self) -> str:
        return f"{self.base}/jobs"

    @property
    def job(self) -> str:
        return f"{self.jobs}/{{job_id}}"

    @property
    def result(self) -> str:
        return f"{self.job}/result"

    @property
    def job_events(self) -> str:
        return f"{self.job}/events"

    @property
    def job_socket(self) -> str:
        """The WebSocket for the events of jobs."""
        return f"{self.jobs}/socket"

    @property
    def cancel(self) -> str:
        return f"{self.job}/cancel"

    @property
    def ticket(self) -> str:
        return f"{self.job}/ticket"

    @property
    def job_deliveries(self) -> str:
        return f"{self.job}/deliveries"

    @property
    def events(self) -> str:
        """The stream of all of a caller's jobs."""
        return f"{self.base}/events"

    @property
    def redeliver(self) -> str:
        return f"{self.base}/deliveries/{{delivery_id}}/redeliver"

    @property
    def webhooks(self) -> str:
        return f"{self.base}/webhooks"

    @property
    def webhook(self) -> str:
        return f"{self.webhooks}/{{webhook_id}}"

    @property
    def webhook_deliveries(self) -> str:
        return f"{self.webhook}/deliveries"

    @property
    def rotate_secret(self) -> str:
        return f"{self.webhook}/rotate-secret"

    @property
    def test(self) -> str:
        return f"{self.webhook}/test"

    @property
    def replay(self) -> str:
        return f"{self.webhook}/replay"

    @property
    def callback_secret(self) -> str:
        return f"{self.base}/callback-secret"

    @property
    def document(self) -> str:
        return f"{self.site}/openapi.json"

    @property
    def docs(self) -> str:
        return f"{self.site}/docs"

    @property
    def messaging_document(self) -> str:
        return f"{self.site}/asyncapi.json"

    @property
    def messaging_docs(self) -> str:
        return f"{self.site}/asyncapi"

    @property
    def health(self) -> str:
        return f"{self.site}/healthz"

    @property
    def ready(self) -> str:
        return f"{self.site}/readyz"

    def under_base(self) -> tuple[str, ...]:
        """The paths under `base` that this API needs."""
        jobs = (self.job, self.result, self.job_events, self.cancel, self.ticket)
        actions = (self.rotate_secret, self.test, self.replay)
        return (
            *(jobs if self.has_jobs else ()),
            *((self.jobs, self.events) if self.has_jobs and self.secured else ()),
            *((self.job_deliveries,) if self.has_jobs and self.has_deliveries else ()),
            *((self.redeliver,) if self.has_deliveries else ()),
            *((self.webhooks, self.webhook) if self.has_webhooks else ()),
            *((self.webhook_deliveries, *actions) if self.has_webhooks else ()),
            *((self.callback_secret,) if self.has_callback_secret else ()),
        )

    def under_site(self) -> tuple[str, ...]:
        """The paths under `site`."""
        return (
            *((self.document, self.docs) if self.has_document else ()),
            *(
                (self.messaging_document, self.messaging_docs)
                if self.has_messages
                else ()
            ),
            self.health,
            self.ready,
        )


def our_paths(api: Api) -> tuple[OurPaths, list[Problem]]:
    """Where our paths live, with a hint for each group that gave way to the document's own."""
    paths = needed(api)
    found: list[Problem] = []
    paths_at = api.at / "paths"
    theirs = {each.served_path: (paths_at / each.path).key() for each in api.operations}
    theirs |= {path: channel.at for path, channel in web_paths(api)}
    if api.base is not None:
        paths = replace(paths, base=api.base)
        found += refused(api, theirs, paths.under_base())
    else:
        ways = (replace(paths, base=prefix) for prefix in prefixes())
        paths = next(w for w in ways if not collision(theirs, w.under_base()))
    ways = (replace(paths, site=prefix) for prefix in prefixes())
    paths = next(w for w in ways if not collision(theirs, w.under_site()))
    found += moved(api, theirs, paths)
    return paths, found


def needed(api: Api) -> OurPaths:
    """What the API makes use of, before it is known where that lives."""
    known = {each.id for each in api.operations}
    queued = any(each.is_async for each in api.exchanges if each.id not in known)
    calls_back = any(each.is_async or each.callbacks for each in api.operations)
    access = accepted(api)
    return OurPaths(
        has_jobs=any(each.is_async for each in api.operations) or queued,
        has_open_jobs=any(each.is_async and is_open(each) for each in api.operations),
        has_deliveries=calls_back or bool(api.webhooks),
        has_webhooks=bool(api.webhooks),
        has_callback_secret=calls_back and bool(access),
        has_document=api.messaging_version is None
        or bool(api.operations or api.webhooks),
        has_messages=api.messaging_version is not None,
        access=access,
    )


def accepted(api: Api) -> tuple[Requirement, ...]:
    """The ways into the API's own operations, scopes aside: any of them leads to our resources."""
    ways = (way for each in api.operations for way in each.security if way)
    open_ways = (tuple(Need(scheme=need.scheme) for need in way) for way in ways)
    return tuple(dict.fromkeys(open_ways))


def is_open(operation: Operation) -> bool:
    """Whether anybody may ask for it over HTTP."""
    return not operation.security or () in operation.security


def prefixes() -> Iterator[str]:
    """Where a group of paths is tried, one after the other.

    Under `/{owner}/{name}` every prefix collides, but not one that is deep enough.
    """
    yield ""
    yield "/async"
    yield from (f"/async-{number}" for number in range(1, 10))
    yield from ("/async" * depth for depth in count(2))


def collision(theirs: Iterable[str], ours: Iterable[str]) -> tuple[str, str] | None:
    """Two templates, theirs and ours, that some URL fits both of."""
    mine = list(ours)
    return next(((a, b) for a in theirs for b in mine if overlap(a, b)), None)


def overlap(one: str, other: str) -> bool:
    """Whether some URL fits both templates; a segment with a parameter may be anything."""
    left, right = one.strip("/").split("/"), other.strip("/").split("/")
    return len(left) == len(right) and all(
        a == b or "{" in a or "{" in b for a, b in zip(left, right, strict=True)
    )


def refused(
    api: Api, theirs: dict[str, Place], ours: tuple[str, ...]
) -> Iterator[Problem]:
    found = collision(theirs, ours)
    if found is not None:
        yield Problem(
            "path-collision",
            api.at / "x-processing" / "base",
            f'under this base our {found[1]} collides with the document\'s "{found[0]}"',
            "write another base, or none and let it be chosen",
        )


def moved(api: Api, theirs: dict[str, Place], paths: OurPaths) -> Iterator[Problem]:
    """Say aloud which groups of paths had to give way, and to what."""
    unmoved = replace(paths, base="", site="")
    for prefix, ours, what, help in (
        (
            "" if api.base is not None else paths.base,
            unmoved.under_base(),
            "the paths of jobs, deliveries and webhooks",
            "write x-processing: {base: …} at the document's root to choose where",
        ),
        (paths.site, unmoved.under_site(), "/openapi.json, /docs and probes", None),
    ):
        found = collision(theirs, ours) if prefix else None
        if found is not None:
            message = (
                f'"{found[0]}" collides with our {found[1]}: {what} move under {prefix}'
            )
            yield Problem("paths-moved", theirs[found[0]], message, help, "hint")
