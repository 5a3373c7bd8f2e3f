"""The formats that schemas of messages are written in, by the media type of `schemaFormat`."""

from __future__ import annotations

from enum import Enum


class Format(Enum):
    """The families of formats that are read."""

    JSON_SCHEMA = "JSON Schema"
    OPENAPI = "OpenAPI 3.0"
    AVRO = "Avro"
    PROTOBUF = "Protobuf"
    RAML = "RAML"
    XSD = "XML Schema"
    OTHER = "this format"


FAMILIES = {
    "application/vnd.aai.asyncapi": Format.JSON_SCHEMA,
    "application/schema": Format.JSON_SCHEMA,
    "application/vnd.oai.openapi": Format.OPENAPI,
    "application/vnd.apache.avro": Format.AVRO,
    "application/vnd.google.protobuf": Format.PROTOBUF,
    "application/x-protobuf": Format.PROTOBUF,
    "application/raml": Format.RAML,
    "application/xml": Format.XSD,
    "application/xsd": Format.XSD,
}
"""What a format's media type begins with, up to `+json`, `+yaml` or its parameters."""


SPOKEN = {Format.AVRO: "avro", Format.PROTOBUF: "proto"}
"""What the content types have in common whose messages are written in a format's own encoding."""
RAW = "octet-stream"
USUAL = {Format.AVRO: "avro/binary", Format.PROTOBUF: "application/protobuf"}
"""The content type of messages whose document says none."""


def format_of(text: str | None) -> Format:
    """The family of a `schemaFormat`; AsyncAPI's own where there is none."""
    if text is None:
        return Format.JSON_SCHEMA
    word = text.partition(";")[0].partition("+")[0].strip().lower()
    return FAMILIES.get(word, Format.OTHER)


def is_encoded(found: Format, content_type: str | None) -> bool:
    """Whether a message of this content type is written in the encoding of its format.

    Without any content type it is: the schema is all that tells how to read it.
    """
    word = (content_type or found.value).lower()
    return "json" not in word and (SPOKEN[found] in word or RAW in word)


def is_newer(text: str | None) -> bool:
    """Whether OpenAPI's schemas are those of 3.1, which are JSON Schema."""
    version = (text or "").partition("version=")[2]
    return version.startswith(("3.1", "3.2"))


def is_json(media_type: str) -> bool:
    """Whether values of a media type are written as JSON."""
    name = media_type.partition(";")[0].strip().lower()
    return name in ("application/json", "text/json", "*/*") or name.endswith("+json")
