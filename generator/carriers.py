"""What carries the messages of a channel: sockets, HTTP, or a broker, told by its servers' protocols."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from generator.channels import Channel, Exchange
from generator.model import Api

CarrierKind = Literal["broker", "socket", "http"]

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
    """What carries a channel; a broker where its servers do not say."""
    protocols = [(server.protocol or "").lower() for server in channel.servers]
    if not protocols or any(p not in SOCKETS | WEB for p in protocols):
        return "broker"
    return "socket" if protocols[0] in SOCKETS else "http"


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
    return frozenset(
        carrier_kind(channel)
        for exchange in api.exchanges
        for channel in exchange_channels(exchange)
    )


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
        if carrier_kind(channel) == "http" and channel.address is not None:
            below = channel.address.lstrip("/")
            prefix = path_prefix(channel)
            yield prefix if prefix and not below else f"{prefix}/{below}", channel
