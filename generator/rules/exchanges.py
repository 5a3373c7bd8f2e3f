"""Rules about what is done with messages: markings, replies and scopes."""

from __future__ import annotations

from collections.abc import Iterator

from generator.channels import Channel, Exchange, Reply
from generator.model import Api, Need
from generator.problems import Place, Problem
from generator.rules.message_expressions import located
from generator.rules.operations import suggestion
from generator.rules.security import granted


def marked_send(api: Api) -> Iterator[Problem]:
    """Only what is received can be carried out later."""
    for exchange in api.exchanges:
        at = exchange.processing.at
        if exchange.action == "send" and exchange.is_async and at is not None:
            yield Problem(
                "misplaced-processing",
                at,
                f"{exchange.id}: the application sends this, so there is nothing to process",
                "mark the operation that receives",
            )


def auto(api: Api) -> Iterator[Problem]:
    """Nobody waits for the answer to a message, so `auto` is the same as `async`."""
    for exchange in api.exchanges:
        if exchange.action == "receive" and exchange.processing.type == "auto":
            yield Problem(
                "auto-message",
                exchange.processing.at or exchange.at,
                f"{exchange.id}: no connection is held for a message: auto means async here",
                "write async",
                "hint",
            )


def untold(api: Api) -> Iterator[Problem]:
    """Whoever asks for a job by a message learns what became of it."""
    http = {operation.id for operation in api.operations}
    for exchange in api.exchanges:
        asks = exchange.action == "receive" and exchange.is_async
        if asks and exchange.reply is None and exchange.id not in http:
            yield Problem(
                "untold-result",
                exchange.at.key(),
                f"{exchange.id} is asynchronous but has no reply: its caller learns nothing",
                "add a reply, or an HTTP operation of the same name",
                "hint",
            )


def webhook_names(api: Api) -> Iterator[Problem]:
    """The webhook that goes out with a result exists."""
    names = [each.name for each in api.webhooks]
    for exchange in api.exchanges:
        wanted, at = exchange.processing.webhook, exchange.processing.at
        if wanted is not None and wanted not in names:
            yield Problem(
                "unknown-webhook",
                at / "webhook" if at else exchange.at.key(),
                f'{exchange.id}: the document has no webhook "{wanted}"',
                suggestion(wanted, names, "webhooks"),
            )


def replies(api: Api) -> Iterator[tuple[Exchange, Reply]]:
    """Every exchange that is answered, with its reply."""
    for exchange in api.exchanges:
        if exchange.reply is not None:
            yield exchange, exchange.reply


def reply_addresses(api: Api) -> Iterator[Problem]:
    """A reply goes to one place: where the request says, or where its channel is."""
    for exchange, reply in replies(api):
        at = reply.at / "address"
        fixed = None if reply.channel is None else reply.channel.address
        if reply.address is not None and fixed is not None and reply.channel:
            yield Problem(
                "conflicting-reply",
                at.key(),
                f"{exchange.id}: the reply goes to the address in the request, and its "
                f'channel "{reply.channel.name}" says another: "{fixed}"',
                f"write address: null in the channel {reply.channel.name}",
                "warning",
            )
        elif reply.address is None and fixed is None:
            yield Problem(
                "unaddressed-reply",
                reply.at,
                f"{exchange.id}: nothing says where the reply goes; it goes to where the "
                "request's reply-to header says",
                "add address: {location: $message.header#/replyTo}, or give the channel an address",
                "hint",
            )


def reply_locations(api: Api) -> Iterator[Problem]:
    """Where the request says that the reply goes can be found in it."""
    for exchange, reply in replies(api):
        at, whose = reply.at / "address" / "location", f"{exchange.id}: the reply"
        yield from located(api, whose, at, reply.address, exchange.messages)


def unanswered(api: Api) -> Iterator[Problem]:
    """Who is asked and who asks meet at some server."""
    for exchange, reply in replies(api):
        if reply.channel is not None and not meet(exchange.channel, reply.channel):
            yield Problem(
                "unreachable-reply",
                reply.at,
                f"{exchange.id}: no server has both its channel "
                f'"{exchange.channel.name}" and that of its reply, "{reply.channel.name}"',
                "let both channels name a server in common",
                "warning",
            )


def meet(one: Channel, other: Channel) -> bool:
    """Whether two channels have a server in common; any server has a channel that names none."""
    if not one.servers or not other.servers:
        return True
    return any(server in other.servers for server in one.servers)


def echoes(api: Api) -> Iterator[Problem]:
    """Nobody but the other side sends to where the application waits for replies."""
    waiting = {
        id(reply.channel): exchange
        for exchange, reply in replies(api)
        if exchange.action == "send" and reply.address is None
    }
    for exchange in api.exchanges:
        asking = waiting.get(id(exchange.channel))
        if asking is not None and exchange.action == "send" and asking is not exchange:
            yield Problem(
                "echoed-reply",
                exchange.at,
                f"{exchange.id} sends to the channel from which {asking.id} takes its replies",
                "let the replies have a channel of their own",
                "warning",
            )


def scopes(api: Api) -> Iterator[Problem]:
    """Scopes are those that a flow of the scheme grants."""
    for whose, at, need in needs(api):
        scheme = api.schemes.get(need.scheme)
        if scheme is None or scheme.type != "oauth2":
            continue
        known = granted(scheme)
        for scope in need.scopes:
            if scope not in known:
                yield Problem(
                    "unknown-scope",
                    at,
                    f'{whose}: no flow of "{scheme.name}" grants the scope "{scope}"',
                    suggestion(scope, known, "scopes"),
                    "hint",
                )


def needs(api: Api) -> Iterator[tuple[str, Place, Need]]:
    """What servers and exchanges ask for, and who asks."""
    for server in api.servers:
        for way in server.security:
            yield from ((server.name or "", server.at / "security", n) for n in way)
    asked = {way for server in api.servers for way in server.security}
    for exchange in api.exchanges:
        for way in exchange.security:
            if way not in asked:
                yield from ((exchange.id, exchange.at / "security", n) for n in way)
