"""Avro's binary encoding (Avro 1.12 §"Binary encoding"): a value of one schema, without a container."""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cached_property
from io import BytesIO
from typing import Any, Literal

from fastavro import parse_schema, schemaless_reader, schemaless_writer
from fastavro._read_py import schemaless_reader as python_reader
from fastavro.types import Schema

BROKEN = (
    EOFError,
    ArithmeticError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What reading raises for bytes that are no value of the schema."""


class Avro:
    """Values of an Avro schema."""

    mode: Literal["json", "python"] = "python"

    def __init__(self, schema: Schema, *, is_recursive: bool = False) -> None:
        self.schema = schema
        # Values inside each other by the thousand end the process of the compiled reader.
        self.read = python_reader if is_recursive else schemaless_reader

    @cached_property
    def parsed(self) -> Schema:
        return parse_schema(self.schema)

    def decode(self, body: bytes) -> bytes:
        source = BytesIO(body)
        try:
            value = self.read(source, self.parsed, None)
            text = json.dumps(value, default=text_of)
        except BROKEN as error:
            raise ValueError(f"The body is not Avro of its schema: {error}") from None
        if source.read(1):
            raise ValueError("The body has more bytes than the value of its schema")
        return text.encode()

    def encode(self, value: Any) -> bytes:
        written = BytesIO()
        try:
            schemaless_writer(written, self.parsed, value, strict_allow_default=True)
        except (ArithmeticError, LookupError) as error:
            raise ValueError(str(error)) from None
        return written.getvalue()


def text_of(value: object) -> str:
    """A value that JSON has no type for, as its text."""
    return b64encode(value).decode() if isinstance(value, bytes) else str(value)
