"""JSON indented by two columns a level: the text of `json.dumps(value, indent=2)` in half its time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from json.encoder import encode_basestring as quoted

from generator.model import Json


def indented(value: Json, line: str = "\n") -> str:
    """A value as text; `line` begins each line of what stands inside it."""
    if isinstance(value, str):
        return quoted(value)
    if not isinstance(value, (dict, list)) or not value:
        return json.dumps(value)
    inner = line + "  "
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    inside = f",{inner}".join(_items(value, inner))
    return f"{opening}{inner}{inside}{line}{closing}"


def _items(value: dict[str, Json] | list[Json], line: str) -> Iterator[str]:
    if isinstance(value, list):
        return (indented(each, line) for each in value)
    return (f"{quoted(key)}: {indented(each, line)}" for key, each in value.items())
