"""JSON values compared as JSON compares them."""

from __future__ import annotations

from collections.abc import Hashable

from generator.model import Json


def frozen(value: Json) -> Hashable:
    """A hashable stand-in that is equal exactly where the JSON values are."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, list):
        return ("array", *map(frozen, value))
    if isinstance(value, dict):
        return ("object", frozenset((key, frozen(item)) for key, item in value.items()))
    return value


def type_of(value: Json) -> str:
    """The JSON type of a value; a float without a fraction is an integer."""
    if isinstance(value, str):
        return "string"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, list):
        return "array"
    if isinstance(value, dict):
        return "object"
    return "integer" if float(value).is_integer() else "number"
