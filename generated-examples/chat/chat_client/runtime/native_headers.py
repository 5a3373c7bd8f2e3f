"""Headers between messages and brokers: lower-case names, values as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping


def as_text(value: object) -> str:
    """A header's value as text: a string as it is, other scalars as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return json.dumps(value, default=str)


def received(pairs: Iterable[tuple[str, object]]) -> dict[str, str]:
    """What a broker gave as a message's headers; a value that is absent is left out."""
    return {name.lower(): as_text(value) for name, value in pairs if value is not None}


def besides(headers: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The headers for which a broker has no place of its own."""
    native = set(names)
    return {name: value for name, value in headers.items() if name not in native}
