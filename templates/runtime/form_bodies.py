"""Forms: an object's properties as the fields of a urlencoded or multipart body."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from mimetypes import guess_type
from secrets import token_hex
from typing import Any, get_args
from urllib.parse import quote_plus, unquote

from pydantic import MISSING, BaseModel, PlainSerializer
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from .bodies import OCTETS, Content
from .encoding import Query, plain_text, query_pairs
from .exchange import Response
from .media import is_json


@dataclass(frozen=True, slots=True)
class FormField:
    """How one property travels, where the document says more than the default.

    `content_type` lists the media types that it may have, the usual one first.
    """

    content_type: str | None = None
    style: str | None = None
    explode: bool = True

    def is_styled(self, plain: object) -> bool:
        """Whether a value is laid out like a parameter, other than item by item."""
        if self.style == "form" and self.explode:
            return isinstance(plain, dict)
        return self.style is not None or not self.explode

    @property
    def is_json(self) -> bool:
        """Whether the document says that it is JSON; a style goes before."""
        return self.style is None and any(map(is_json, self.kinds[:1]))

    @property
    def kinds(self) -> list[str]:
        """The media types, one by one."""
        return [one.strip() for one in (self.content_type or "").split(",") if one]

    def kind(self, fits: Callable[[str], bool]) -> str | None:
        """The first media type that fits a value, else the usual one."""
        return next(filter(fits, self.kinds), next(iter(self.kinds), None))


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
        if how.is_json:
            items = plain if isinstance(plain, list) else [plain]
            return [(name, quote_plus(json.dumps(item))) for item in items]
        if how.style is None and isinstance(plain, dict):
            return [(name, quote_plus(json.dumps(plain)))]
        return pairs_of(name, how, plain)

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
            opening + one
            for name, item in fields_of(value)
            for one in self._parts(name, item)
        )
        whole = body + f"--{boundary}--\r\n".encode()
        return whole, f"{media_type}; boundary={boundary}"

    def _parts(self, name: str, item: object) -> Iterator[bytes]:
        how = self.fields.get(name, FormField())
        items = item if isinstance(item, (list, tuple)) else [item]
        if not any(map(is_file, items)):
            plain = to_jsonable_python(item, by_alias=True)
            if how.is_styled(plain):
                for key, text in pairs_of(name, how, plain):
                    yield part(key, unquote(text).encode(), None)
                return
        for one in items:
            yield self._part(name, one)

    def _part(self, name: str, item: object) -> bytes:
        how = self.fields.get(name, FormField())
        content = content_of(item)
        if isinstance(content, bytes):
            file = getattr(item, "name", None) or name
            told = getattr(item, "content_type", None) or how.kind(
                lambda kind: kind == guessed(file)
            )
            return part(name, content, told or OCTETS, file)
        plain = to_jsonable_python(item, by_alias=True)
        if how.is_json or isinstance(plain, (dict, list)):
            kind = how.kind(is_json) or "application/json"
            return part(name, json.dumps(plain).encode(), kind)
        return part(name, plain_text(plain).encode(), how.kind(bool))

    def decode(self, response: Response) -> object:
        return response.content


def content_of(item: object) -> object:
    """The bytes of a file; anything else as it is."""
    return item if isinstance(item, BaseModel) else getattr(item, "content", item)


def is_file(item: object) -> bool:
    return isinstance(content_of(item), bytes)


def guessed(file: str) -> str:
    """The media type that a file's name tells; empty where it tells none."""
    return guess_type(file)[0] or ""


def pairs_of(name: str, how: FormField, plain: object) -> list[tuple[str, str]]:
    """The names and quoted texts of a field that is laid out like a parameter."""
    parameter = Query(name, Any, style=how.style or "form", explode=how.explode)
    return query_pairs(parameter, plain)


def fields_of(value: object) -> Iterator[tuple[str, object]]:
    """The properties that are there, by the names they travel under."""
    if isinstance(value, Mapping):
        yield from value.items()
        return
    assert isinstance(value, BaseModel), "a multipart body is an object"
    for name, known in type(value).model_fields.items():
        item = getattr(value, name)
        if item is MISSING or (item is None and not known.is_required()):
            continue
        if is_encoded(known):
            item = value.model_dump(mode="json", include={name}, by_alias=False)[name]
        yield known.alias or name, item
    yield from (value.model_extra or {}).items()


def is_encoded(known: FieldInfo) -> bool:
    """Whether bytes of a field travel as text, such as base64."""
    waiting, seen = [known.annotation, *known.metadata], list[object]()
    while waiting:
        one = waiting.pop()
        if isinstance(one, PlainSerializer):
            return True
        if not any(one is other for other in seen):
            seen.append(one)
            waiting += [getattr(one, "__value__", None), *get_args(one)]
    return False


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
