"""Bindings: what a protocol adds to a server, channel, operation or message → the model."""

from __future__ import annotations

from collections.abc import Iterator

from generator.channels import Binding
from generator.model import Json
from generator.problems import Place
from generator.read.node import Node, Source


def bindings(source: Source, node: Node) -> tuple[Binding, ...]:
    """The bindings of an object, by protocol, in the document's order."""
    found = node.get("bindings")
    return () if found is None else tuple(read(source, source.follow(found)))


def read(source: Source, node: Node) -> Iterator[Binding]:
    for protocol, each in node.children():
        if not protocol.startswith("x-") or protocol in OURS:
            binding = source.follow(each)
            fields = dict(binding.value) if isinstance(binding.value, dict) else {}
            for name in SCHEMAS & fields.keys():
                schema = Node(binding.at / name, fields[name])
                fields[name] = Inlined(source).value(schema)
            yield Binding(at=binding.at, protocol=protocol, fields=fields)


OURS = frozenset({"x-redis", "x-jetstream"})
"""Extensions that say what the official bindings of Redis and NATS leave open."""

SCHEMAS = frozenset({"query", "headers"})
"""Fields that are schemas, which the service checks a handshake by."""

DEEP, MOST = 100, 10_000
"""How deep and how large such a schema may be; what is beyond that allows anything."""


class Inlined:
    """Copies a schema without its $refs: each is what it leads to, and anything where that is without end."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._left = MOST

    def value(self, node: Node, around: frozenset[Place] = frozenset()) -> Json:
        self._left -= 1
        node = self._source.follow(node)
        if self._left < 0 or node.at in around or len(around) > DEEP:
            return {}
        inside = around | {node.at}
        if isinstance(node.value, dict):
            return {key: self.value(one, inside) for key, one in node.children()}
        if isinstance(node.value, list):
            items = (Node(node.at / index, one) for index, one in enumerate(node.value))
            return [self.value(one, inside) for one in items]
        return node.value
