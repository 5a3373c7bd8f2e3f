"""Rules about bindings: every field that nothing is made of is named, and the others fit."""

from __future__ import annotations

from collections.abc import Iterator

from generator.carriers import exchange_kind
from generator.channels import Binding
from generator.model import Api
from generator.problems import Problem
from generator.rules.walk import messages

HONOURED: dict[tuple[str, str], frozenset[str]] = {
    ("ws", "channel"): frozenset({"method", "query", "headers"}),
    ("http", "operation"): frozenset({"method", "query", "type"}),
    ("kafka", "channel"): frozenset({"topic", "partitions"}),
    ("kafka", "operation"): frozenset({"groupId"}),
    ("kafka", "message"): frozenset({"key"}),
    ("amqp", "channel"): frozenset({"is", "exchange", "queue"}),
    ("amqp", "operation"): frozenset(
        {"deliveryMode", "priority", "expiration", "mandatory"}
    ),
    ("mqtt", "operation"): frozenset({"qos", "retain"}),
    ("nats", "operation"): frozenset({"queue"}),
    ("x-redis", "channel"): frozenset({"type", "maxlen"}),
    ("x-redis", "operation"): frozenset({"type", "maxlen"}),
    ("x-jetstream", "channel"): frozenset({"stream"}),
    ("x-jetstream", "operation"): frozenset({"stream"}),
}
"""(protocol, what is bound) → the fields that something is made of."""

INSIDE: dict[tuple[str, str, str], frozenset[str]] = {
    ("amqp", "channel", "exchange"): frozenset(
        {"name", "type", "durable", "autoDelete"}
    ),
    ("amqp", "channel", "queue"): frozenset(
        {"name", "durable", "exclusive", "autoDelete"}
    ),
}
"""The same for fields that have fields."""

FRAMING = frozenset({"schemaIdLocation", "schemaIdPayloadEncoding"})
"""What says, of a message in an encoding of its own, which header stands before its body."""

ALIASES = {
    "wss": "ws",
    "https": "http",
    "kafka-secure": "kafka",
    "amqps": "amqp",
    "mqtts": "mqtt",
    "secure-mqtt": "mqtt",
    "mqtt5": "mqtt",
    "rediss": "redis",
    "pulsar+ssl": "pulsar",
    "stomps": "stomp",
}
"""Protocols that are bound like another."""

ARTICLES = {
    "server": "a server",
    "channel": "a channel",
    "operation": "an operation",
    "message": "a message",
}

NOTES = frozenset({"bindingVersion"})
"""Fields that say how to read the others."""

DONE = (("ack", True),)
"""What is done whether a binding asks for it or not."""


def bound(api: Api) -> Iterator[tuple[str, Binding]]:
    """Every binding, and what it binds."""
    for server in api.servers:
        yield from (("server", each) for each in server.bindings)
    for channel in api.channels:
        yield from (("channel", each) for each in channel.bindings)
    for exchange in api.exchanges:
        yield from (("operation", each) for each in exchange.bindings)
    for message in messages(api):
        yield from (("message", each) for each in message.bindings)


def ignored(api: Api) -> Iterator[Problem]:
    """A field of a binding that nothing is made of is said to be ignored."""
    framed = {each.at for each in framing(api)}
    for level, binding in bound(api):
        known = HONOURED.get((spoken(binding.protocol), level), frozenset())
        known |= FRAMING if binding.at in framed else frozenset()
        for name, value in binding.fields.items():
            if name in NOTES or name.startswith("x-") or (name, value) in DONE:
                continue
            if name not in known:
                yield left(level, binding, name)
            elif isinstance(value, dict):
                yield from left_inside(level, binding, name, list(value))


def framing(api: Api) -> Iterator[Binding]:
    """The bindings of messages that have the id of their schema before their bodies."""
    for message in messages(api):
        if message.wire is not None and message.wire.registered is not None:
            yield from message.bindings


def left_inside(
    level: str, binding: Binding, name: str, names: list[str]
) -> Iterator[Problem]:
    known = INSIDE.get((binding.protocol, level, name))
    if known is None:
        return
    for inner in names:
        if inner not in known and not inner.startswith("x-"):
            yield left(level, binding, name, inner)


def left(level: str, binding: Binding, *names: str) -> Problem:
    at = binding.at
    for name in names:
        at = at / name
    return Problem(
        "ignored-binding",
        at.key(),
        f'nothing is made of "{".".join(names)}" in the {binding.protocol} binding of {ARTICLES[level]}',
        "set it at the broker, if it matters",
        "hint",
    )


def streams(api: Api) -> Iterator[Problem]:
    """A stream is given to whoever asks for it: with which query is not looked at."""
    for exchange in api.exchanges:
        if exchange.action == "send" and exchange_kind(exchange) == "http":
            for binding in exchange.bindings:
                if spoken(binding.protocol) == "http" and "query" in binding.fields:
                    yield left("operation", binding, "query")


def groups(api: Api) -> Iterator[Problem]:
    """A group that a Kafka binding describes has one name."""
    for exchange in api.exchanges:
        for binding in exchange.bindings:
            group = binding.fields.get("groupId")
            if (
                binding.protocol == "kafka"
                and isinstance(group, dict)
                and "const" not in group
                and not group.get("enum")
            ):
                yield Problem(
                    "ignored-binding",
                    (binding.at / "groupId").key(),
                    f'{exchange.id}: its "groupId" names no group: that of MESSAGE_GROUP is used',
                    "write groupId: {type: string, const: …}",
                    "hint",
                )


def idle(api: Api) -> Iterator[Problem]:
    """A binding is for a protocol that a server speaks."""
    known = {spoken(server.protocol) for server in api.servers if server.protocol}
    for level, binding in bound(api):
        is_ours = binding.protocol.startswith("x-")
        if known and not is_ours and spoken(binding.protocol) not in known:
            yield Problem(
                "idle-binding",
                binding.at.key(),
                f"{ARTICLES[level]} is bound to {binding.protocol}, which no server of the document speaks",
                f"the servers speak {', '.join(sorted(known))}",
                "hint",
            )


def spoken(protocol: str) -> str:
    """The name under which a protocol is bound."""
    return ALIASES.get(protocol, protocol)


def methods(api: Api) -> Iterator[Problem]:
    """A WebSocket is opened by GET."""
    for channel in api.channels:
        for binding in channel.bindings:
            method = binding.fields.get("method")
            if binding.protocol == "ws" and method not in (None, "GET"):
                yield Problem(
                    "unfit-binding",
                    binding.at / "method",
                    f'channel "{channel.name}": a WebSocket is opened by GET, not by {method}',
                    "write method: GET",
                    "warning",
                )
