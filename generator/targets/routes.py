"""`routes.py`: an endpoint for each operation, and what it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from generator.model import ABSENT, Absent, Api, Operation, Parameter
from generator.python import (
    Imports,
    call,
    docstring,
    literal,
    string,
    targets_of,
    tuple_of,
)
from generator.streams import Stream
from generator.targets.contents import FORM
from generator.targets.declarations import declaration
from generator.targets.handlers import (
    argument_annotations,
    body_annotation,
    default_of,
    job_type,
    open_to_all,
    request_body,
    schema_of,
)
from generator.targets.expressions import Annotation
from generator.targets.models import Models
from generator.targets.naming import PLACES, Argument, Named, Naming
from generator.targets.once import once
from generator.targets.refusals import own_errors
from generator.targets.responses import body_of, returned
from generator.targets.route_values import route_values
from generator.targets.securities import Securities
from generator.value import dataclass

STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
FIELDS = {"query": ("form",), "cookie": ("form", "cookie")}
"""The styles in which an exploded object takes every field of its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteView:
    """One operation; `sync` or `read` with `run` holds its statements, line by line."""

    method: str
    constant: str
    docstring: str
    constants: tuple[str, ...]
    errors: str = ""
    """The constant that says how refusals are told."""
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
    errors: tuple[str, ...]
    operations: tuple[RouteView, ...]
    routes: str
    async_operations: str


def routes_view(api: Api, naming: Naming, models: Models) -> RoutesView:
    """Every endpoint, in the document's order."""
    imports = Imports()
    securities = Securities(imports)
    imports.add("starlette.routing", "Route")
    if naming.operations:
        imports.add("starlette.requests", "Request")
        imports.add("starlette.responses", "Response")
        imports.add(".handlers", "Handlers")
    errors = own_errors(naming, models)
    if errors.marks:
        imports.update(errors.imports.wanted)
        imports.add(".runtime.own_errors", "OwnErrors")
        imports.add(".runtime.own_errors", "refused_as")
    views = tuple(
        replace(
            _route(named, models, imports, securities),
            errors=errors.marks.get(named.operation.id, ""),
        )
        for named in naming.operations
    )
    running = [n.constant for n in naming.operations if n.operation.is_async]
    routes = route_values(naming.operations, api, imports, securities)
    return RoutesView(
        imports=imports.text,
        securities=securities.statements,
        errors=errors.statements,
        operations=views,
        routes=f"[{', '.join(routes)}]",
        async_operations=tuple_of(running) if running else "",
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
        declaration=declaration(named, models, imports, securities, keeps),
    )


def _auto(operation: Operation) -> bool:
    return operation.processing.type == "auto"


# What an operation reads


def _inputs(
    named: Named, models: Models, imports: Imports
) -> tuple[list[str], list[str]]:
    """The constants that describe the inputs, and the statements that take them."""
    constants, reads = [], []
    annotations = argument_annotations(named, models)
    for argument, declared in zip(named.arguments, annotations, strict=True):
        name = f"{named.constant}_{argument.name.upper()}"
        made = _parameter(named, argument, declared, models, imports)
        constants.append(f"{name}: {made}")
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
    named: Named,
    argument: Argument,
    declared: Annotation,
    models: Models,
    imports: Imports,
) -> str:
    parameter = argument.parameter
    place = PLACES[parameter.location]
    imports.add(".runtime.parameters", place)
    imports.update(declared.imports | declared.said_imports)
    arguments = [string(parameter.name), declared.text]
    arguments += _parameter_options(parameter, named, models, imports)
    return f"{place}[{declared.said}] = {call(place, arguments)}"


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
    default = ABSENT if parameter.required else default_of(parameter, models)
    if not isinstance(default, Absent):
        made = models.construct(schema, default, direction="in")
        imports.update(made.imports)
        yield f"default={made.text}"
    if parameter.location in FIELDS and _takes_free_names(parameter, models):
        if others := _own_fields(named, models)[parameter.location]:
            yield f"besides={literal([*others])}"


@once
def _own_fields(named: Named, models: Models) -> dict[str, list[str]]:
    """The fields of the query, and the cookies, that belong to parameters and credentials; exploded objects have none."""
    own = [
        (parameter.location, parameter.name)
        for parameter in named.operation.parameters
        if not _takes_free_names(parameter, models)
    ]
    needs = [need for needs in named.operation.security for need in needs]
    schemes = [models.api.schemes[need.scheme] for need in needs]
    own += [
        (one.location, one.parameter)
        for one in schemes
        if one.location and one.parameter
    ]
    return {
        place: [*dict.fromkeys(name for location, name in own if location == place)]
        for place in FIELDS
    }


def _takes_free_names(parameter: Parameter, models: Models) -> bool:
    """Whether fields of the query, or cookies, that nobody else names belong to a parameter."""
    is_own = parameter.style in FIELDS.get(parameter.location, ()) and parameter.explode
    schema = parameter.schema if is_own else None
    return schema is not None and isinstance(models.kind(schema), dict)


def _inputs_type(named: Named, models: Models) -> str:
    types = [each.said for each in argument_annotations(named, models)]
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
    if named.stream is not None:
        yield _streaming(named, named.stream, arguments, imports)
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
    if named.adds_last_event:
        imports.add(".runtime.streams", "seen_event")
        arguments.insert(len(_names(named)), "seen_event(request)")
    items = call(f"service.handlers.{named.method}", arguments, indent=8)
    made = call("stream_response", ["request", items, reply], indent=4, used=7)
    return f"return {made}"


def _replying(
    named: Named, called: str, models: Models, imports: Imports
) -> tuple[str, str]:
    """The statement that calls the handler, and the reply that its result is."""
    success = named.sole
    if not named.operation.responses:
        # Nothing is declared, so there is nothing to say but that it was done.
        imports.add(".runtime.replies", "Reply")
        return f"await {called}", "Reply(status=204)"
    if success is None:
        return f"result = await {called}", "result"
    name = named.response_class(success)
    imports.add(".responses", name)
    if returned(named, models)[0] == "None":
        body = "None" if body_of(named, success, models).items else ""
        return f"await {called}", f"{name}({body})"
    imports.add(".runtime.replies", "as_reply")
    return f"result = await {called}", f"as_reply(result, {name})"


def _read_lines(named: Named, reads: list[str]) -> Iterator[str]:
    yield from reads
    yield f"return {tuple_of(_names(named))}"


def _run_lines(named: Named, models: Models, imports: Imports) -> Iterator[str]:
    imports.add(".runtime.reader", "Reader")
    imports.add(".runtime.replies", "Reply")
    names = _names(named)
    if names:
        yield f"{targets_of(names)} = read_{named.endpoint}(reader)"
    arguments, handler = [*names, "job"], f"handlers.{named.method}"
    if named.sole is None and named.operation.responses:
        yield f"return await {call(handler, arguments, indent=4, used=13)}"
        return
    called = call(handler, arguments, indent=4, used=15)
    statement, reply = _replying(named, called, models, imports)
    yield statement
    yield f"return {reply}"
