"""Plain JSON values: which are equal, whole, or multiples."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

Json = Any
"""What the json module reads: None, bool, int, float, str, list, dict."""


def same(one: Json, other: Json) -> bool:
    """Whether two values are equal as JSON: 1 is 1.0, and true is not 1."""
    return bool(frozen(one) == frozen(other))


def frozen(value: Json) -> Any:
    """A hashable stand-in that is equal exactly where the JSON values are."""
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, list):
        return ("array", *map(frozen, value))
    if isinstance(value, Mapping):
        return ("object", frozenset((key, frozen(item)) for key, item in value.items()))
    return value


def is_multiple(value: int | float, of: int | float) -> bool:
    """Whether `value` is a whole multiple, counted in decimals as they are written."""
    if isinstance(value, float) and not Decimal(repr(value)).is_finite():
        return False
    return (_exact(value) / _exact(of)).denominator == 1


def _exact(value: int | float) -> Fraction:
    return Fraction(value) if isinstance(value, int) else Fraction(Decimal(repr(value)))


def is_number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_whole(value: Json) -> bool:
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)


def is_unique(items: list[Json]) -> bool:
    return len({frozen(item) for item in items}) == len(items)
