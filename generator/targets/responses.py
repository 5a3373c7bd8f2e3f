"""`responses.py`: a class for each declared response of each operation."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Header, Response
from generator.python import Import, Imports, Signature, call, docstring, string
from generator.streams import Stream, stream_contents
from generator.targets.contents import Representations, representations, union
from generator.targets.headers import declared_headers
from generator.targets.models import Models
from generator.targets.naming import Named, Naming
from generator.targets.once import once
from generator.targets.streams import is_stream, service_sequences
from generator.value import dataclass

OWN = frozenset({"body", "status", "media_type", "headers", "self"})


@dataclass(frozen=True, slots=True)
class ResponseView:
    """One class; each attribute is a whole statement."""

    name: str
    parent: str
    docstring: str
    attributes: tuple[str, ...]
    constructor: str
    initialization: str


@dataclass(frozen=True, slots=True)
class ResponsesView:
    """The module."""

    imports: str
    responses: tuple[ResponseView, ...]


@dataclass(frozen=True, slots=True)
class ReplyHeader:
    """A declared header as an argument of the response's class."""

    field: str
    header: Header
    annotation: str
    declaration: str


def body_of(named: Named, response: Response, models: Models) -> Representations:
    """What the response's body may be; that of a stream is none that a reply has."""
    return _bodies(named, models)[response.status]


@once
def _bodies(named: Named, models: Models) -> dict[str, Representations]:
    """The bodies of an operation's responses: its handler, route and answers ask for them."""
    return {
        one.status: representations(
            () if is_stream(named, one) else one.contents,
            models,
            named.response_class(one) + "Body",
            "out",
        )
        for one in named.operation.responses
    }


def responses_view(naming: Naming, models: Models) -> ResponsesView:
    """Every declared response as the class that handlers return."""
    imports = Imports()
    views = tuple(
        _view(named, response, models, imports)
        for named in naming.operations
        for response in named.operation.responses
    )
    return ResponsesView(imports.text, views)


def _view(
    named: Named, response: Response, models: Models, imports: Imports
) -> ResponseView:
    stream = named.stream
    body = body_of(named, response, models)
    imports.update(body.imports)
    headers = tuple(reply_headers(named, response, models, imports))
    attributes = [*_attributes(response, body, headers)]
    parent = "Reply"
    if stream is not None and is_stream(named, response):
        parent = "StreamReply"
        imports.add(".runtime.streams", "StreamReply")
        sequences = service_sequences(stream, named, models)
        imports.update(sequences.imports)
        attributes.append(f"sequences = {sequences.mapping}")
    else:
        imports.add(".runtime.replies", "Reply")
    return ResponseView(
        name=named.response_class(response),
        parent=parent,
        docstring=said_of(named, response),
        attributes=tuple(attributes),
        constructor=Signature(
            name="__init__",
            params=("self", *_params(response, body, headers)),
            indent=4,
        ).text,
        initialization=call(
            "super().__init__", _passed(response, body, headers), indent=8
        ),
    )


def said_of(named: Named, response: Response) -> str:
    """What the document says about a response, as a docstring."""
    text = response.description
    if not text.strip():
        text = f"{response.status} of {named.operation.id}."
    return docstring(text)


def reply_headers(
    named: Named, response: Response, models: Models, imports: Imports
) -> Iterator[ReplyHeader]:
    """The response's headers as arguments; what they need is added to the imports."""
    for declared in declared_headers(named, response, models, OWN):
        header, found = declared.header, declared.annotation
        imports.update(found.imports | found.said_imports)
        imports.add(".runtime.replies", "ReplyHeader")
        options = [string(header.name), found.text]
        options += ["required=True"] if header.required else []
        options += ["explode=True"] if header.explode else []
        options += ["content=True"] if header.content else []
        made = f"{string(declared.name)}: {call('ReplyHeader', options)}"
        yield ReplyHeader(declared.name, header, found.said, made)


def _attributes(
    response: Response, body: Representations, headers: tuple[ReplyHeader, ...]
) -> Iterator[str]:
    if response.status.isdigit():
        yield f"status_code = {response.status}"
    if body.items:
        yield f"contents = {body.mapping}"
    if headers:
        yield f"header_types = {{{', '.join(h.declaration for h in headers)}}}"


def _params(
    response: Response, body: Representations, headers: tuple[ReplyHeader, ...]
) -> Iterator[str]:
    if not response.status.isdigit():
        is_opening = response.is_success and stream_contents(response)
        yield "status: int = 200" if is_opening else "status: int"
    if body.items:
        yield f"body: {body.annotation}"
    if headers or len(body.items) > 1:
        yield "*"
    for header in headers:
        if header.header.required:
            yield f"{header.field}: {header.annotation}"
    for header in headers:
        if not header.header.required:
            yield f"{header.field}: {optional(header.annotation)} = None"
    if len(body.items) > 1:
        yield "media_type: str | None = None"


def optional(annotation: str) -> str:
    """The type, or None."""
    return annotation if _has_none(annotation) else f"{annotation} | None"


def _has_none(annotation: str) -> bool:
    return annotation in ("None", "Any") or annotation.endswith(" | None")


def _passed(
    response: Response, body: Representations, headers: tuple[ReplyHeader, ...]
) -> Iterator[str]:
    if body.items:
        yield "body"
    if not response.status.isdigit():
        yield "status=status"
    if len(body.items) > 1:
        yield "media_type=media_type"
    if headers:
        entries = ", ".join(f"{string(h.field)}: {h.field}" for h in headers)
        yield f"headers={{{entries}}}"


@once
def returned(named: Named, models: Models) -> tuple[str, tuple[Import, ...]]:
    """What the operation's handler returns.

    A sole success is returned as its bare body, unless it has headers that must be set.
    """
    if named.stream is not None:
        return streamed(named, named.stream, models)
    kinds: list[str] = []
    imports: list[Import] = []
    successes, sole = named.successes, named.sole
    known = [one.status for one in successes]
    others = [r for r in named.operation.responses if r.status not in known]
    for response in (*successes, *others):
        name = named.response_class(response)
        if response is sole:
            body = body_of(named, response, models)
            imports += body.types
            kinds.append(body.annotation)
            if not response.headers and len(body.items) < 2:
                continue
        kinds.append(name)
        imports.append(Import(".responses", name))
    return " | ".join(kinds) or "None", tuple(imports)


def streamed(
    named: Named, stream: Stream, models: Models
) -> tuple[str, tuple[Import, ...]]:
    """What the generator of a stream yields: items, or once and first an answer."""
    sequences = service_sequences(stream, named, models)
    names = [named.response_class(r) for r in named.operation.responses]
    imports = [Import(".responses", name) for name in names]
    imports += [Import("collections.abc", "AsyncIterator"), *sequences.types]
    return f"AsyncIterator[{union([sequences.annotation, *names])}]", tuple(imports)
