"""Where a message carries a value: `$message.header#/id`, `$message.payload#/user/id` (AsyncAPI)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

EXPRESSION = re.compile(r"\$message\.(header|payload)#(/.*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a message: a header, or a pointer into the payload (RFC 6901)."""

    in_header: bool
    tokens: tuple[str, ...]
    """The pointer's; the first one of a header is its name as the document spells it."""

    def find(self, body: bytes, headers: Mapping[str, str]) -> str | None:
        """The text there, None where there is none; `headers` by lower-case name."""
        if self.in_header:
            return headers.get(self.header)
        return _text(_at(_parsed(body), self.tokens))

    def put(self, body: bytes, headers: dict[str, str], value: str | int) -> bytes:
        """The body with the value at this place, as it is where nothing can stand there.

        A header is set in `headers`, spelled as the document does.
        """
        if self.in_header:
            headers[self.tokens[0]] = str(value)
            return body
        document = _parsed(body)
        holder = _holder(document, self.tokens)
        if holder is None:
            return body
        holder[self.tokens[-1]] = value
        return json.dumps(document, ensure_ascii=False).encode()

    @property
    def header(self) -> str:
        """The header's name in lower case; empty for a place in the payload."""
        return self.tokens[0].lower() if self.in_header else ""


@lru_cache(maxsize=1024)
def location_of(expression: str) -> Location | None:
    """The place that an expression names; None for one that names none."""
    found = EXPRESSION.fullmatch(expression)
    if found is None:
        return None
    tokens = tuple(
        unquote(token).replace("~1", "/").replace("~0", "~")
        for token in (found[2] or "").split("/")[1:]
    )
    in_header = found[1] == "header"
    return Location(in_header, tokens) if tokens else None


def _parsed(body: bytes) -> object:
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value


def _at(value: object, tokens: tuple[str, ...]) -> object:
    for token in tokens:
        if isinstance(value, dict):
            value = value.get(token)
        elif isinstance(value, list) and token.isdecimal() and len(token) < 10:
            value = value[int(token)] if int(token) < len(value) else None
        else:
            return None
    return value


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    is_scalar = isinstance(value, bool | int | float)
    return json.dumps(value) if is_scalar else None


def _holder(document: object, tokens: tuple[str, ...]) -> dict[str, object] | None:
    """The object that has, or shall have, the last of the tokens; made where it is absent."""
    for token in tokens[:-1]:
        if not isinstance(document, dict):
            return None
        document = document.setdefault(token, {})
    return document if isinstance(document, dict) else None
