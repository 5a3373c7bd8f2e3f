"""Schemas of messages in the format that they are written in: `schemaFormat` (AsyncAPI 3.0 §"Multi Format Schema Object").

JSON Schema, AsyncAPI's and OpenAPI's are read as they are, Avro is translated; any other is refused by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.formats import Format, format_of, is_newer
from generator.model import Schema
from generator.problems import Place, Problem
from generator.read.node import Node, Source
from generator.read.schema import Schemas, key_of, named

if TYPE_CHECKING:
    from generator.read.avro import Avro


class FormatSchemas(Schemas):
    """Reads schemas, each in its format."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._older: set[Place] = set()
        """Where schemas in the words of OpenAPI 3.0 begin."""
        self._avro: Avro | None = None
        self._whole: dict[Place, Schema] = {}

    def component(self, name: str, node: Node) -> None:
        """Read a schema of components, in whichever format."""
        schema = self.read(node)
        named(schema, name)
        self.named[key_of(node.at)] = schema

    def read(self, node: Node) -> Schema:
        """The schema at a node, which may name its format."""
        if not is_multi_format(node):
            return super().read(node)
        if node.at not in self._whole:
            inner = node.get("schema") or Node(node.at, {})
            self._whole[node.at] = self.formatted(inner, node.text("schemaFormat"))
        return self._whole[node.at]

    def formatted(self, node: Node, text: str | None) -> Schema:
        """The schema at a node in the format of that name."""
        found = format_of(text)
        if found is Format.AVRO:
            return self.avro.read(node)
        if found is Format.OPENAPI and not is_newer(text):
            self._older.add(node.at)
        elif found is not Format.JSON_SCHEMA and found is not Format.OPENAPI:
            self._source.report(unknown_format(node.at, found, text or ""))
            return Schema(at=node.at, key=key_of(node.at))
        return super().read(node)

    def refer(self, at: Place, ref: str) -> str | None:
        key = super().refer(at, ref)
        if key is not None and self._is_older(at):
            target = self._source.target(at, ref)
            if target is not None:
                self._older.add(target)
        return key

    @property
    def avro(self) -> Avro:
        from generator.read.avro import Avro

        if self._avro is None:
            self._avro = Avro(self._source, self.named)
        return self._avro

    def _is_older(self, at: Place) -> bool:
        if not self._older:
            return False
        ends = range(len(at.path), -1, -1)
        return any(Place(at.file, at.path[:end]) in self._older for end in ends)


def is_multi_format(node: Node) -> bool:
    """Whether an object says a schema and its format, rather than being a schema."""
    return "schemaFormat" in node and "schema" in node


def unknown_format(at: Place, found: Format, text: str) -> Problem:
    name = found.value if found is not Format.OTHER else f'the schema format "{text}"'
    return Problem(
        "not-supported",
        at,
        f"not supported yet: {name} payloads",
        "write the schema as JSON Schema or Avro",
    )
