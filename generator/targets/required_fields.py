"""Texts for the fields that a query or headers of a handshake must have."""

from __future__ import annotations

import json
from collections.abc import Iterator

from generator.model import Json


def required_fields(schema: Json) -> Iterator[tuple[str, str]]:
    """The fields that the schema of a query or of headers asks for, each with a text."""
    words = schema if isinstance(schema, dict) else {}
    required, properties = words.get("required"), words.get("properties")
    for name in required if isinstance(required, list) else ():
        one = properties.get(str(name)) if isinstance(properties, dict) else None
        yield str(name), _text_of(one if isinstance(one, dict) else {})


def _text_of(schema: dict[str, Json]) -> str:
    """A value of a field of a query, as text."""
    told = [schema.get("enum"), schema.get("examples")]
    values = [value for some in told if isinstance(some, list) for value in some]
    plain = {"integer": 1, "number": 1, "boolean": True}
    values.append(plain.get(str(schema.get("type")), "example"))
    first = schema.get("const", schema.get("default", values[0]))
    return first if isinstance(first, str) else json.dumps(first)
