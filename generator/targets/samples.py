"""Values with nothing inside them that fit what a schema says: texts, numbers, and how items vary."""

from __future__ import annotations

import math
import re
from fractions import Fraction

from generator.model import Json, Schema
from generator.patterns import sample, translated
from generator.searching import found as found_in

TEXTS = {
    "date-time": "2026-01-02T03:04:05Z",
    "date": "2026-01-02",
    "time": "03:04:05Z",
    "duration": "PT5M",
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
    "uri": "https://example.com/",
    "url": "https://example.com/",
    "uri-reference": "/example",
    "iri": "https://example.com/",
    "email": "someone@example.com",
    "idn-email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "byte": "ZXhhbXBsZQ==",
    "base64url": "ZXhhbXBsZQ",
    "avro-decimal": "1",
    "json-pointer": "/example",
    "regex": "^example$",
}


MOST = 1000
"""Values of an array, those inside its items included."""


def implied(schema: Schema) -> str:
    """The type that a schema without one speaks of."""
    if schema.properties or schema.required or schema.additional is not None:
        return "object"
    if schema.items is not None or schema.prefix_items or schema.min_items:
        return "array"
    bounds = (
        schema.minimum,
        schema.maximum,
        schema.exclusive_minimum,
        schema.multiple_of,
    )
    return "number" if any(bound is not None for bound in bounds) else "string"


def text(schema: Schema) -> str:
    """A string of a schema's format, pattern and length."""
    least, most = schema.min_length or 0, schema.max_length
    pattern = translated(schema.pattern) if schema.pattern is not None else None
    found = sample(pattern) if pattern is not None else None
    usual = TEXTS.get(schema.format or "")
    if found is not None and usual is not None and re.search(pattern or "", usual):
        found = usual if most is None or len(usual) <= most else found
    if found is None:
        encoded = (schema.content_encoding or "").lower() in ("base64", "base64url")
        found = TEXTS.get("byte" if encoded else schema.format or "", "example")
        if most is not None and len(found) > most:
            found = found[:most]
        if len(found) < least:
            found += "x" * min(least - len(found), 100_000)
    elif len(found) < least and found:
        found = lengthened(found, least, pattern or "")
    return found


def lengthened(found: str, least: int, pattern: str) -> str:
    """A sample made longer by repeating one of its characters, where the pattern lets it."""
    missing = min(least - len(found), 100_000)
    for index in range(len(found), 0, -1):
        longer = found[:index] + found[index - 1] * missing + found[index:]
        if found_in(pattern, longer):
            return longer
    return found


def number(schema: Schema, kind: str) -> Json:
    """A number within a schema's bounds."""
    step = schema.multiple_of or (1 if kind == "integer" else 0.5)
    low, high = schema.minimum, schema.maximum
    if schema.exclusive_minimum is not None:
        low = max(
            schema.exclusive_minimum + step, low if low is not None else -math.inf
        )
    if schema.exclusive_maximum is not None:
        high = min(
            schema.exclusive_maximum - step, high if high is not None else math.inf
        )
    value: int | float = 1 if kind == "integer" else 1.5
    if low is not None and value < low:
        value = low
    if high is not None and value > high:
        value = high
    if schema.multiple_of:
        value = multiple(value, step, high)
    if kind == "integer":
        return math.ceil(value)
    return value


def multiple(
    value: int | float, step: int | float, high: int | float | None
) -> int | float:
    exact, size = Fraction(str(value)), Fraction(str(step))
    found = math.ceil(exact / size) * size
    if high is not None and found > Fraction(str(high)):
        found -= size
    return int(found) if found.denominator == 1 else float(found)


def vary(value: Json, index: int, schema: Schema | None) -> Json:
    """An item that differs from those before it."""
    if index == 0:
        return value
    if schema is not None and schema.enum is not None:
        return schema.enum[index % len(schema.enum)]
    if isinstance(value, str):
        return f"{value}{index}"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value + index
    return value


def values_in(value: Json) -> int:
    """How many values a value is made of."""
    count, stack = 0, [value]
    while stack and count < MOST:
        count += 1
        one = stack.pop()
        if isinstance(one, (list, dict)):
            stack.extend(one.values() if isinstance(one, dict) else one)
    return count
