"""The declaration of an operation: all that the client's runtime must know to call it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.model import Api, Parameter, Requirement, Response
from generator.python import Imports, call, literal, string, tuple_of
from generator.streams import Stream, stream_contents
from generator.targets.client_arguments import Arguments
from generator.targets.client_bodies import ClientBody, client_body
from generator.targets.contents import FORM
from generator.targets.headers import DeclaredHeader, declared_headers
from generator.targets.models import Models
from generator.targets.naming import PLACES, Named
from generator.targets.once import once
from generator.targets.streams import client_sequences, is_stream
from generator.value import dataclass

USUAL = {
    "path": ("simple", False),
    "query": ("form", True),
    "header": ("simple", False),
    "cookie": ("form", True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all operations of an API have in common."""

    api: Api
    models: Models
    jobs: str
    error_classes: Mapping[tuple[str, str], str]


def declaration(
    constant: str,
    result: str,
    arguments: Arguments,
    around: Surroundings,
    imports: Imports,
) -> str:
    """`PLACE_ORDER: JobOperation[models.Order] = JobOperation(…)`"""
    is_async = arguments.named.operation.is_async
    kind = "JobOperation" if is_async else "Operation"
    imports.add(".runtime.remote_job" if is_async else ".runtime.call", kind)
    options = _options(arguments, around, imports)
    return f"{constant}: {kind}[{result}] = {call(kind, options, used=200)}"


def handled(named: Named, around: Surroundings, imports: Imports) -> str:
    """The result, and after it the progress where the document gives it a type."""
    result = result_of(named, around, imports)
    progress = progress_of(named, around.models, imports)
    return f"{result}, {progress}" if progress else result


def result_of(named: Named, around: Surroundings, imports: Imports) -> str:
    """The type of what a call returns, or its job results in."""
    kinds: dict[str, None] = {}
    for response in named.results:
        if named.stream is not None and not response.contents:
            continue  # the end of the stream
        if has_envelope(response):
            imports.add(".", "responses")
            kinds[f"responses.{named.response_class(response)}"] = None
        else:
            body = response_body(named, response, around)
            imports.update(body.types)
            kinds[body.annotation] = None
    return " | ".join(kinds) or "None"


def progress_of(named: Named, models: Models, imports: Imports) -> str:
    """The type of an operation's progress; empty where the document gives it none."""
    schema = named.operation.processing.progress
    if schema is None:
        return ""
    found = models.annotation(schema, hint=f"{named.prefix}Progress", direction="out")
    imports.update(found.said_imports)
    return found.said


def response_body(named: Named, response: Response, around: Surroundings) -> ClientBody:
    """What a response's body may be."""
    return _bodies(named, around.models)[response.status]


@once
def _bodies(named: Named, models: Models) -> dict[str, ClientBody]:
    return {one.status: _body(named, one, models) for one in named.operation.responses}


def _body(named: Named, response: Response, models: Models) -> ClientBody:
    if named.stream is not None and is_stream(named, response):
        return _stream_body(named.stream, named, models)
    hint = f"{named.response_class(response)}Body"
    return client_body(response.contents, models, hint, "out")


def _stream_body(stream: Stream, named: Named, models: Models) -> ClientBody:
    """The representations of a stream; its values are the items."""
    found = client_sequences(stream, named, models)
    return ClientBody(
        found.media_types, found.mapping, found.annotation, found.imports, found.types
    )


def has_envelope(response: Response) -> bool:
    """Whether a result comes with its headers: only then it is more than its body."""
    if not response.headers or stream_contents(response):
        return False
    return any([one.name.lower() != "content-type" for one in response.headers])


def _options(
    arguments: Arguments, around: Surroundings, imports: Imports
) -> Iterator[str]:
    named = arguments.named
    operation = named.operation
    yield f"name={string(operation.id)}"
    yield f"method={string(operation.method)}"
    yield f"path={string(operation.called_path)}"
    if arguments.parameters:
        yield f"parameters={_parameters(arguments, imports)}"
    if arguments.body.media_types:
        imports.update(arguments.body.imports)
        yield f"contents={arguments.body.mapping}"
        if arguments.body_required and _has_null(arguments.body.annotation):
            yield "takes_null=True"
    if answers := list(_answers(named, around, imports)):
        yield f"answers={{{', '.join(answers)}}}"
    if security := security_of(operation.security, around.api):
        yield f"security={security}"
    if operation.is_async:
        yield from _job_options(arguments, around, imports)


