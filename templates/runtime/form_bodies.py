"""Forms: an object's properties as the fields of a urlencoded or multipart body."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any
from urllib.parse import quote_plus

from pydantic import MISSING, BaseModel
from pydantic_core import to_jsonable_python

from .bodies import Content
from .encoding import Query, plain_text, query_pairs
from .exchange import Response

OCTETS = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class FormField:
    """How one property travels, where the document says more than the default."""

    content_type: str | None = None
    style: str | None = None
    explode: bool = True


@dataclass(frozen=True)
class Form(Content):
    """application/x-www-form-urlencoded."""

    fields: Mapping[str, FormField] = field(default_factory=dict)

    def encode(self, value: object, media_type: str) -> tuple[bytes, str]:
        plain = self.plain(value)
        assert isinstance(plain, dict), "a form is an object"
        pairs = [pair for name in plain for pair in self._pairs(name, plain[name])]
        body = "&".join(f"{quote_plus(name)}={text}" for name, text in pairs)
        return body.encode(), media_type

    def _pairs(self, name: str, plain: object) -> list[tuple[str, str]]:
        how = self.fields.get(name, FormField())
        if how.style is None and isinstance(plain, dict):
            return [(name, quote_plus(json.dumps(plain)))]
        parameter = Query(name, Any, style=how.style or "form", explode=how.explode)
        return query_pairs(parameter, plain)

    def decode(self, response: Response) -> object:
        return response.content


@dataclass(frozen=True)
class Multipart(Content):
    """multipart/form-data and its relatives; files are sent as they are."""

    fields: Mapping[str, FormField] = field(default_factory=dict)

    def encode(self, value: object, media_type: str) -> tuple[bytes, str]:
        boundary = token_hex(16)
        opening = f"--{boundary}\r\n".encode()
        body = b"".join(
            opening + self._part(name, one)
            for name, item in fields_of(value)
            for one in (item if isinstance(item, (list, tuple)) else [item])
        )
        whole = body + f"--{boundary}--\r\n".encode()
        return whole, f"{media_type}; boundary={boundary}"

    def _part(self, name: str, item: object) -> bytes:
        declared = self.fields.get(name, FormField()).content_type
        content = getattr(item, "content", item)
        if isinstance(content, bytes):
            kind = getattr(item, "content_type", None) or declared or OCTETS
            return part(name, content, kind, getattr(item, "name", None) or name)
        plain = to_jsonable_python(item, by_alias=True)
        if isinstance(plain, (dict, list)):
            return part(
                name, json.dumps(plain).encode(), declared or "application/json"
            )
        return part(name, plain_text(plain).encode(), declared)

    def decode(self, response: Response) -> object:
        return response.content


def fields_of(value: object) -> Iterator[tuple[str, object]]:
    """The properties that are there, by the names they travel under."""
    if isinstance(value, Mapping):
        yield from value.items()
        return
    assert isinstance(value, BaseModel), "a multipart body is an object"
    for name, known in type(value).model_fields.items():
        if (item := getattr(value, name)) is not MISSING and item is not None:
            yield known.alias or name, item
    yield from (value.model_extra or {}).items()


def part(
    name: str, content: bytes, content_type: str | None, file: str | None = None
) -> bytes:
    """One part of a multipart body (RFC 7578 §4.2)."""
    head = f'Content-Disposition: form-data; name="{quoted(name)}"'
    if file is not None:
        head += f'; filename="{quoted(file)}"'
    if content_type is not None:
        head += f"\r\nContent-Type: {quoted(content_type)}"
    return head.encode() + b"\r\n\r\n" + content + b"\r\n"


def quoted(text: str) -> str:
    """A name in a part's head: what would end it is percent-encoded, as browsers do."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
