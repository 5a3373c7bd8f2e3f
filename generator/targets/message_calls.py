"""The other side of each exchange: what a client of messages declares of it, and the method that it is called by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
from generator.targets.deprecations import noted
from generator.targets.exchange_names import (
    ADDRESS,
    NamedChannel,
    NamedExchange,
    NamedExchanges,
    NamedMessage,
    NamedParameter,
)
from generator.targets.message_kinds import (
    Typed,
    body_union,
    headers_type,
    headers_union,
    needs_headers,
    payload_type,
)
from generator.targets.models import Models
from generator.targets.queued import is_acceptance
from generator.targets.responses import optional
from generator.value import dataclass

MAPPING = Typed("Mapping[str, str]", frozenset({Import("collections.abc", "Mapping")}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """One exchange as a client calls it."""

    named: NamedExchange
    declaration: str
    declared: frozenset[Import]
    """What the declaration needs."""
    params: tuple[str, ...]
    passed: tuple[str, ...]
    """The arguments that hand the parameters on to a method of the same name."""
    typed: frozenset[Import]
    """What the signature needs."""
    result: str
    """What a reply carries, or what each of the messages is that come."""
    docstring: str
    statement: str

    @property
    def kind(self) -> str:
        """publish, request, submit, subscribe"""
        return kind_of(self.named)


def kind_of(named: NamedExchange) -> str:
    """What a caller does with an exchange; what no declared reply tells is not waited for."""
    if not named.receives:
        return "subscribe"
    if not named.replies:
        return "publish"
    return "submit" if named.exchange.is_async else "request"


def called(named: NamedExchange, everything: NamedExchanges, models: Models) -> Called:
    """All of it."""
    declared, typed = Imports(), Imports()
    kind = kind_of(named)
    result = _result(named, models, typed)
    arguments = list(_arguments(named, kind, models, typed))
    made = _declaration(named, kind, result, everything, declared)
    told = "\n\n".join(
        filter(None, (named.exchange.summary, named.exchange.description))
    )
    default = f"{named.exchange.id}, at {named.channel.channel.address or 'an address that is told'}."
    return Called(
        named=named,
        declaration=f"{named.constant}{made}",
        declared=frozenset(declared.wanted | typed.wanted),
        params=tuple(_params(arguments)),
        passed=tuple(_passed(arguments)),
        typed=frozenset(typed.wanted),
        result=result,
        docstring=docstring(
            noted(told, named.exchange.deprecated, default), 8, default
        ),
        statement=_statement(named, kind),
    )


# The declaration


def _declaration(
    named: NamedExchange,
    kind: str,
    result: str,
    everything: NamedExchanges,
    imports: Imports,
) -> str:
    """`: Request[models.Pong] = Request(name="pingRequest", …)`"""
    place = ".runtime.remote_exchange"
    made = {"publish": "Publication", "subscribe": "Feed"}.get(kind, "Request")
    imports.add(place, made)
    options = [*_what(named, imports)]
    if kind == "subscribe":
        options += _feed_options(named, everything, imports)
    elif kind != "publish":
        imports.add(place, "Replies")
        options.append(f"replies={call('Replies', _replies(named, imports), used=200)}")
    said = "" if kind == "publish" else f": {made}[{result}]"
    return f"{said} = {call(made, options, used=200)}"


def _what(named: NamedExchange, imports: Imports) -> Iterator[str]:
    imports.add(".channels", named.channel.constant)
    yield f"name={string(named.exchange.id)}"
    yield f"channel={named.channel.constant}"
    yield f"kinds={_kinds(named.messages, imports)}"
    if options := binding_options(named.exchange.bindings):
        yield f"options={literal({**options})}"


def _kinds(messages: Iterable[NamedMessage], imports: Imports) -> str:
    names = [message.constant for message in messages]
    for name in names:
        imports.add(".channels", name)
    return f"({', '.join(names)}{',' if len(names) == 1 else ''})"


def _replies(named: NamedExchange, imports: Imports) -> Iterator[str]:
    reply = named.exchange.reply
    assert reply is not None
    results = list(_results(named))
    yield f"kinds={_kinds(results, imports)}"
    if accepted := [one for one in named.replies if one not in results]:
        yield f"accepted={_kinds(accepted, imports)}"
    if named.reply_channel is not None:
        imports.add(".channels", named.reply_channel.constant)
        yield f"channel={named.reply_channel.constant}"
    if reply.address is not None:
        yield f"address={string(reply.address)}"


def _feed_options(
    named: NamedExchange, everything: NamedExchanges, imports: Imports
) -> Iterator[str]:
    if others := list(_others(named, everything)):
        yield f"others={_kinds(others, imports)}"
    reply = named.exchange.reply
    if reply is None or not named.replies:
        return
    channel = named.reply_channel or named.channel
    imports.add(".channels", channel.constant)
    imports.add(".runtime.remote_exchange", "Publication")
    answers = (
        f"name={string(named.exchange.id)}",
        f"channel={channel.constant}",
        f"kinds={_kinds(named.replies, imports)}",
    )
    yield f"answers={call('Publication', answers, used=200)}"
    if reply.address is not None and channel.kind != "call":
        yield f"reply_address={string(reply.address)}"


def _others(named: NamedExchange, everything: NamedExchanges) -> Iterator[NamedMessage]:
    """The other kinds of messages that travel through the same channel."""
    known = {message.message.key for message in named.messages}
    for one in everything.by_channel[named.channel]:
        found = [one.messages] if one.channel is named.channel else []
        found += [one.replies] if one.reply_channel is named.channel else []
        for message in (each for messages in found for each in messages):
            if message.message.key not in known:
                known.add(message.message.key)
                yield message


# The method


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of the method."""

    name: str
    annotation: str
    default: str | None = None
    keyword: bool = False


