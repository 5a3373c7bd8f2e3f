"""The fields of a binding, each read as the type it should have: a document is not always right about it."""

from __future__ import annotations

from collections.abc import Mapping

Options = Mapping[str, object]


def text(options: Options, name: str, default: str = "") -> str:
    """A field that is a string, or a schema that allows only one."""
    value = options.get(name)
    if isinstance(value, Mapping):
        allowed = value.get("enum") or [value.get("const")]
        value = allowed[0] if isinstance(allowed, list) else None
    return value if isinstance(value, str) and value else default


def number(options: Options, name: str, default: int) -> int:
    """A field that is a whole number."""
    value = options.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def flag(options: Options, name: str, default: bool) -> bool:
    """A field that is true or false."""
    value = options.get(name)
    return value if isinstance(value, bool) else default


def fields(options: Options, name: str) -> Options:
    """A field that has fields of its own; without any where it is absent."""
    value = options.get(name)
    return value if isinstance(value, Mapping) else {}