def _has_null(annotation: str) -> bool:
    """Whether None is one of the type's values, of those that are sent as null."""
    return not {"None", "Any", "JsonValue"}.isdisjoint(annotation.split(" | "))


def _job_options(
    arguments: Arguments, around: Surroundings, imports: Imports
) -> Iterator[str]:
    processing = arguments.named.operation.processing
    if around.jobs != "/jobs":
        yield f"jobs={string(around.jobs)}"
    if progress := progress_of(arguments.named, around.models, imports):
        yield f"progress={progress}"
    if processing.type == "auto":
        yield f"held={processing.wait!r}"
    if not arguments.key:
        yield "keyed=False"


def _parameters(arguments: Arguments, imports: Imports) -> str:
    made = []
    for one in arguments.parameters:
        place = PLACES[one.parameter.location]
        imports.add(".runtime.encoding", place)
        imports.update(one.annotation.imports)
        options = _parameter_options(one.parameter)
        said = (string(one.parameter.name), one.annotation.text, *options)
        made.append(call(place, said, used=200))
    return tuple_of(made)


def _parameter_options(parameter: Parameter) -> Iterator[str]:
    if parameter.content is not None:
        if parameter.content.content_type != FORM:
            yield "as_json=True"
        return
    style, explode = USUAL.get(parameter.location, (parameter.style, parameter.explode))
    if parameter.style != style:
        yield f"style={string(parameter.style)}"
    if parameter.explode != explode:
        yield f"explode={parameter.explode}"
    if parameter.allow_reserved:
        yield "allow_reserved=True"


def _answers(named: Named, around: Surroundings, imports: Imports) -> Iterator[str]:
    for response in named.results:
        options = [*_outcome(named, response, around, imports)]
        if has_envelope(response):
            imports.add(".", "responses")
            options.append(f"envelope=responses.{named.response_class(response)}")
        imports.add(".runtime.decoding", "Returns")
        yield f"{string(status_of(response))}: {call('Returns', options, used=200)}"
    for response in named.errors:
        name = around.error_classes[named.operation.id, response.status]
        options = [*_outcome(named, response, around, imports)]
        imports.add(".", "errors")
        imports.add(".runtime.decoding", "Raises")
        made = call("Raises", (*options, f"error=errors.{name}"), used=200)
        yield f"{string(status_of(response))}: {made}"
    if not named.operation.responses:
        imports.add(".runtime.decoding", "Returns")
        yield '"2XX": Returns()'


def status_of(response: Response) -> str:
    """`200`, `4XX`, `default`"""
    return response.status.upper() if response.status != "default" else "default"


def _outcome(
    named: Named, response: Response, around: Surroundings, imports: Imports
) -> Iterator[str]:
    models = around.models
    body = response_body(named, response, around)
    if body.media_types:
        imports.update(body.imports)
        yield body.mapping
    entries = [
        f"{string(one.name)}: {_header(one, models, imports)}"
        for one in declared_headers(named, response, models, TAKEN)
    ]
    if entries:
        given = f"{{{', '.join(entries)}}}"
        yield given if body.media_types else f"headers={given}"


TAKEN = frozenset(
    "add_note args body content headers operation problem status told with_traceback".split()
)
"""The attributes that results and errors have beside those named from headers."""


def _header(declared: DeclaredHeader, models: Models, imports: Imports) -> str:
    imports.add(".runtime.decoding", "ResponseHeader")
    imports.update(declared.annotation.imports)
    header = declared.header
    options = [string(header.name), declared.annotation.text]
    kind = models.kind(header.schema)
    if header.schema is not None and kind != "string":
        options.append(f"kind={literal(kind)}")
    options += ["required=True"] if header.required else []
    options += ["explode=True"] if header.explode else []
    options += ["as_json=True"] if header.content else []
    return call("ResponseHeader", options, used=200)


def security_of(security: tuple[Requirement, ...], api: Api) -> str:
    """`(("partner",), ("staff", "key"))`; what a certificate proves is no credential."""
    alternatives = []
    for needs in security:
        names = [n.scheme for n in needs if api.schemes[n.scheme].type != "mutualTLS"]
        alternatives.append(tuple_of(map(string, names)))
    return tuple_of(alternatives) if any(one != "()" for one in alternatives) else ""
