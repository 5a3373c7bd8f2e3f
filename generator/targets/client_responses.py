"""`errors.py` and `responses.py` of the client: declared errors, and results that have headers."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Response
from generator.python import Imports, docstring
from generator.targets.client_operations import (
    TAKEN,
    Surroundings,
    has_envelope,
    response_body,
)
from generator.targets.deprecations import noted
from generator.targets.headers import DeclaredHeader, declared_headers
from generator.targets.naming import Named, Naming
from generator.targets.responses import optional, said_of
from generator.value import dataclass

CALL_ERRORS = (
    "ApiError",
    "ClientError",
    "ConnectionFailed",
    "ForeignUrl",
    "Problem",
    "UnreadableResponse",
    "UnsendableArgument",
)
MESSAGE_ERRORS = (
    "MessageRefused",
    "ReplyTimeout",
    "UnreadableMessage",
    "UnsendableMessage",
)
JOB_ERRORS = (
    "JobCanceled",
    "JobError",
    "JobExpired",
    "JobFailed",
    "JobTimeout",
    "JobUnknown",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredView:
    """The class of one response; each field is a whole statement."""

    name: str
    docstring: str
    body: str
    headers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorsView:
    """errors.py"""

    title: str
    imports: str
    exported: tuple[str, ...]
    errors: tuple[DeclaredView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopesView:
    """responses.py"""

    title: str
    imports: str
    envelopes: tuple[DeclaredView, ...]


def errors_view(title: str, names: Naming, around: Surroundings) -> ErrorsView:
    """A class for every declared error, beside those that every call may raise."""
    imports = Imports()
    imports.add("__future__", "annotations")
    known = dict(_known(names))
    for name, place in known.items():
        imports.add(place, name)
    errors = tuple(_errors(names, around, imports))
    return ErrorsView(
        title=docstring(
            f"What {title} declares as errors, and what any call may raise.", 0
        ),
        imports=imports.text,
        exported=tuple(sorted({*known, *(error.name for error in errors)})),
        errors=errors,
    )


def _known(names: Naming) -> Iterator[tuple[str, str]]:
    """What the runtime raises, and the modules where it is."""
    has_messages = bool(names.messaging.exchanges)
    is_called = bool(names.operations) or not has_messages
    yield from ((name, ".runtime.errors") for name in CALL_ERRORS if is_called)
    if has_messages:
        for name in ("ClientError", "ConnectionFailed", "Problem"):
            yield name, ".runtime.errors"
        yield from ((name, ".runtime.message_errors") for name in MESSAGE_ERRORS)
    if names.jobs:
        yield from ((name, ".runtime.errors") for name in JOB_ERRORS)


def _errors(
    names: Naming, around: Surroundings, imports: Imports
) -> Iterator[DeclaredView]:
    for named in names.operations:
        for response in named.errors:
            name = around.error_classes[named.operation.id, response.status]
            yield _declared(name, named, response, around, imports)


def envelopes_view(
    title: str, names: Naming, around: Surroundings
) -> EnvelopesView | None:
    """A class for every result that declares headers, if there are any."""
    imports = Imports()
    imports.add("__future__", "annotations")
    imports.add("dataclasses", "dataclass")
    envelopes = tuple(
        _declared(named.response_class(response), named, response, around, imports)
        for named in names.operations
        for response in named.results
        if has_envelope(response)
    )
    if not envelopes:
        return None
    told = f"The results of {title} that have headers: each with its body and their values."
    return EnvelopesView(
        title=docstring(told, 0), imports=imports.text, envelopes=envelopes
    )


def _declared(
    name: str, named: Named, response: Response, around: Surroundings, imports: Imports
) -> DeclaredView:
    body = response_body(named, response, around)
    imports.update(body.types)
    headers = tuple(declared_headers(named, response, around.models, TAKEN))
    for one in headers:
        imports.update(one.annotation.said_imports)
    return DeclaredView(
        name=name,
        docstring=said_of(named, response),
        body=f"body: {body.annotation}",
        headers=tuple(map(_attribute, headers)),
    )


def _attribute(declared: DeclaredHeader) -> str:
    """One header with its type; what the document says of it stands below."""
    annotation = declared.annotation.said
    if not declared.header.required:
        annotation = optional(annotation)
    statement = f"{declared.name}: {annotation}"
    header = declared.header
    told = docstring(noted(header.description, header.deprecated), 4)
    return f"{statement}\n    {told}" if told else statement
