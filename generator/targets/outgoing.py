"""`callbacks.py` and `webhooks.py` of the service: what it sends, and when it goes out by itself."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Operation, Schema
from generator.names import pascal
from generator.python import Imports, call, docstring, string
from generator.targets.contents import Representations, representations
from generator.targets.models import Models
from generator.targets.naming import Named, NamedCallback, NamedWebhook, Naming
from generator.value import dataclass


@dataclass(frozen=True, slots=True)
class GroupView:
    """The callbacks of one operation."""

    name: str
    class_name: str
    docstring: str
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallbacksView:
    """callbacks.py; each callback is a whole statement."""

    imports: str
    callbacks: tuple[str, ...]
    groups: tuple[GroupView, ...]


@dataclass(frozen=True, slots=True)
class WebhookView:
    """One webhook: its statement, and what it tells."""

    statement: str
    docstring: str


@dataclass(frozen=True, slots=True)
class WebhooksView:
    """webhooks.py"""

    imports: str
    webhooks: tuple[WebhookView, ...]
    all: str


def callbacks_view(naming: Naming, models: Models) -> CallbacksView:
    """Every callback, grouped by operation."""
    imports = Imports()
    imports.add(".runtime.callbacks", "CallbackTarget")
    calling = [named for named in naming.operations if named.callbacks]
    statements = [
        _callback(named, callback, models, imports)
        for named in calling
        for callback in named.callbacks
    ]
    return CallbacksView(imports.text, tuple(statements), tuple(map(_group, calling)))


def _callback(
    named: Named, callback: NamedCallback, models: Models, imports: Imports
) -> str:
    body = sent_body(callback.callback.operation, _hint(named, callback), models)
    imports.update(body.imports)
    statuses = sends_on(named, callback)
    arguments = [
        f"operation={string(named.operation.id)}",
        f"name={string(callback.callback.name)}",
        f"expression={string(callback.callback.expression)}",
        f"contents={body.mapping}",
    ]
    if callback.callback.operation.method != "POST":
        arguments.append(f"method={string(callback.callback.operation.method)}")
    if statuses:
        listed = ", ".join(map(str, statuses))
        arguments.append(f"sends_on=({listed}{',' if len(statuses) == 1 else ''})")
    made = call("CallbackTarget", arguments, used=200)
    return f"{callback.constant}: CallbackTarget[{body.annotation}] = {made}"


def _hint(named: Named, callback: NamedCallback) -> str:
    return f"{named.prefix}{pascal(callback.name)}Body"


def sent_body(operation: Operation, hint: str, models: Models) -> Representations:
    """What a callback or webhook carries."""
    contents = operation.body.contents if operation.body else ()
    return representations(contents, models, hint, "out")


def sends_on(named: Named, callback: NamedCallback) -> tuple[int, ...]:
    """The statuses of the operation's answers that are this callback's body, by their schema."""
    if not named.operation.is_async:
        return ()
    return tuple(_carried(named.operation, callback.callback.operation))


def _carried(operation: Operation, sent: Operation) -> Iterator[int]:
    bodies = [c.schema for c in sent.body.contents] if sent.body else []
    for response in operation.responses:
        if response.status.isdigit() and any(
            same(content.schema, body)
            for content in response.contents
            for body in bodies
        ):
            yield int(response.status)


def same(one: Schema | None, other: Schema | None) -> bool:
    """Whether two schemas are one: the same component, or lists of the same component."""
    while one is not None and other is not None:
        if one.ref or other.ref:
            return one.ref == other.ref
        if not (one.types == other.types == ("array",)):
            return one is other
        one, other = one.items, other.items
    return False


def _group(named: Named) -> GroupView:
    return GroupView(
        name=named.method,
        class_name=f"{named.prefix}Callbacks",
        docstring=docstring(f"The callbacks of {named.operation.id}."),
        attributes=tuple(f"{c.name} = {c.constant}" for c in named.callbacks),
    )


def webhooks_view(naming: Naming, models: Models) -> WebhooksView:
    """Every webhook, in the document's order."""
    imports = Imports()
    imports.add(".runtime.webhooks", "WebhookTarget")
    views = tuple(_webhook(named, models, imports) for named in naming.webhooks)
    names = [named.name for named in naming.webhooks]
    listed = f"({', '.join(names)}{',' if len(names) == 1 else ''})"
    return WebhooksView(imports.text, views, listed)


def _webhook(named: NamedWebhook, models: Models, imports: Imports) -> WebhookView:
    operation = named.webhook.operation
    body = sent_body(operation, f"{pascal(named.name)}Body", models)
    imports.update(body.imports)
    arguments = [string(named.webhook.name), body.mapping]
    if operation.method != "POST":
        arguments.append(f"method={string(operation.method)}")
    made = call("WebhookTarget", arguments, used=len(named.name) + 40)
    text = operation.summary or operation.description
    return WebhookView(
        f"{named.name}: WebhookTarget[{body.annotation}] = {made}",
        docstring(text, 0, f"The webhook {named.webhook.name}."),
    )
