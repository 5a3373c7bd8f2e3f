"""`handlers.py` of the service: the abstract class that the user's handlers fill in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from generator.model import (
    ABSENT,
    Absent,
    Api,
    Json,
    Operation,
    Parameter,
    Schema,
    Scheme,
)
from generator.names import pascal
from generator.python import Import, Imports, Signature, docstring
from generator.targets.contents import Representations, representations
from generator.targets.deprecations import noted, noted_arguments
from generator.targets.exchange_names import NamedExchange, NamedMessage
from generator.targets.message_kinds import body_union, headers_union, outgoing_union
from generator.targets.expressions import Annotation
from generator.targets.models import Models
from generator.targets.naming import LAST_EVENT, Argument, Named, Naming
from generator.targets.once import once
from generator.targets.queued import is_acceptance
from generator.targets.refusals import own_errors
from generator.targets.responses import optional, returned
from generator.value import dataclass


@dataclass(frozen=True, slots=True)
class MethodView:
    """One abstract method: `async def` up to the colon, and its docstring."""

    signature: str
    docstring: str


@dataclass(frozen=True, slots=True)
class HandlersView:
    """The module."""

    imports: str
    docstring: str
    methods: tuple[MethodView, ...]
    optional: tuple[MethodView, ...]
    """What need not be overridden: whose jobs messages become, and how refusals are told."""


def handlers_view(api: Api, naming: Naming, models: Models) -> HandlersView:
    """The abstract methods in the document's order, the security schemes' last."""
    imports = Imports()
    imports.add("abc", "abstractmethod")
    imports.add(".runtime.lifespan", "Lifespan")
    methods = [_method(named, models, imports) for named in naming.operations]
    methods += [
        _taking(named, naming, models, imports)
        for named in naming.messaging.received
        if named.exchange.id not in called_ids(naming)
    ]
    methods += [
        _authenticate(scheme, naming.schemes[name], imports)
        for name, scheme in api.schemes.items()
    ]
    title = f"The operations of {api.title}: implement each in a class of your own."
    others = [*_owner_of(naming, models, imports), *_telling(naming, models, imports)]
    return HandlersView(imports.text, docstring(title), tuple(methods), tuple(others))


def called_ids(naming: Naming) -> frozenset[str]:
    """The operations that are asked for over HTTP: a message may bring them too."""
    return frozenset(named.operation.id for named in naming.operations)


def exchange_signature(
    named: NamedExchange, naming: Naming, models: Models, imports: Imports
) -> Signature:
    """`async def ping_request(self, body: models.Ping, message: Message) -> models.Pong`"""
    body = body_union(named.messages, models)
    answer = outgoing_union(answers(named), models)
    imports.update(body.imports | answer.imports)
    job = naming.jobs.get(named.exchange.id)
    beside = (
        f"message: {message_type(named.messages, models, imports)}"
        if job is None
        else f"job: {job_type(job, models, imports)}"
    )
    parameters = [f"{one.name}: str" for one in named.channel.parameters]
    return Signature(
        name=named.method,
        params=("self", *parameters, f"body: {body.said}", beside),
        returns=answer.said,
        is_async=True,
        indent=4,
    )


def answers(named: NamedExchange) -> tuple[NamedMessage, ...]:
    """The replies that a handler gives: that a job was taken is told without it."""
    if not named.exchange.is_async:
        return named.replies
    return tuple(one for one in named.replies if not is_acceptance(one.message))


def message_type(
    messages: Iterable[NamedMessage], models: Models, imports: Imports
) -> str:
    """`Message`, or `Message[models.PingHeaders]` where the document gives the headers a type."""
    imports.add(".runtime.message", "Message")
    headers = headers_union(messages, models)
    if headers is None:
        return "Message"
    imports.update(headers.imports)
    return f"Message[{headers.said}]"


def handler_signature(
    named: Named, models: Models, imports: Imports, *, is_abstract: bool = False
) -> Signature:
    """`async def place_order(self, body: models.NewOrder, job: Job) -> models.Order`

    An abstract stream is a plain function: it is overridden by one with a `yield` in it.
    """
    signature, needed = _signature(named, models)
    imports.update(needed)
    if is_abstract and named.stream is not None:
        return replace(signature, is_async=False)
    return signature


@once
def _signature(named: Named, models: Models) -> tuple[Signature, set[Import]]:
    """The head of the method that is overridden by the user's, and what it needs."""
    returns, needed = returned(named, models)
    imports = Imports({*needed})
    params = ["self"]
    annotations = argument_annotations(named, models)
    for argument, found in zip(named.arguments, annotations, strict=True):
        imports.update(found.said_imports)
        params.append(f"{argument.name}: {found.said}")
    body = request_body(named, models)
    if body.items:
        imports.update(body.types)
        params.append(f"body: {body_annotation(named, body)}")
    params += _extra_arguments(named, models, imports)
    made = Signature(
        name=named.method,
        params=tuple(params),
        returns=returns,
        is_async=True,
        indent=4,
    )
    return made, imports.wanted


def _extra_arguments(named: Named, models: Models, imports: Imports) -> Iterator[str]:
    """The job of an asynchronous operation, the last event of a stream, the caller."""
    if named.operation.is_async:
        yield f"job: {job_type(named, models, imports)}"
        return
    if named.adds_last_event:
        yield f"{LAST_EVENT}: str | None"
    if named.operation.security:
        imports.add(".runtime.access", "Caller")
        yield f"caller: {'Caller | None' if open_to_all(named) else 'Caller'}"


