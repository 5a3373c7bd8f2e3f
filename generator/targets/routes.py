"""`routes.py`: an endpoint for each operation, and what it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from generator.model import (
    ABSENT,
    Api,
    Callback,
    Operation,
    Parameter,
    Processing,
    Requirement,
)
from generator.names import Scope
from generator.python import Imports, call, docstring, literal, string
from generator.streams import Stream, adds_last_event
from generator.targets.contents import FORM
from generator.targets.handlers import (
    argument_annotation,
    body_annotation,
    job_type,
    open_to_all,
    request_body,
    schema_of,
)
from generator.targets.models import Models
from generator.targets.naming import PLACES, Argument, Named, Naming
from generator.targets.responses import bare, returned
from generator.targets.streams import stream_in

STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteView:
    """One operation; `sync` or `read` with `run` holds its statements, line by line."""

    method: str
    constant: str
    docstring: str
    constants: tuple[str, ...]
    sync: tuple[str, ...] = ()
    inputs: str = ""
    read: tuple[str, ...] = ()
    run: tuple[str, ...] = ()
    job: str = ""
    declaration: str = ""


@dataclass(frozen=True, slots=True)
class RoutesView:
    """The module."""

    imports: str
    securities: tuple[str, ...]
    operations: tuple[RouteView, ...]
    routes: str
    async_operations: str


class Securities:
    """The security of every operation, each kind declared once."""

    def __init__(self, imports: Imports) -> None:
        self._imports = imports
        self._names: dict[tuple[Requirement, ...], str] = {}
        self._scope = Scope()

    def name(self, security: tuple[Requirement, ...]) -> str:
        """The constant that holds this security; `()` for an open operation."""
        if not security:
            return "()"
        if security not in self._names:
            schemes = dict.fromkeys(need.scheme for needs in security for need in needs)
            wanted = "_OR_".join(schemes) or "ANYBODY"
            plain = "".join(c if c.isascii() and c.isalnum() else "_" for c in wanted)
            self._names[security] = self._scope.take(f"NEEDS_{plain.upper()}"[:60])
            self._imports.add(".runtime.access", "Security")
            if schemes:
                self._imports.add(".runtime.access", "Need")
        return self._names[security]

    @property
    def statements(self) -> tuple[str, ...]:
        return tuple(
            f"{name}: Security = {security_expression(security)}"
            for security, name in self._names.items()
        )


def security_expression(security: tuple[Requirement, ...]) -> str:
    """`((Need("staff", ()),),)`: alternatives of needs that must all be met."""
    return _tuple(_tuple(_need(need) for need in needs) for needs in security)


def _need(need: object) -> str:
    scheme, scopes = getattr(need, "scheme"), getattr(need, "scopes")
    listed = [_tuple(string(scope) for scope in scopes)] if scopes else []
    return f"Need({', '.join([string(scheme), *listed])})"


def _tuple(items: Iterator[str]) -> str:
    listed = list(items)
    return f"({', '.join(listed)}{',' if len(listed) == 1 else ''})"


def routes_view(api: Api, naming: Naming, models: Models) -> RoutesView:
    """Every endpoint, in the document's order."""
    imports = Imports()
    securities = Securities(imports)
    imports.add("starlette.routing", "Route")
    if naming.operations:
        imports.add("starlette.requests", "Request")
        imports.add("starlette.responses", "Response")
        imports.add(".handlers", "Handlers")
    views = tuple(_route(n, models, imports, securities) for n in naming.operations)
    running = [n.constant for n in naming.operations if n.operation.is_async]
    return RoutesView(
        imports=imports.text,
        securities=securities.statements,
        operations=views,
        routes=f"[{', '.join(map(_route_value, naming.operations))}]",
        async_operations=_tuple(iter(running)) if running else "",
    )


def _route_value(named: Named) -> str:
    operation = named.operation
    return call(
        "Route",
        (
            string(operation.path),
            named.endpoint,
            f"methods=[{string(operation.method)}]",
        ),
    )


