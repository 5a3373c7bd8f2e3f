"""What messages carry: the schema of the payload, and how it is written."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec

from generator.channels import AvroWire, Binding, ProtobufWire
from generator.formats import USUAL, Format, format_of, is_encoded
from generator.model import Json, Schema
from generator.problems import Place, Problem
from generator.read.avro import embedded
from generator.read.formats import FormatSchemas, is_multi_format, not_installed
from generator.read.node import Node, Source
from generator.read.schema import key_of
from generator.value import dataclass

JSON = "application/json"
MEANT = {"json": JSON, "avro": "avro/binary", "text": "text/plain"}
"""Words that stand where a media type should."""
ID = "x-schema-id"
"""What says, in the Kafka binding of a message, which id its schema has in the registry."""
HEADERS = frozenset({"confluent", "apicurio-new", "4"})
"""The values of `schemaIdPayloadEncoding` that mean a zero byte and four bytes of an id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What a message carries."""

    schema: Schema | None
    content_type: str
    wire: AvroWire | ProtobufWire | None = None


class Payloads:
    """Reads payloads, each in its format."""

    def __init__(self, source: Source, schemas: FormatSchemas, document: Node) -> None:
        self._source = source
        self._schemas = schemas
        self._content_type = self._media_type(document, "defaultContentType")
        """That of messages which do not say theirs."""
        self._avro: dict[Place, tuple[Schema, bool]] = {}

    def of(self, message: Node, bound: tuple[Binding, ...]) -> Payload:
        """What a message carries; `bound` are its bindings."""
        said = self._media_type(message, "contentType") or self._content_type
        node = message.get("payload")
        if node is None:
            return Payload(schema=None, content_type=said or JSON)
        inner, text = self._in_format(node, message.text("schemaFormat"))
        found = format_of(text)
        content_type = said or USUAL.get(found, JSON)
        if found is Format.AVRO and is_encoded(found, said):
            return self._of_avro(inner, content_type, bound)
        if found is Format.PROTOBUF:
            return self._of_protobuf(inner, text, content_type, bound)
        if found is Format.AVRO and "avro" in content_type.lower():
            self._source.report(plain_avro(message))
        schema = self._schemas.payload(node, message.text("schemaFormat"))
        return Payload(schema=schema, content_type=content_type)

    def _media_type(self, node: Node, key: str) -> str | None:
        """The media type that is said; a mere word for it is read as what it means."""
        said = node.text(key)
        if said is None or said.lower() not in MEANT:
            return said
        meant = MEANT[said.lower()]
        self._source.report(no_media_type(node.at / key, said, meant))
        return meant

    def _in_format(self, node: Node, text: str | None) -> tuple[Node, str | None]:
        """The schema itself, and the name of its format."""
        found = node
        if text is None and not is_multi_format(node):
            found = self._source.follow(node)
        if not is_multi_format(found):
            return node, text
        return found.get("schema") or node, found.text("schemaFormat")

    def _of_avro(
        self, node: Node, content_type: str, bound: tuple[Binding, ...]
    ) -> Payload:
        """Bytes, where the schema is on another host."""
        self._schemas.encoded.add(node.at)
        avro = self._schemas.binary_avro()
        found = avro.followed(node)
        if found is None:
            return anything(node, content_type)
        plain = embedded(found.value)
        if found.at not in self._avro:
            before = len(self._source.problems)
            self._avro[found.at] = avro.read(found), avro.is_recursive
            if len(self._source.problems) == before:
                self._report(unfit(found, plain))
        schema, is_recursive = self._avro[found.at]
        wire = AvroWire(
            schema=plain,
            is_recursive=is_recursive,
            registered=self._registered(bound),
        )
        return Payload(schema=schema, content_type=content_type, wire=wire)

    def _of_protobuf(
        self,
        node: Node,
        text: str | None,
        content_type: str,
        bound: tuple[Binding, ...],
    ) -> Payload:
        """Bytes, where the content type is neither Protobuf's nor JSON."""
        self._schemas.encoded.add(node.at)
        found = self._schemas.protobuf(node, text)
        is_json = "json" in content_type.lower()
        if found is None or not (is_json or is_encoded(Format.PROTOBUF, content_type)):
            return anything(node, content_type)
        registered = None if is_json else self._registered(bound)
        wire = replace(found.wire, is_json=is_json, registered=registered)
        return Payload(schema=found.schema, content_type=content_type, wire=wire)

    def _registered(self, bound: tuple[Binding, ...]) -> int | None:
        """The id of the schema in a registry, 0 if that is not said; None where no header has one."""
        for binding in bound:
            if binding.fields.get("schemaIdLocation") != "payload":
                continue
            encoding = binding.fields.get("schemaIdPayloadEncoding", "confluent")
            if str(encoding) not in HEADERS:
                self._report(unread_header(binding, encoding))
            id = binding.fields.get(ID, 0)
            if isinstance(id, int) and 0 <= id < 2**32:
                return int(id)
            self._report(unfit_id(binding))
        return None

    def _report(self, problem: Problem | None) -> None:
        if problem is not None:
            self._source.report(problem)


def anything(node: Node, content_type: str) -> Payload:
    """What travels as it is, for want of a schema that tells how it is written."""
    schema = Schema(at=node.at, key=key_of(node.at))
    return Payload(schema=schema, content_type=content_type)


def unfit(node: Node, schema: Json) -> Problem | None:
    """Why messages of an Avro schema cannot be written."""
    if find_spec("fastavro") is None:
        return not_installed(node, "Avro", "avro")
    from fastavro import parse_schema
    from fastavro.schema import SchemaParseException

    assert isinstance(schema, (str, list, dict))
    try:
        parse_schema(schema)
    except (SchemaParseException, LookupError, TypeError, ValueError) as error:
        return Problem("invalid-avro", node.at, f"Avro: {error}")
    return None


def plain_avro(message: Node) -> Problem:
    return Problem(
        "avro-as-json",
        message.at / "contentType" if "contentType" in message else message.at,
        "the message is written as plain JSON, not in Avro's JSON encoding, which wraps unions",
        "write contentType: application/json, or avro/binary",
        "hint",
    )


def no_media_type(at: Place, said: str, meant: str) -> Problem:
    return Problem(
        "unwritten-content-type",
        at,
        f'"{said}" is no media type: {meant} is meant',
        f"write {meant}",
        "warning",
    )


def unread_header(binding: Binding, encoding: Json) -> Problem:
    return Problem(
        "not-supported",
        binding.at / "schemaIdPayloadEncoding",
        f'not supported yet: a schema id encoded as "{encoding}" before the payload',
        "write schemaIdPayloadEncoding: confluent, if that is what stands there",
    )


def unfit_id(binding: Binding) -> Problem:
    return Problem(
        "wrong-value",
        binding.at / ID,
        "the id of a schema is a whole number of four bytes",
        f"write {ID}: 1, or whatever the registry says",
    )
