"""Rules about callbacks: what a runtime expression points at exists (OpenAPI 3.1 §4.8.20.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from generator.model import Api, Callback, MediaType, Operation, Schema
from generator.problems import Place, Problem
from generator.rules.walk import resolved
from generator.value import dataclass

BRACES = re.compile(r"\{([^{}]*)\}")
EXPRESSION = re.compile(
    r"(?P<dollar>\$?)(?:(?:url|method|statusCode)"
    r"|(?P<side>request|response)\."
    r"(?:(?P<where>header|query|path)\.(?P<name>.+)"
    r"|body(?P<sharp>#?)(?P<pointer>(?:/.*)?|\..+)))",
    re.DOTALL,
)


def expressions(api: Api) -> Iterator[Problem]:
    """Every runtime expression is one, and points at something."""
    for operation in api.operations:
        for callback in operation.callbacks:
            yield from expression(api, operation, callback)


def expression(api: Api, operation: Operation, callback: Callback) -> Iterator[Problem]:
    """The problems of one callback's address, which may hold several expressions."""
    texts = BRACES.findall(callback.expression)
    if MERE_WORD.fullmatch(callback.expression):
        texts = []
    if not texts and callback.expression.startswith("$"):
        texts = [callback.expression]
    is_url = re.match("https?://", callback.expression) is not None
    if not texts and not is_url:
        yield without_address(operation, callback)
    elif {"{", "}"} & set(BRACES.sub("", callback.expression)):
        yield malformed(operation, callback, callback.expression)
        return
    for text in texts:
        found = EXPRESSION.fullmatch(text.strip())
        if found is None or (found["side"], found["where"]) in NEVER:
            yield malformed(operation, callback, text)
            continue
        if not found["dollar"] or found["pointer"] and not found["sharp"]:
            yield sloppy(operation, callback, found)
        yield from unresolved(api, operation, callback, found)


MERE_WORD = re.compile(r"\{\s*(?!(?:url|method|statusCode)\b)\w+\s*\}")
"""Braces around what is neither a runtime expression nor nearly one."""

NEVER = {("response", "query"), ("response", "path")}


def place(operation: Operation, callback: Callback) -> Place:
    """The callback's name at its operation: what it points at is the operation's business."""
    return (operation.at / "callbacks" / callback.name).key()


def without_address(operation: Operation, callback: Callback) -> Problem:
    return Problem(
        "callback-without-address",
        place(operation, callback),
        f'{operation.id}: callback "{callback.name}" does not say where it goes: '
        f'"{callback.expression}" is neither a URL nor a runtime expression',
        "write {$request.body#/callbackUrl}; as it is, the handler must say the URL",
        "hint",
    )


def malformed(operation: Operation, callback: Callback, text: str) -> Problem:
    return Problem(
        "malformed-expression",
        place(operation, callback),
        f'{operation.id}: callback "{callback.name}": "{text}" is not a runtime expression',
        "write for example {$request.body#/callbackUrl} or {$request.query.callbackUrl}",
    )


def sloppy(operation: Operation, callback: Callback, found: re.Match[str]) -> Problem:
    written = found[0].lstrip("$")
    if found["pointer"] and not found["sharp"]:
        pointer = "/" + found["pointer"][1:].replace(".", "/")
        written = f"{found['side']}.body#{pointer}"
    return Problem(
        "sloppy-expression",
        place(operation, callback),
        f'{operation.id}: callback "{callback.name}": "{found[0]}" is understood, '
        "but not as OpenAPI writes it",
        f"write {{${written}}}",
        "hint",
    )


def unresolved(
    api: Api, operation: Operation, callback: Callback, found: re.Match[str]
) -> Iterator[Problem]:
    if found["name"]:
        yield from unresolved_parameter(operation, callback, found)
    elif found["pointer"] and found["side"] == "request":
        yield from unresolved_body(api, operation, callback, found)


def unresolved_parameter(
    operation: Operation, callback: Callback, found: re.Match[str]
) -> Iterator[Problem]:
    """A path parameter must exist; an undeclared query or header is still taken as it comes."""
    where, name, side = found["where"], found["name"], found["side"]
    if side == "response":
        return
    names = [each.name for each in operation.parameters if each.location == where]
    known = [each.lower() for each in names] if where == "header" else names
    if (name.lower() if where == "header" else name) in known:
        return
    near = get_close_matches(name, names, 1)
    yield Problem(
        "unresolved-callback",
        place(operation, callback),
        f'{operation.id}: callback "{callback.name}" sends to {{{found[0]}}}, '
        f"but {operation.id} declares no such {where} parameter",
        (
            f"did you mean {{$request.{where}.{near[0]}}}?"
            if near
            else f"add to parameters: {{name: {name}, in: {where}, schema: {{type: string}}}}"
        ),
        "error" if where == "path" else "warning",
    )


