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


def format_of(text: str | None) -> Format:
    """The family of a `schemaFormat`; AsyncAPI's own where there is none."""
    if text is None:
        return Format.JSON_SCHEMA
    word = text.partition(";")[0].partition("+")[0].strip().lower()
    return FAMILIES.get(word, Format.OTHER)


def is_newer(text: str | None) -> bool:
    """Whether OpenAPI's schemas are those of 3.1, which are JSON Schema."""
    version = (text or "").partition("version=")[2]
    return version.startswith(("3.1", "3.2"))
