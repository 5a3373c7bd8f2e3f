"""The arguments of a call: what a caller writes, and what the method's body passes on."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Operation, Parameter
from generator.names import ARGUMENTS, Scope, pascal
from generator.python import Imports, string
from generator.targets.client_bodies import ClientBody, client_body
from generator.targets.expressions import Annotation
from generator.targets.handlers import schema_of
from generator.targets.models import Models
from generator.targets.naming import LAST_EVENT, Argument, Named
from generator.targets.once import once
from generator.targets.responses import optional
from generator.value import dataclass

TAKEN = ARGUMENTS | {"body", "start_job", "resume_job", "ItemStream"}
"""What no argument is called: the methods use these names themselves."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A parameter by the name that a caller knows it by, with the type of its value."""

    name: str
    parameter: Parameter
    annotation: Annotation


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """The arguments of one operation; an empty name means that there is no such argument."""

    named: Named
    body: ClientBody
    parameters: tuple[Passed, ...]
    media_type: str = ""
    key: str = ""
    wait: str = ""
    last_event: str = ""

    @property
    def body_required(self) -> bool:
        body = self.named.operation.body
        return body is not None and body.required

    @property
    def is_range(self) -> bool:
        """Whether only the caller knows which media type the body is."""
        first = self.body.media_types[0]
        return first.endswith("/*") and first != "*/*"


@once
def arguments_of(named: Named, models: Models) -> Arguments:
    """The arguments, each by a name of its own."""
    operation = named.operation
    body = request_body(named, models)
    scope = Scope(TAKEN)
    parameters = tuple([_passed(one, named, scope, models) for one in named.arguments])
    choice = len(body.media_types) > 1 or "*" in "".join(body.media_types)
    return Arguments(
        named=named,
        body=body,
        parameters=parameters,
        media_type=scope.take("content_type") if choice else "",
        key=scope.take("idempotency_key") if takes_key(operation) else "",
        wait=scope.take("wait") if operation.processing.type == "auto" else "",
        last_event=scope.take(LAST_EVENT) if named.adds_last_event else "",
    )


def request_body(named: Named, models: Models) -> ClientBody:
    """What the request's body may be."""
    body = named.operation.body
    contents = body.contents if body else ()
    return client_body(contents, models, f"{named.prefix}Body", "in")


def takes_key(operation: Operation) -> bool:
    """Whether we add an idempotency key; one that the document declares is a parameter."""
    if not operation.is_async or operation.processing.idempotency == "off":
        return False
    return not any(
        one.location == "header" and one.name.lower() == "idempotency-key"
        for one in operation.parameters
    )


def _passed(argument: Argument, named: Named, scope: Scope, models: Models) -> Passed:
    hint = f"{named.prefix}{pascal(argument.name)}"
    schema = schema_of(argument.parameter)
    found = models.annotation(schema, hint=hint, direction="in")
    return Passed(scope.take(argument.name), argument.parameter, found)


def params(arguments: Arguments, imports: Imports) -> Iterator[str]:
    """The parameters of the method: required ones by place, optional ones by name only."""
    required, optionals = [], []
    for one in arguments.parameters:
        said = one.annotation.said
        imports.update(one.annotation.said_imports)
        if one.parameter.required:
            required.append(f"{one.name}: {said}")
        else:
            optionals.append(f"{one.name}: {optional(said)} = None")
    if arguments.body.media_types:
        imports.update(arguments.body.types)
        annotation = arguments.body.annotation
        if arguments.body_required:
            required.append(f"body: {annotation}")
        else:
            optionals.append(f"body: {optional(annotation)} = None")
    yield from required
    optionals += _extras(arguments, imports)
    if optionals:
        yield "*"
        yield from optionals


def _extras(arguments: Arguments, imports: Imports) -> Iterator[str]:
    if arguments.media_type:
        listed = arguments.body.media_types
        kind = "str"
        if not any("*" in one for one in listed):
            imports.add("typing", "Literal")
            kind = f"Literal[{', '.join(map(string, listed))}]"
        given = "" if arguments.is_range else f" = {string(listed[0])}"
        # Of a range of media types only the caller knows which one it is.
        yield f"{arguments.media_type}: {kind}{given}"
    if arguments.key:
        yield f"{arguments.key}: str | None = None"
    if arguments.wait:
        yield f"{arguments.wait}: float | None = None"
    if arguments.last_event:
        yield f"{arguments.last_event}: str | None = None"


def passed(arguments: Arguments) -> Iterator[str]:
    """What the method's body hands on after the operation."""
    names = [one.name for one in arguments.parameters]
    has_body = bool(arguments.body.media_types)
    if names or has_body or arguments.media_type:
        yield f"({', '.join(names)}{',' if len(names) == 1 else ''})"
    if has_body:
        yield "body"
    if arguments.media_type:
        yield arguments.media_type
    if arguments.key:
        yield f"key={arguments.key}"
    if arguments.wait:
        yield f"hold={arguments.wait}"
    if arguments.last_event:
        yield f"last_event_id={arguments.last_event}"
