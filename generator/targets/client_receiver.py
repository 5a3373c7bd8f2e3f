"""`receiver.py` of the client: a method for everything that the service sends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from generator.model import Api, Operation
from generator.names import METHODS, Scope, pascal
from generator.python import Imports, Signature, call, docstring, string
from generator.targets.client_bodies import ClientBody, client_body
from generator.targets.contents import union
from generator.targets.deprecations import noted
from generator.targets.models import Models
from generator.targets.naming import Named, NamedCallback, NamedWebhook, Naming
from generator.value import dataclass

T = TypeVar("T")

OWN = frozenset("hooks limit models secrets seen tolerance".split())
ENDS = ("succeeded", "failed", "canceled")
EXPORTED = ("Delivery", "MemorySeen", "Receiver", "Seen", "SqliteSeen")


@dataclass(frozen=True, slots=True, kw_only=True)
class HookView:
    """One event: its entry in the table, and the method that takes it."""

    entry: str
    signature: str
    docstring: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverView:
    """The module."""

    title: str
    imports: str
    exported: tuple[str, ...]
    hooks: tuple[HookView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Something that the service sends: its event, and the method's name it asks for."""

    event: str
    wanted: str
    operations: tuple[Operation, ...]
    """Several, where it is declared for more than one URL or method."""
    bodies: tuple[ClientBody, ...]


def sends(api: Api) -> bool:
    """Whether there is anything to receive."""
    calling = any(operation.callbacks for operation in api.operations)
    return calling or bool(api.webhooks) or has_notices(api)


def has_notices(api: Api) -> bool:
    """Whether some operation takes a Callback-Url: those without callbacks of their own."""
    return any(one.is_async and not one.callbacks for one in api.operations)


def receiver_view(title: str, api: Api, names: Naming, models: Models) -> ReceiverView:
    """Every callback and webhook in the document's order, then the notices."""
    imports, scope = Imports(), Scope(METHODS | OWN)
    imports.add("__future__", "annotations")
    for name in ("Delivery", "Hook", "NotTaken", "SignedReceiver"):
        imports.add(".runtime.receiver", name)
    for name in ("MemorySeen", "Seen", "SqliteSeen"):
        imports.add(".runtime.seen", name)
    hooks = [_hook(one, scope, imports) for one in _sent(names, models)]
    exported = list(EXPORTED)
    if has_notices(api):
        imports.add(".runtime.job_notice", "NOTICES")
        imports.add(".runtime.job_notice", "JobNotice")
        hooks += [_notice(end, scope) for end in ENDS]
        exported.append("JobNotice")
    return ReceiverView(
        title=docstring(f"The receiver of what {title} sends.", 0),
        imports=imports.text,
        exported=tuple(sorted(exported)),
        hooks=tuple(hooks),
    )


def _sent(names: Naming, models: Models) -> Iterator[Sent]:
    """Callbacks, then webhooks."""
    for named in names.operations:
        for callbacks in _by_name(named.callbacks, lambda one: one.callback.name):
            yield _callback(named, callbacks, models)
    for webhooks in _by_name(names.webhooks, lambda one: one.webhook.name):
        yield _webhook(webhooks, models)


def _by_name(items: Iterable[T], name: Callable[[T], str]) -> Iterable[list[T]]:
    found: dict[str, list[T]] = {}
    for item in items:
        found.setdefault(name(item), []).append(item)
    return found.values()


def _callback(named: Named, callbacks: list[NamedCallback], models: Models) -> Sent:
    first = callbacks[0]
    return Sent(
        event=f"{named.operation.id}.{first.callback.name}",
        wanted=f"{named.method}_{first.name}",
        operations=tuple(one.callback.operation for one in callbacks),
        bodies=tuple(
            _body(one.callback.operation, f"{named.prefix}{pascal(one.name)}", models)
            for one in callbacks
        ),
    )


def _webhook(webhooks: list[NamedWebhook], models: Models) -> Sent:
    return Sent(
        event=webhooks[0].webhook.name,
        wanted=webhooks[0].name,
        operations=tuple(one.webhook.operation for one in webhooks),
        bodies=tuple(
            _body(one.webhook.operation, pascal(one.name), models) for one in webhooks
        ),
    )


def _body(operation: Operation, hint: str, models: Models) -> ClientBody:
    contents = operation.body.contents if operation.body else ()
    return client_body(contents, models, f"{hint}Body", "out")


def _hook(sent: Sent, scope: Scope, imports: Imports) -> HookView:
    method = scope.take(sent.wanted, sent.event)
    for body in sent.bodies:
        imports.update(body.imports if body.media_types else ())
    annotation = union(body.annotation for body in sent.bodies)
    options = [string(method), *_contents(sent.bodies, imports)]
    verbs = list(dict.fromkeys(operation.method for operation in sent.operations))
    if verbs != ["POST"]:
        options.append(f"verbs=frozenset({{{', '.join(map(string, verbs))}}})")
    operation = sent.operations[0]
    told = "\n\n".join(filter(None, (operation.summary, operation.description)))
    default = f"{sent.event} was sent."
    return HookView(
        entry=f"{string(sent.event)}: {call('Hook', options, used=200)}",
        signature=_signature(method, annotation),
        docstring=docstring(noted(told, operation.deprecated, default), 8, default),
    )


def _contents(bodies: tuple[ClientBody, ...], imports: Imports) -> Iterator[str]:
    """The representations; for several URLs whatever one of them declares."""
    mappings = list(dict.fromkeys(b.mapping for b in bodies if b.media_types))
    if len(mappings) == 1:
        yield mappings[0]
    elif mappings:
        imports.add(".runtime.bodies", "merged")
        yield call("merged", mappings)


def _notice(end: str, scope: Scope) -> HookView:
    method = scope.take(f"job_{end}")
    was = "was canceled" if end == "canceled" else end
    return HookView(
        entry=f'"job.{end}": Hook("{method}", NOTICES)',
        signature=_signature(method, "JobNotice"),
        docstring=docstring(f"A job {was} whose caller gave a Callback-Url.", 8),
    )


def _signature(method: str, body: str) -> str:
    return Signature(
        name=method,
        params=("self", f"body: {body}", "delivery: Delivery"),
        is_async=True,
        indent=4,
    ).text
