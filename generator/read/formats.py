"""Schemas of messages in the format that they are written in: `schemaFormat` (AsyncAPI 3.0 §"Multi Format Schema Object").

JSON Schema, AsyncAPI's and OpenAPI's are read as they are, Avro and Protobuf are translated; any other is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from typing import TYPE_CHECKING

from generator.formats import USUAL, Format, format_of, is_newer
from generator.model import Json, Schema, changed
from generator.problems import Place, Problem
from generator.read.keywords import Fields
from generator.read.node import Node, Source
from generator.read.schema import Schemas, key_of, named

if TYPE_CHECKING:
    from generator.read.avro import Avro
    from generator.read.protobuf import Found


class FormatSchemas(Schemas):
    """Reads schemas, each in its format."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        roots = source.documents.roots.values()
        shared = any(isinstance(root, dict) and "openapi" in root for root in roots)
        self._one_sided = () if shared else ("read_only", "write_only")
        self._older: set[Place] = set()
        """Where schemas in the words of OpenAPI 3.0 begin."""
        self._avro: Avro | None = None
        self._whole: dict[Place, Schema] = {}
        self._protobuf: dict[Place, Found | None] = {}
        self.encoded: set[Place] = set()
        """The schemas that were read for messages in their own encoding."""

    def components(self, nodes: Iterable[tuple[str, Node]], *, encodable: bool) -> None:
        """Read the schemas of components that have, or have not, an encoding of their own.

        What only messages in that encoding use has been read for them.
        """
        for name, node in nodes:
            inner = node.get("schema") or node
            if is_encodable(node) is encodable and inner.at not in self.encoded:
                self.component(name, node)

    def component(self, name: str, node: Node) -> None:
        """Read a schema of components, in whichever format."""
        schema, key = self.read(node), key_of(node.at)
        if schema.key != key:
            schema = changed(schema, key=key)
        named(schema, name)
        self.named[key] = schema

    def read(self, node: Node) -> Schema:
        """The schema at a node, which may name its format."""
        if not is_multi_format(node):
            return super().read(node)
        if node.at not in self._whole:
            inner = node.get("schema") or Node(node.at, {})
            self._whole[node.at] = self.formatted(inner, node.text("schemaFormat"))
        return self._whole[node.at]

    def payload(self, node: Node, text: str | None) -> Schema:
        """The schema of a payload, whose message may name its format."""
        return self.read(node) if is_multi_format(node) else self.formatted(node, text)

    def formatted(self, node: Node, text: str | None) -> Schema:
        """The schema at a node in the format of that name."""
        found = format_of(text)
        if found is Format.AVRO:
            return self.avro.read(node)
        if found is Format.PROTOBUF:
            message = self.protobuf(node, text)
            return (
                message.schema if message else Schema(at=node.at, key=key_of(node.at))
            )
        if found is Format.OPENAPI and not is_newer(text):
            self._older.add(node.at)
        elif found is not Format.JSON_SCHEMA and found is not Format.OPENAPI:
            self._source.report(unknown_format(node.at, found, text or ""))
            return Schema(at=node.at, key=key_of(node.at))
        return super().read(node)

    def protobuf(self, node: Node, text: str | None) -> Found | None:
        """The message that a text in Protobuf's language is about; None, and a problem, where there is none."""
        node = self._source.follow(node)
        if node.at not in self._protobuf:
            self._protobuf[node.at] = self._read_protobuf(node, text or "")
        return self._protobuf[node.at]

    def _read_protobuf(self, node: Node, text: str) -> Found | None:
        if find_spec("grpc_tools") is None:
            self._source.report(not_installed(node, "Protobuf", "protobuf"))
            return None
        from generator.read.protobuf import Protobuf
        from generator.read.protoc import Unreadable

        version = text.partition("version=")[2].strip()[:1]
        try:
            return Protobuf(node, version, self.named).read()
        except Unreadable as reason:
            problem = Problem("invalid-protobuf", node.at, f"Protobuf: {reason}")
            self._source.report(problem)
            return None

    def _fields(self, key: str, node: Node, value: dict[str, Json]) -> Fields:
        """As of any schema; but a message carries what only one side of a request may say, too."""
        fields = super()._fields(key, node, value)
        for flag in self._one_sided:
            fields.pop(flag, None)
        return fields

    def refer(self, at: Place, ref: str) -> str | None:
        key = super().refer(at, ref)
        if key is not None and self._is_older(at):
            target = self.target(at, ref)
            if target is not None:
                self._older.add(target)
        return key

    def target(self, at: Place, ref: str) -> Place | None:
        """Where the $ref of a schema leads; that of a message stands for what it carries."""
        found = super().target(at, ref)
        if found is None or found.path[:-1] != ("components", "messages"):
            return found
        value = self._source.documents.value(found)
        payload = self._source.follow(Node(found, value)).get("payload")
        return found if payload is None else self._source.follow(payload).at

    @property
    def avro(self) -> Avro:
        from generator.read.avro import Avro

        if self._avro is None:
            self._avro = Avro(self._source, self.named)
        return self._avro

    def binary_avro(self) -> Avro:
        """Reads one schema of what travels in Avro's binary encoding, which knows no other."""
        from generator.read.avro import Avro

        return Avro(self._source, self.named, binary=True)

    def _is_older(self, at: Place) -> bool:
        if not self._older:
            return False
        ends = range(len(at.path), -1, -1)
        return any(Place(at.file, at.path[:end]) in self._older for end in ends)


def is_multi_format(node: Node) -> bool:
    """Whether an object says a schema and its format, rather than being a schema."""
    return "schemaFormat" in node and "schema" in node


def is_encodable(node: Node) -> bool:
    """Whether values of a schema have an encoding of their own."""
    return is_multi_format(node) and format_of(node.text("schemaFormat")) in USUAL


def not_installed(node: Node, name: str, extra: str) -> Problem:
    return Problem(
        "missing-library",
        node.at,
        f"messages in {name} need a library that is not installed",
        f"pip install 'respond-async[{extra}]'",
    )


def unknown_format(at: Place, found: Format, text: str) -> Problem:
    name = found.value if found is not Format.OTHER else f'the schema format "{text}"'
    return Problem(
        "not-supported",
        at,
        f"not supported yet: {name} payloads",
        "write the schema as JSON Schema, Avro or Protobuf",
    )
