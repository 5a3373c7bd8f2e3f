"""`callbacks.py` and `webhooks.py` of the service: what it sends, and when it goes out by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from generator.model import Operation, Schema
from generator.names import pascal
from generator.python import Imports, call, docstring, string
from generator.targets.contents import Representations, representations
from generator.targets.deprecations import noted
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
    statuses = numbers(named, sends_on(named, callback))
    arguments = [
        f"operation={string(named.operation.id)}",
        f"name={string(callback.callback.name)}",
        f"expression={string(callback.callback.expression)}",
        f"contents={body.mapping}",
    ]
    if callback.callback.operation.method != "POST":
        arguments.append(f"method={string(callback.callback.operation.method)}")
    if statuses:
        listed = [*pieces(statuses)]
        comma = "," if len(listed) == 1 else ""
        arguments.append(f"sends_on=({', '.join(listed)}{comma})")
    made = call("CallbackTarget", arguments, used=200)
    return f"{callback.constant}: CallbackTarget[{body.annotation}] = {made}"


def _hint(named: Named, callback: NamedCallback) -> str:
    return f"{named.prefix}{pascal(callback.name)}Body"


def sent_body(operation: Operation, hint: str, models: Models) -> Representations:
    """What a callback or webhook carries."""
    contents = operation.body.contents if operation.body else ()
    return representations(contents, models, hint, "out")


def sends_on(named: Named, callback: NamedCallback) -> tuple[str, ...]:
    """The operation's answers (201, 4XX, default) that are this callback's body, by their schema."""
    if not named.operation.is_async:
        return ()
    return tuple(_carried(named.operation, callback.callback.operation))


def _carried(operation: Operation, sent: Operation) -> Iterator[str]:
    bodies = [c.schema for c in sent.body.contents] if sent.body else []
    for response in operation.responses:
        if any(
            same(content.schema, body)
            for content in response.contents
            for body in bodies
        ):
            yield response.status


def numbers(named: Named, statuses: Sequence[str]) -> list[int]:
    """The statuses of these answers; one that is declared apart is none of a range's or of `default`'s."""
    if all(status.isdigit() for status in statuses):
        return [int(status) for status in statuses]
    is_result = any(one.status == "default" for one in named.results)
    declared = {response.status for response in named.operation.responses}
    return [
        number
        for number in range(200, 600)
        if _status_of(number, declared, 200 if is_result else 400) in statuses
    ]


def _status_of(number: int, declared: set[str], least: int) -> str | None:
    """What declares a status; `default` is nothing but an error where it is no result."""
    names = str(number), f"{number // 100}XX", "default" if number >= least else ""
    return next((name for name in names if name in declared), None)


def pieces(numbers: Sequence[int]) -> Iterator[str]:
    """Numbers as the items of a tuple; those that follow each other are a range."""
    for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        found = [number for _, number in run]
        if len(found) > 2:
            yield f"*range({found[0]}, {found[-1] + 1})"
        else:
            yield from map(str, found)


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
    default = f"The webhook {named.webhook.name}."
    text = noted(
        operation.summary or operation.description, operation.deprecated, default
    )
    return WebhookView(
        f"{named.name}: WebhookTarget[{body.annotation}] = {made}",
        docstring(text, 0, default),
    )