def _route(
    named: Named, models: Models, imports: Imports, securities: Securities
) -> RouteView:
    operation = named.operation
    title = f"{operation.method} {operation.path}"
    if operation.is_async:
        how = (
            "answered directly when it is quick" if _auto(operation) else "asynchronous"
        )
        imports.add(".runtime.submit", "submit")
        view = job_view(named, models, imports, securities)
        return replace(view, docstring=docstring(f"{title}: {how}"))
    constants, reads = _inputs(named, models, imports)
    return RouteView(
        method=named.endpoint,
        constant=named.constant,
        docstring=docstring(title),
        constants=tuple(constants),
        sync=tuple(_sync_lines(named, reads, models, imports, securities)),
    )


def job_view(
    named: Named,
    models: Models,
    imports: Imports,
    securities: Securities,
    keeps: Iterable[str] = (),
) -> RouteView:
    """An asynchronous operation: how it reads what it is called with, and runs; `keeps` names further headers."""
    constants, reads = _inputs(named, models, imports)
    return RouteView(
        method=named.endpoint,
        constant=named.constant,
        docstring="",
        constants=tuple(constants),
        inputs=_inputs_type(named, models),
        read=tuple(_read_lines(named, reads)),
        run=tuple(_run_lines(named, models, imports)),
        job=job_type(named, models, imports),
        declaration=_declaration(named, models, imports, securities, keeps),
    )


def _auto(operation: Operation) -> bool:
    return operation.processing.type == "auto"


# What an operation reads


def _inputs(
    named: Named, models: Models, imports: Imports
) -> tuple[list[str], list[str]]:
    """The constants that describe the inputs, and the statements that take them."""
    constants, reads = [], []
    for argument in named.arguments:
        name = f"{named.constant}_{argument.name.upper()}"
        constants.append(_parameter(name, named, argument, models, imports))
        reads.append(f"{argument.name} = reader.take({name})")
    body = request_body(named, models)
    if body.items:
        name = f"{named.constant}_BODY"
        imports.update(body.imports)
        imports.add(".runtime.reader", "Body")
        assert named.operation.body is not None
        options = ["required=True"] if named.operation.body.required else []
        made = call("Body", [body.mapping, *options])
        constants.append(f"{name}: Body[{body_annotation(named, body)}] = {made}")
        reads.append(f"body = reader.body({name})")
    if reads:
        reads.append("reader.done()")
    return constants, reads


def _parameter(
    name: str, named: Named, argument: Argument, models: Models, imports: Imports
) -> str:
    parameter = argument.parameter
    place = PLACES[parameter.location]
    imports.add(".runtime.parameters", place)
    declared = argument_annotation(named, argument, models)
    imports.update(declared.imports | declared.said_imports)
    arguments = [string(parameter.name), declared.text]
    arguments += _parameter_options(parameter, named, models, imports)
    return f"{name}: {place}[{declared.said}] = {call(place, arguments)}"


def _parameter_options(
    parameter: Parameter,
    named: Named,
    models: Models,
    imports: Imports,
) -> Iterator[str]:
    schema = schema_of(parameter)
    if parameter.content is None or parameter.content.content_type == FORM:
        kind = models.kind(schema)
        if kind != "string":
            yield f"kind={literal(kind)}"
        usual = STYLES.get(parameter.location, "form")
        if parameter.style != usual:
            yield f"style={string(parameter.style)}"
        if parameter.explode != (parameter.style in ("form", "cookie")):
            yield f"explode={parameter.explode}"
    else:
        yield f"content={string(parameter.content.content_type)}"
    if parameter.required and parameter.location != "path":
        yield "required=True"
    if not parameter.required and schema is not None and schema.default is not ABSENT:
        made = models.construct(schema, schema.default, direction="in")
        imports.update(made.imports)
        yield f"default={made.text}"
    if parameter.location == "query" and _takes_free_names(parameter):
        others = [
            p.name
            for p in named.operation.parameters
            if p.location == "query" and p is not parameter
        ]
        if others:
            yield f"besides={literal([*others])}"


