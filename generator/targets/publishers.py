"""`publishers.py` of the service: a typed function for each kind of message that it sends."""

from __future__ import annotations

from collections.abc import Iterator

from generator.python import (
    Import,
    Imports,
    Signature,
    call,
    docstring,
    literal,
    string,
)
from generator.targets.channels import binding_options
from generator.targets.consumers import replies_call
from generator.targets.deprecations import noted
from generator.targets.exchange_names import ADDRESS, NamedExchange, NamedExchanges
from generator.targets.message_kinds import (
    body_union,
    headers_type,
    needs_headers,
    outgoing_union,
)
from generator.targets.models import Models
from generator.value import dataclass


@dataclass(frozen=True, slots=True)
class PublisherView:
    """One send operation: its declaration, and the function that sends."""

    declaration: str
    signature: str
    docstring: str
    statement: str


@dataclass(frozen=True, slots=True)
class PublishersView:
    """The module."""

    imports: str
    publishers: tuple[PublisherView, ...]
    all: str


def publishers_view(named: NamedExchanges, models: Models) -> PublishersView:
    """Every send operation, in the document's order."""
    imports = Imports()
    views = tuple(_publisher(one, models, imports) for one in named.sent)
    names = [one.constant for one in named.sent]
    listed = f"({', '.join(names)}{',' if len(names) == 1 else ''})"
    return PublishersView(imports.text, views, listed)


def _publisher(named: NamedExchange, models: Models, imports: Imports) -> PublisherView:
    exchange = named.exchange
    for one in (named.channel, named.reply_channel, *named.messages, *named.replies):
        if one is not None:
            imports.add(".channels", one.constant)
    text = "\n\n".join(filter(None, (exchange.summary, exchange.description)))
    default = f"Send a message of {exchange.id}."
    return PublisherView(
        _declaration(named, models, imports),
        Signature(
            name=named.method,
            params=tuple(_params(named, models, imports)),
            returns=_answer(named, models, imports),
            is_async=True,
        ).text,
        docstring(noted(text, exchange.deprecated, default), 4, default),
        _statement(named, models),
    )


def _answer(named: NamedExchange, models: Models, imports: Imports) -> str:
    """What the message is answered with; None where there is no reply."""
    found = body_union(named.replies, models)
    imports.update(found.imports)
    return found.said


def _declaration(named: NamedExchange, models: Models, imports: Imports) -> str:
    kinds = [one.constant for one in named.messages]
    arguments = [
        string(named.exchange.id),
        named.channel.constant,
        f"({', '.join(kinds)}{',' if len(kinds) == 1 else ''})",
    ]
    if named.replies:
        arguments.append(f"reply={replies_call(named, imports.wanted)}")
    if options := binding_options(named.exchange.bindings):
        arguments.append(f"options={literal({**options})}")
    answer = _answer(named, models, imports)
    made = "CallPublisher" if _asks(named) else "Publisher"
    imports.add(f".runtime.{'call_publisher' if _asks(named) else 'publisher'}", made)
    kind = made if answer == "None" else f"{made}[{answer}]"
    return f"{named.constant}: {kind} = {call(made, arguments, used=200)}"


def _asks(named: NamedExchange) -> bool:
    """Whether it is a call whose query the document describes."""
    bindings = named.exchange.bindings
    described = any("query" in one.fields for one in bindings if one.protocol == "http")
    return named.channel.kind == "call" and described


def _params(named: NamedExchange, models: Models, imports: Imports) -> Iterator[str]:
    body = (
        body_union(named.messages, models)
        if len(named.messages) == 1
        else outgoing_union(named.messages, models)
    )
    imports.update(body.imports)
    is_open = [one.message.payload for one in named.messages] == [None]
    yield f"body: {body.said}" + (' = b""' if is_open else "")
    keywords = [*_parameters(named), *_headers(named, models, imports.wanted)]
    if not named.replies:
        keywords.append("correlation_id: str | None = None")
    if named.channel.kind == "broker":
        keywords.append("key: str | None = None")
    if _asks(named):
        imports.add("collections.abc", "Mapping")
        keywords.append("query: Mapping[str, str] | None = None")
    if named.replies:
        keywords.append("timeout: float = 30.0")
    yield from ("*", *keywords) if keywords else ()


def _parameters(named: NamedExchange) -> Iterator[str]:
    if named.channel.channel.address is None:
        yield f"{ADDRESS}: str"
    for one in named.channel.parameters:
        given = one.parameter.default is None and one.parameter.location is None
        yield f"{one.name}: str" + ("" if given else " | None = None")


def _headers(
    named: NamedExchange, models: Models, imports: set[Import]
) -> Iterator[str]:
    """The headers of a sole kind of message; of several, each goes with its body."""
    if len(named.messages) != 1:
        return
    (sole,) = named.messages
    found = headers_type(sole, models)
    if found is None:
        imports.add(Import("collections.abc", "Mapping"))
        yield "headers: Mapping[str, str] | None = None"
        return
    imports.update(found.said_imports)
    is_needed = needs_headers(sole.message, models)
    yield f"headers: {found.said}" + ("" if is_needed else " | None = None")


def _statement(named: NamedExchange, models: Models) -> str:
    entries = [
        f"{string(one.parameter.name)}: {one.name}" for one in named.channel.parameters
    ]
    if named.channel.channel.address is None:
        entries = [f"{string(ADDRESS)}: {ADDRESS}"]
    arguments = ["body", *([f"{{{', '.join(entries)}}}"] if entries else [])]
    arguments += ["headers=headers"] if len(named.messages) == 1 else []
    if not named.replies:
        arguments.append("correlation_id=correlation_id")
    if named.channel.kind == "broker":
        arguments.append("key=key")
    sender = f"{named.constant}.asking(query)" if _asks(named) else named.constant
    if named.replies:
        given = [*arguments, "timeout=timeout"]
        called = call(f"{sender}.request", given, indent=4, used=13)
        return f"return await {called}"
    return f"await {call(f'{sender}.send', arguments, indent=4, used=6)}"
