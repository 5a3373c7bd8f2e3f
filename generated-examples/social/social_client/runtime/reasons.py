"""Why something cannot be read, in one line."""

from __future__ import annotations

from pydantic import ValidationError


def in_words(reason: ValueError) -> str:
    """The first thing that is wrong, where it is, and how many there are besides."""
    if not isinstance(reason, ValidationError):
        return str(reason)
    first = reason.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    others = reason.error_count() - 1
    told = f"{place}: {first['msg']}" if place else first["msg"]
    return f"{told} (and {others} more)" if others else told