def _takes_free_names(parameter: Parameter) -> bool:
    schema = parameter.schema
    return schema is not None and parameter.style == "form" and parameter.explode


def _inputs_type(named: Named, models: Models) -> str:
    types = [argument_annotation(named, a, models).said for a in named.arguments]
    body = request_body(named, models)
    if body.items:
        types.append(body_annotation(named, body))
    return f"tuple[{', '.join(types) or '()'}]"


def _names(named: Named) -> list[str]:
    names = [argument.name for argument in named.arguments]
    body = named.operation.body
    return [*names, "body"] if body is not None and body.contents else names


# What an endpoint does


def _sync_lines(
    named: Named,
    reads: list[str],
    models: Models,
    imports: Imports,
    securities: Securities,
) -> Iterator[str]:
    imports.add(".runtime.service", "Service")
    yield "service: Service[Handlers] = Service.of(request)"
    arguments = _names(named)
    if named.operation.security:
        verb = "identify" if open_to_all(named) else "authenticate"
        needs = securities.name(named.operation.security)
        yield f"caller = await service.{verb}(request, {needs})"
        arguments.append("caller")
    if reads:
        imports.add(".runtime.service", "reader_of")
        yield "reader = await reader_of(request)"
        yield from reads
    stream = stream_in(named, models)
    if stream is not None:
        yield _streaming(named, stream, arguments, imports)
        return
    called = call(f"service.handlers.{named.method}", arguments, indent=4, used=15)
    statement, reply = _replying(named, called, models, imports)
    yield statement
    yield f"return {reply}.response(request)"


def _streaming(
    named: Named, stream: Stream, arguments: list[str], imports: Imports
) -> str:
    """The statement that sends what the handler yields."""
    imports.add(".runtime.streams", "stream_response")
    reply = named.response_class(stream.response)
    imports.add(".responses", reply)
    if adds_last_event(named.operation):
        imports.add(".runtime.streams", "seen_event")
        arguments.insert(len(_names(named)), "seen_event(request)")
    items = call(f"service.handlers.{named.method}", arguments, indent=8)
    made = call("stream_response", ["request", items, reply], indent=4, used=7)
    return f"return {made}"


def _replying(
    named: Named, called: str, models: Models, imports: Imports
) -> tuple[str, str]:
    """The statement that calls the handler, and the reply that its result is."""
    success = bare(named)
    if not named.operation.responses:
        # Nothing is declared, so there is nothing to say but that it was done.
        imports.add(".runtime.replies", "Reply")
        return f"await {called}", "Reply(status=204)"
    if success is None:
        return f"result = await {called}", "result"
    name = named.response_class(success)
    imports.add(".responses", name)
    if returned(named, models)[0] == "None":
        return f"await {called}", f"{name}()"
    imports.add(".runtime.replies", "as_reply")
    return f"result = await {called}", f"as_reply(result, {name})"


def _read_lines(named: Named, reads: list[str]) -> Iterator[str]:
    yield from reads
    yield f"return {_tuple(iter(_names(named)))}"


def _run_lines(named: Named, models: Models, imports: Imports) -> Iterator[str]:
    imports.add(".runtime.reader", "Reader")
    imports.add(".runtime.replies", "Reply")
    names = _names(named)
    if names:
        yield f"{_tuple(iter(names))} = read_{named.endpoint}(reader)"
    called = call(f"handlers.{named.method}", [*names, "job"], indent=4, used=15)
    statement, reply = _replying(named, called, models, imports)
    yield statement
    yield f"return {reply}"


def _declaration(
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
        arguments.append(f"callbacks={_tuple(iter(names))}")
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
