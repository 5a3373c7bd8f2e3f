"""Bindings: what a protocol adds to a server, channel, operation or message → the model."""

from __future__ import annotations

from collections.abc import Iterator

from generator.channels import Binding
from generator.read.node import Node, Source


def bindings(source: Source, node: Node) -> tuple[Binding, ...]:
    """The bindings of an object, by protocol, in the document's order."""
    found = node.get("bindings")
    return () if found is None else tuple(read(source, source.follow(found)))


def read(source: Source, node: Node) -> Iterator[Binding]:
    for protocol, each in node.children():
        if not protocol.startswith("x-") or protocol in OURS:
            binding = source.follow(each)
            fields = binding.value if isinstance(binding.value, dict) else {}
            yield Binding(at=binding.at, protocol=protocol, fields=fields)


OURS = frozenset({"x-redis", "x-jetstream"})
"""Extensions that say what the official bindings of Redis and NATS leave open."""
