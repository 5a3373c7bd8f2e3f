"""What carries the messages of a channel: sockets, HTTP, or a broker, told by its servers' protocols."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from generator.channels import Channel, Exchange
from generator.model import Api, Server

CarrierKind = Literal["broker", "socket", "http", "call"]

SOCKETS = frozenset({"ws", "wss"})
WEB = frozenset({"http", "https", "sse", "mercure"})

BROKERS: dict[str, tuple[str, ...]] = {
    "kafka_carrier": ("kafka", "kafka-secure"),
    "mqtt_carrier": ("mqtt", "mqtts", "mqtt5", "secure-mqtt"),
    "nats_carrier": ("nats",),
    "rabbit_carrier": ("amqp", "amqps", "amqp1"),
    "redis_carrier": ("redis", "rediss"),
}
"""The runtime's module → the protocols that it speaks, as documents name them."""

SCHEMES: dict[str, tuple[str, ...]] = {
    "kafka_carrier": ("kafka",),
    "mqtt_carrier": ("mqtt", "mqtts"),
    "nats_carrier": ("nats",),
    "rabbit_carrier": ("amqp", "amqps"),
    "redis_carrier": ("redis", "rediss"),
}
"""The runtime's module → the schemes of the URLs that it connects to."""


def carrier_kind(channel: Channel) -> CarrierKind:
    """What carries a channel; without servers what its bindings say, else a broker."""
    protocols = [(server.protocol or "").lower() for server in channel.servers]
    if not protocols:
        protocols = [
            one.protocol for one in channel.bindings if one.protocol in SOCKETS
        ]
    if not protocols or any(p not in SOCKETS | WEB for p in protocols):
        return "broker"
    return "socket" if protocols[0] in SOCKETS else "http"


def exchange_kind(exchange: Exchange) -> CarrierKind:
    """What carries an exchange: where it sends with a method of HTTP's, the application calls the channel's server."""
    kind = carrier_kind(exchange.channel)
    return "call" if kind == "http" and http_method(exchange) != "GET" else kind


def http_method(exchange: Exchange) -> str:
    """The method that the binding of a send operation names; GET asks for an event stream."""
    methods = (
        binding.fields.get("method")
        for binding in exchange.bindings
        if binding.protocol == "http" and exchange.action == "send"
    )
    found = next(methods, None)
    return found.upper() if isinstance(found, str) else "GET"


def called_server(channel: Channel) -> Server:
    """The server that is called with the messages of a channel."""
    return next(one for one in channel.servers if (one.protocol or "").lower() in WEB)


def path_prefix(channel: Channel) -> str:
    """The path that a channel's first server is at, which its address comes after."""
    for server in channel.servers:
        rest = server.url.partition("://")[2]
        path = rest.partition("/")[2].strip("/")
        return f"/{path}" if path and "{" not in path else ""
    return ""


def exchange_channels(exchange: Exchange) -> Iterator[Channel]:
    """The channel of an exchange, and that of its reply."""
    yield exchange.channel
    if exchange.reply is not None and exchange.reply.channel is not None:
        yield exchange.reply.channel


def kinds(api: Api) -> frozenset[CarrierKind]:
    """Every kind of carrier that the exchanges of an API need."""
    found = {exchange_kind(exchange) for exchange in api.exchanges}
    replies = (
        exchange.reply.channel
        for exchange in api.exchanges
        if exchange.reply is not None and exchange_kind(exchange) != "call"
    )
    return frozenset(found | {carrier_kind(one) for one in replies if one is not None})


def broker_modules(api: Api) -> tuple[str, ...]:
    """The runtime's modules for the brokers that the document names."""
    named = {
        (server.protocol or "").lower()
        for exchange in api.exchanges
        for channel in exchange_channels(exchange)
        for server in channel.servers
    }
    return tuple(
        module for module, protocols in BROKERS.items() if named & set(protocols)
    )


def web_paths(api: Api) -> Iterator[tuple[str, Channel]]:
    """The paths at which channels over HTTP are served."""
    for exchange in api.exchanges:
        channel = exchange.channel
        if exchange_kind(exchange) == "http" and channel.address is not None:
            below = channel.address.lstrip("/")
            prefix = path_prefix(channel)
            yield prefix if prefix and not below else f"{prefix}/{below}", channel


def server_url(server: Server, kind: str) -> str | None:
    """The URL of a server of a kind of carrier, its variables at their defaults; None of one that is not known."""
    protocol = (server.protocol or "").lower()
    known = {scheme for schemes in SCHEMES.values() for scheme in schemes}
    scheme = {"secure-mqtt": "mqtts", "kafka-secure": "kafka", "mqtt5": "mqtt"}.get(
        protocol, protocol
    )
    if kind == "http":
        scheme = protocol if protocol == "http" else "https"
    allowed = {"socket": SOCKETS, "http": WEB}.get(kind, known)
    rest = server.url.partition("://")[2] or server.url
    for name, default, values in server.variables:
        value = default or next(iter(values), "")
        rest = rest.replace(f"{{{name}}}", value) if value else rest
    is_whole = scheme in allowed and "{" not in rest
    return f"{scheme}://{rest}" if is_whole else None
