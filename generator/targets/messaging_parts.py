"""What the emitted application makes of an API's messages: its carriers, and the messaging that runs over them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.carriers import (
    SCHEMES,
    broker_modules,
    called_server,
    exchange_kind,
    kinds,
    path_prefix,
    server_url,
)
from generator.channels import Channel, Exchange
from generator.model import Api, Requirement, Scheme
from generator.python import Imports, call, literal, string
from generator.targets.channels import server_name
from generator.targets.exchange_names import NamedChannel, NamedExchange
from generator.targets.naming import Naming
from generator.targets.securities import security_expression
from generator.value import dataclass


@dataclass(frozen=True, slots=True)
class MessagingParts:
    """Statements of the module and of `create_app`, the routes, and what runs."""

    statements: tuple[str, ...]
    carriers: tuple[str, ...]
    routes: tuple[str, ...]
    running: str


def messaging_parts(
    api: Api, naming: Naming, slug: str, imports: Imports
) -> MessagingParts | None:
    """None for an API that has no messages."""
    messaging = naming.messaging
    if not messaging.exchanges:
        return None
    imports.add(".runtime.messaging", "Messaging")
    if messaging.received:
        imports.add(".consumers", "CONSUMERS")
    if messaging.sent:
        imports.add(".publishers", "PUBLISHERS")
    found = kinds(api)
    carriers, arguments, routes = [], [], []
    for kind, name, module, maker in (
        ("socket", "sockets", "socket_carrier", _sockets),
        ("http", "web", "http_carrier", _web),
    ):
        if kind in found:
            imports.add(
                f".runtime.{module}",
                {"socket": "SocketCarrier", "http": "HttpCarrier"}[kind],
            )
            carriers.append(f"{name} = {maker(api, naming, imports)}")
            arguments.append(f"{'http' if kind == 'http' else name}={name}")
            routes.append(f"*{name}.routes()")
    if "call" in found:
        arguments.append(f"calls={_calls(naming, imports)}")
    consumers = "CONSUMERS" if messaging.received else "()"
    publishers = "PUBLISHERS" if messaging.sent else "()"
    listed = [consumers, publishers, "carriers=CARRIERS", f"group={string(slug)}"]
    modules = {
        scheme: module
        for module in broker_modules(api)
        for scheme in SCHEMES[module][:1]
    }
    return MessagingParts(
        statements=(f"CARRIERS: dict[str, str] = {literal({**modules})}",),
        carriers=tuple(carriers),
        routes=tuple(routes),
        running=call("Messaging", [*listed, *arguments], indent=12),
    )


def _sockets(api: Api, naming: Naming, imports: Imports) -> str:
    channels = [one for one in naming.messaging.channels if one.kind == "socket"]
    arguments = [_listed(channels, imports), *_options(api, channels, imports)]
    return call("SocketCarrier", arguments, indent=4, used=10)


def _web(api: Api, naming: Naming, imports: Imports) -> str:
    messaging = naming.messaging
    takes = _channels(messaging.received)
    gives = _channels(messaging.sent)
    both = [*takes, *(one for one in gives if one not in takes)]
    arguments = [_listed(takes, imports), _listed(gives, imports)]
    arguments += _options(api, both, imports)
    return call("HttpCarrier", arguments, indent=4, used=6)


def _calls(naming: Naming, imports: Imports) -> str:
    """What calls the servers that messages are sent to."""
    imports.add("functools", "partial")
    imports.add(".runtime.calling_carrier", "CallingCarrier")
    called = [one.channel for one in naming.messaging.channels if one.kind == "call"]
    servers = {
        server_name(one): server_url(called_server(one), "http") for one in called
    }
    return f"partial(CallingCarrier, {literal({**servers})})"


def _channels(exchanges: Iterable[NamedExchange]) -> list[NamedChannel]:
    """The channels over HTTP, each once."""
    found = {one.channel.constant: one.channel for one in exchanges}
    return [one for one in found.values() if one.kind == "http"]


def _listed(channels: Iterable[NamedChannel], imports: Imports) -> str:
    names = [one.constant for one in channels]
    for name in names:
        imports.add(".channels", name)
    return f"({', '.join(names)}{',' if len(names) == 1 else ''})"


def _options(
    api: Api, channels: Iterable[NamedChannel], imports: Imports
) -> Iterator[str]:
    """Who may use each channel, and under which path it is."""
    security, prefixes = [], []
    for one in channels:
        needs = channel_security(api, one.channel)
        if needs:
            imports.add(".runtime.access", "Need")
            name = string(one.channel.name)
            security.append(f"{name}: {security_expression(needs)}")
        if prefix := path_prefix(one.channel):
            prefixes.append(f"{string(one.channel.name)}: {string(prefix)}")
    if security:
        yield f"security={{{', '.join(security)}}}"
    if prefixes:
        yield f"prefixes={{{', '.join(prefixes)}}}"


def channel_security(api: Api, channel: Channel) -> tuple[Requirement, ...]:
    """What a caller of a channel must show: what its operations ask for, else what its servers do."""
    coming = (each for each in api.exchanges if exchange_kind(each) != "call")
    own = (each.security for each in coming if each.channel is channel)
    servers = (server.security for server in channel.servers)
    return next((needs for needs in (*own, *servers) if needs), ())


def web_exchanges(api: Api) -> Iterator[Exchange]:
    """The exchanges whose callers come to the service itself."""
    for exchange in api.exchanges:
        if exchange_kind(exchange) in ("socket", "http"):
            yield exchange


def used_schemes(api: Api) -> dict[str, Scheme]:
    """The schemes by which callers show who they are; a broker's credentials are its URL's."""
    if api.messaging_version is None:
        return dict(api.schemes)
    ways = [way for each in api.operations for way in each.security]
    for exchange in web_exchanges(api):
        ways += channel_security(api, exchange.channel)
    used = {need.scheme for way in ways for need in way}
    return {name: scheme for name, scheme in api.schemes.items() if name in used}