def _result(named: NamedExchange, models: Models, imports: Imports) -> str:
    """The body of a reply, or the class of a message that comes."""
    if named.receives:
        found = body_union(_results(named), models)
        imports.update(found.imports)
        return found.said
    kind = "Asking" if named.replies else "Received"
    return (
        " | ".join(
            dict.fromkeys(
                _received(one, kind, named, models, imports) for one in named.messages
            )
        )
        or "Received[object]"
    )


def _results(named: NamedExchange) -> Iterator[NamedMessage]:
    """The replies, without that which only says that a job was taken."""
    for message in named.replies:
        if not (named.exchange.is_async and is_acceptance(message.message)):
            yield message


def _received(
    message: NamedMessage,
    kind: str,
    named: NamedExchange,
    models: Models,
    imports: Imports,
) -> str:
    """`Received[models.TurnOnOff, models.TurnOnOffHeaders]`"""
    body, headers = payload_type(message, models), headers_type(message, models)
    imports.update(body.said_imports)
    said = [body.said]
    if headers is not None:
        imports.update(headers.said_imports)
        said.append(headers.said)
    if kind == "Asking":
        replies = body_union(named.replies, models)
        imports.update(replies.imports)
        if headers is None:
            imports.update(MAPPING.imports)
            said.append(MAPPING.said)
        said.append(replies.said)
    return f"{kind}[{', '.join(said)}]"


def _arguments(
    named: NamedExchange, kind: str, models: Models, imports: Imports
) -> Iterator[Argument]:
    """Those of the address first, then the body, then what may be left out."""
    parameters = list(_parameters(named.channel, kind, imports))
    yield from (one for one in parameters if not one.keyword)
    if kind != "subscribe":
        body = body_union(named.messages, models)
        imports.update(body.imports)
        yield Argument("body", body.said)
    yield from (one for one in parameters if one.keyword)
    if kind == "subscribe":
        yield Argument("group", "str | None", "None", keyword=True)
        return
    yield _headers(named, models, imports)
    yield Argument("message_id", "str | None", "None", keyword=True)
    yield Argument("correlation_id", "str | None", "None", keyword=True)
    if _is_keyed(named):
        yield Argument("key", "str | None", "None", keyword=True)
    if kind == "request":
        yield Argument("timeout", "float | None", "None", keyword=True)


def _parameters(
    channel: NamedChannel, kind: str, imports: Imports
) -> Iterator[Argument]:
    """Only a broker can be asked for all addresses at once, which is what a parameter left out means."""
    subscribes = kind == "subscribe"
    if channel.channel.address is None:
        yield Argument(ADDRESS, "str", keyword=subscribes)
        return
    is_open = subscribes and channel.kind == "broker"
    for one in channel.parameters:
        annotation, known = _text_type(one, imports), one.parameter
        told = not subscribes and known.location is not None
        if is_open or told or known.default is not None:
            yield Argument(one.name, optional(annotation), "None", keyword=True)
        else:
            yield Argument(one.name, annotation, keyword=subscribes)


def _text_type(named: NamedParameter, imports: Imports) -> str:
    """Text, or one of the texts that the document allows."""
    if not named.parameter.enum:
        return "str"
    imports.add("typing", "Literal")
    return f"Literal[{', '.join(map(string, named.parameter.enum))}]"


def _headers(named: NamedExchange, models: Models, imports: Imports) -> Argument:
    found = headers_union(named.messages, models) or MAPPING
    imports.update(found.imports)
    messages = [message.message for message in named.messages]
    if messages and all(needs_headers(message, models) for message in messages):
        return Argument("headers", found.said, keyword=True)
    return Argument("headers", optional(found.said), "None", keyword=True)


def _is_keyed(named: NamedExchange) -> bool:
    """Whether the broker orders messages by a key of theirs."""
    protocols = {server.protocol or "" for server in named.channel.channel.servers}
    return any(protocol.startswith("kafka") for protocol in protocols)


def _params(arguments: Iterable[Argument]) -> Iterator[str]:
    yield "self"
    is_open = True
    for one in arguments:
        if one.keyword and is_open:
            is_open = False
            yield "*"
        default = "" if one.default is None else f" = {one.default}"
        yield f"{one.name}: {one.annotation}{default}"


def _passed(arguments: Iterable[Argument]) -> Iterator[str]:
    for one in arguments:
        yield f"{one.name}={one.name}" if one.keyword else one.name


def _statement(named: NamedExchange, kind: str) -> str:
    channel = named.channel
    entries = [
        f"{string(one.parameter.name)}: {one.name}" for one in channel.parameters
    ]
    if channel.channel.address is None:
        entries = [f"{string(ADDRESS)}: {ADDRESS}"]
    values = f"{{{', '.join(entries)}}}"
    if kind == "subscribe":
        made = call("subscribe", (named.constant, values, "group"), used=200)
        return f"return self._messenger.{made}"
    said = ["headers", "message_id", "correlation_id"] + (
        ["key"] if _is_keyed(named) else []
    )
    arguments = [named.constant, "body", values, f"Envelope({', '.join(said)})"]
    arguments += ["timeout"] if kind == "request" else []
    made = call(kind, arguments, used=200)
    return f"{'' if kind == 'publish' else 'return '}await self._messenger.{made}"


def signature(one: Called, *, is_async: bool) -> str:
    """The method's head."""
    returns = {
        "publish": "None",
        "request": one.result,
        "submit": f"MessageJob[{one.result}]",
        "subscribe": f"Subscription[{one.result}]",
    }
    return Signature(
        name=one.named.method,
        params=one.params,
        returns=returns[one.kind],
        is_async=is_async and one.kind != "subscribe",
        indent=4,
    ).text