def job_type(named: Named, models: Models, imports: Imports) -> str:
    """`Job`, or `Job[models.Step]` where the document gives the progress a type."""
    imports.add(".runtime.job", "Job")
    schema = named.operation.processing.progress
    if schema is None:
        return "Job"
    found = models.annotation(schema, hint=f"{named.prefix}Progress", direction="out")
    imports.update(found.said_imports)
    return f"Job[{found.said}]"


def open_to_all(named: Named) -> bool:
    """Whether one of the alternatives lets anybody in."""
    return not all(named.operation.security)


@once
def argument_annotations(named: Named, models: Models) -> tuple[Annotation, ...]:
    """The types of the parameters; an optional one without a default may be None."""
    return tuple([_annotation(named, one, models) for one in named.arguments])


def _annotation(named: Named, argument: Argument, models: Models) -> Annotation:
    parameter = argument.parameter
    hint = f"{named.prefix}{pascal(argument.name)}"
    found = models.annotation(schema_of(parameter), hint=hint, direction="in")
    if parameter.required or default_of(parameter, models) is not ABSENT:
        return found
    return replace(found, said=optional(found.said))


def schema_of(parameter: Parameter) -> Schema | None:
    """The parameter's own schema, or its content's."""
    return parameter.schema or (parameter.content.schema if parameter.content else None)


def default_of(parameter: Parameter, models: Models) -> Json | Absent:
    """What the document says that an absent parameter means."""
    schema = schema_of(parameter)
    return ABSENT if schema is None else models.default(schema)


@once
def request_body(named: Named, models: Models) -> Representations:
    """What the request's body may be."""
    body = named.operation.body
    contents = body.contents if body else ()
    return representations(contents, models, f"{named.prefix}Body", "in")


def body_annotation(named: Named, body: Representations) -> str:
    """The type of the body; an optional one may be None."""
    assert named.operation.body is not None
    required = named.operation.body.required
    return body.annotation if required else optional(body.annotation)


def _method(named: Named, models: Models, imports: Imports) -> MethodView:
    signature = handler_signature(named, models, imports, is_abstract=True)
    arguments = [(one.name, one.parameter) for one in named.arguments]
    return MethodView(signature.text, told_of(named.operation, arguments))


def told_of(operation: Operation, arguments: Iterable[tuple[str, Parameter]]) -> str:
    """What the document says about an operation, as the docstring of a method with these arguments."""
    text = "\n\n".join(filter(None, (operation.summary, operation.description)))
    default = f"{operation.method} {operation.path}"
    told = noted(text, operation.deprecated, default)
    return docstring(noted_arguments(told, arguments), 8, default)


def _taking(
    named: NamedExchange, naming: Naming, models: Models, imports: Imports
) -> MethodView:
    """The method that a message of a receive operation goes to."""
    exchange = named.exchange
    text = "\n\n".join(filter(None, (exchange.summary, exchange.description)))
    address = exchange.channel.address or exchange.channel.name
    return MethodView(
        exchange_signature(named, naming, models, imports).text,
        docstring(noted(text, exchange.deprecated, f"Messages of {address}"), 8),
    )


def _owner_of(naming: Naming, models: Models, imports: Imports) -> Iterator[MethodView]:
    """The method that is asked for every message that becomes a job."""
    if naming.owner_of is None:
        return
    received = naming.messaging.received
    brought = [
        one for each in received if each.exchange.is_async for one in each.messages
    ]
    body = body_union(brought, models)
    imports.update(body.imports)
    signature = Signature(
        name=naming.owner_of,
        params=(
            "self",
            f"body: {body.said}",
            f"message: {message_type(brought, models, imports)}",
        ),
        returns="str | None",
        is_async=True,
        indent=4,
    )
    text = (
        "The `Caller.id` that may ask for the job of a message over HTTP; None: nobody."
    )
    yield MethodView(signature.text, docstring(text, 8))


def _telling(naming: Naming, models: Models, imports: Imports) -> Iterator[MethodView]:
    """The methods that say what the service refuses in the document's words."""
    for error in own_errors(naming, models).methods.values():
        imports.update(error.imports)
        signature = error.signature(is_drafted=False)
        yield MethodView(signature.text, error.docstring)


def _authenticate(scheme: Scheme, name: str, imports: Imports) -> MethodView:
    imports.add(".runtime.access", "Caller")
    signature = authenticate_signature(scheme, name)
    default = "The caller that has these credentials, or None."
    told = noted(scheme.description, scheme.deprecated, default)
    return MethodView(signature.text, docstring(told, 8, default))


def authenticate_signature(scheme: Scheme, name: str) -> Signature:
    """`async def authenticate_staff(self, token: str) -> Caller | None`"""
    return Signature(
        name=f"authenticate_{name}",
        params=("self", *(f"{word}: str" for word in credentials(scheme))),
        returns="Caller | None",
        is_async=True,
        indent=4,
    )


def credentials(scheme: Scheme) -> Iterable[str]:
    """What a caller presents, as arguments."""
    if scheme.type == "apiKey":
        return ("key",)
    if scheme.type == "mutualTLS":
        return ("certificate",)
    if scheme.type == "http" and (scheme.scheme or "").lower() == "basic":
        return ("user", "password")
    if scheme.type == "http" and (scheme.scheme or "").lower() != "bearer":
        return ("credentials",)
    return ("token",)
