"""How an asynchronous operation is declared: what runs it, by which policy, and what a job keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.model import Callback, Operation, Processing
from generator.python import Imports, call, literal, string, tuple_of
from generator.targets.handlers import schema_of
from generator.targets.models import Models
from generator.targets.naming import Named
from generator.targets.securities import Securities


def declaration(
    named: Named,
    models: Models,
    imports: Imports,
    securities: Securities,
    keeps: Iterable[str],
) -> str:
    operation = named.operation
    imports.add(".runtime.operation", "AsyncOperation")
    arguments = [
        f"name={string(operation.id)}",
        f"method={string(operation.method)}",
        f"path={string(operation.path)}",
        f"read=read_{named.endpoint}",
        f"run=run_{named.endpoint}",
        f"policy={policy_call(operation.processing, imports)}",
    ]
    if operation.security:
        arguments.append(f"security={securities.name(operation.security)}")
    if kept := sorted({*_kept_headers(operation), *keeps}):
        arguments.append(f"keeps=frozenset({literal([*kept])})")
    if cookies := [*_kept_cookies(operation, models)]:
        arguments.append(f"cookies=frozenset({literal([*cookies])})")
    if named.callbacks:
        names = [callback.constant for callback in named.callbacks]
        for name in names:
            imports.add(".callbacks", name)
        arguments.append(f"callbacks={tuple_of(names)}")
    made = call("AsyncOperation", arguments, used=200)
    return f"{named.constant}: AsyncOperation[Handlers] = {made}"


def policy_call(processing: Processing, imports: Imports) -> str:
    """`Policy(attempts=5)`: what differs from the defaults."""
    imports.add(".runtime.operation", "Policy")
    usual = Processing()
    given = [f"wait={processing.wait}"] if processing.type == "auto" else []
    for name in ("deadline", "attempts", "concurrency", "queue", "retention"):
        if getattr(processing, name) != getattr(usual, name):
            given.append(f"{name}={getattr(processing, name)}")
    if processing.backoff != usual.backoff:
        backoff = processing.backoff
        imports.add(".runtime.operation", "Backoff")
        given.append(
            f"backoff=Backoff({backoff.initial}, {backoff.factor}, {backoff.max})"
        )
    if processing.idempotency != usual.idempotency:
        given.append(f"idempotency={string(processing.idempotency)}")
    if processing.webhook is not None:
        given.append(f"webhook={string(processing.webhook)}")
    return call("Policy", given, indent=4)


def _kept_headers(operation: Operation) -> Iterator[str]:
    """The request headers a job needs: the operation's own, and those its callbacks name."""
    for parameter in operation.parameters:
        if parameter.location == "header":
            yield parameter.name.lower()
    for callback in operation.callbacks:
        yield from _named_headers(callback)


def _kept_cookies(operation: Operation, models: Models) -> Iterator[str]:
    """The cookies a job needs: the operation's own; an exploded object is one for each property."""
    for parameter in operation.parameters:
        if parameter.location != "cookie":
            continue
        kind = models.kind(schema_of(parameter))
        if parameter.explode and isinstance(kind, dict):
            yield from (name for name in kind if name != "*")
        else:
            yield parameter.name


def _named_headers(callback: Callback) -> Iterator[str]:
    for part in callback.expression.split("{")[1:]:
        expression = part.partition("}")[0].lstrip("$")
        if expression.startswith("request.header."):
            yield expression.removeprefix("request.header.").lower()