def unresolved_body(
    api: Api, operation: Operation, callback: Callback, found: re.Match[str]
) -> Iterator[Problem]:
    contents = operation.body.contents if operation.body is not None else ()
    misses = [missing(api, content, tokens(found)) for content in contents]
    if not contents:
        lack = f"but {operation.id} has no request body"
        yield lost(operation, callback, found, lack, None, "warning")
    elif all(misses):
        miss = next(miss for miss in misses if miss is not None)
        lack = f"but {called(api, miss.schema)} has no such property"
        wanted = tokens(found)[miss.depth]
        # A dotted name is a path in another notation: it resembles no property.
        near = [] if "." in wanted else get_close_matches(wanted, miss.names, 1)
        path = [*tokens(found)[: miss.depth], *near, *tokens(found)[miss.depth + 1 :]]
        help = f"did you mean {{$request.body#/{'/'.join(path)}}}?" if near else None
        severity = "error" if near or miss.is_closed else "warning"
        yield lost(operation, callback, found, lack, help, severity)


def lost(
    operation: Operation,
    callback: Callback,
    found: re.Match[str],
    lack: str,
    help: str | None,
    severity: str,
) -> Problem:
    return Problem(
        "unresolved-callback",
        place(operation, callback),
        f'{operation.id}: callback "{callback.name}" sends to {{{found[0]}}}, {lack}',
        help or "point at a property of the request's body, such as callbackUrl",
        severity,
    )


def tokens(found: re.Match[str]) -> list[str]:
    """The names along a pointer, or along a sloppy dotted path."""
    pointer = found["pointer"]
    if pointer.startswith("."):
        return str(pointer[1:]).split(".")
    return [t.replace("~1", "/").replace("~0", "~") for t in pointer[1:].split("/")]


@dataclass(frozen=True, slots=True)
class Miss:
    """The schema that lacks a property on the way, its names, and how far the way went."""

    schema: Schema
    names: list[str]
    depth: int
    is_closed: bool
    """Whether the property cannot be there: the schema forbids what it does not name."""


def missing(api: Api, content: MediaType, path: list[str]) -> Miss | None:
    """Where the way along a pointer ends in a property that is not declared."""
    here = [content.schema] if content.schema is not None else []
    for index, name in enumerate(path):
        if not here:
            return None
        schemas = [part for schema in here for part in resolved(api, schema)]
        known = {p.name: p.schema for each in schemas for p in each.properties}
        if name in known:
            here = [known[name]]
        elif not known or any(is_open(each, name) for each in schemas):
            return None
        else:
            closed = any(each.additional is not None for each in schemas)
            return Miss(here[0], list(known), index, closed)
    return None


def is_open(schema: Schema, name: str) -> bool:
    """Whether the schema says aloud that there may be further properties or items."""
    if name.isdigit() and (schema.items is not None or "array" in schema.types):
        return True
    more = schema.additional is not None and not schema.additional.never
    return more or bool(schema.pattern_properties)


def called(api: Api, schema: Schema) -> str:
    """What the user calls a schema."""
    named = api.schemas.get(schema.ref or "", schema)
    return named.name or "the request's body"


def untold_failures(api: Api) -> Iterator[Problem]:
    """Who is told of success by a callback wants to be told of failure too."""
    for operation in api.operations:
        if not operation.is_async or not operation.callbacks:
            continue
        good = {
            key
            for r in operation.responses
            if r.is_success
            for key in bodies(r.contents)
        }
        bad = {
            key
            for r in operation.responses
            if not r.is_success
            for key in bodies(r.contents)
        }
        sent = [set(bodies(contents(each.operation))) for each in operation.callbacks]
        told = next(
            (c for c, s in zip(operation.callbacks, sent, strict=True) if s & good),
            None,
        )
        if told is not None and not any(each & (bad - good) for each in sent):
            yield Problem(
                "untold-failure",
                place(operation, told),
                f'{operation.id}: callback "{told.name}" tells the caller of success, '
                "but nothing tells it of failure",
                "add a callback whose body is that of an error response",
                "hint",
            )


def contents(operation: Operation) -> tuple[MediaType, ...]:
    return operation.body.contents if operation.body is not None else ()


def bodies(contents: tuple[MediaType, ...]) -> list[str]:
    """The keys of what bodies refer to."""
    schemas = (each.schema for each in contents)
    return [each.ref or each.key for each in schemas if each is not None]
