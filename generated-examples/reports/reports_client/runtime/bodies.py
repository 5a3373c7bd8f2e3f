"""Bodies: a typed value in, bytes and their content type out, and the way back."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from codecs import BOM_UTF8
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import pydantic

from .exchange import Response
from .kinds import Kind, as_json
from .media import declared, split

OCTETS = "application/octet-stream"


@dataclass(frozen=True)
class Content(ABC):
    """One representation of a body."""

    type: Any = None
    usual: ClassVar[str] = OCTETS
    """The media type that is sent where the document only names a range."""

    @abstractmethod
    def encode(self, value: object, media_type: str) -> tuple[bytes, str]:
        """The body's bytes and its whole content type."""

    @abstractmethod
    def decode(self, response: Response) -> object:
        """The body's value; raises ValueError where it is not what was declared."""

    def legible(self, body: bytes) -> bytes:
        """A body as JSON, where it is a form of JSON; raises ValueError."""
        return body

    def rewritten(self, text: bytes) -> bytes:
        """The body of a JSON text; raises ValueError."""
        return text

    @cached_property
    def adapter(self) -> pydantic.TypeAdapter[object]:
        return pydantic.TypeAdapter(self.type)

    def plain(self, value: object) -> object:
        """The value as plain data."""
        return self.adapter.dump_python(
            value, mode="json", by_alias=True, warnings=False
        )


class Json(Content):
    """JSON, read into and written from the declared type."""

    usual = "application/json"

    def encode(self, value: object, media_type: str) -> tuple[bytes, str]:
        body = self.adapter.dump_json(value, by_alias=True, warnings=False)
        return body, media_type

    def decode(self, response: Response) -> object:
        # RFC 8259 §8.1: a byte order mark may be ignored.
        text = response.content.removeprefix(BOM_UTF8)
        return self.adapter.validate_json(text, by_alias=True, by_name=False)


@dataclass(frozen=True)
class Text(Content):
    """Text in the charset of the content type."""

    type: Any = str
    kind: Kind = "string"
    usual = "text/plain"

    def encode(self, value: object, media_type: str) -> tuple[bytes, str]:
        plain = self.plain(value)
        text = plain if isinstance(plain, str) else json.dumps(plain)
        return text.encode(), f"{media_type}; charset=utf-8"

    def decode(self, response: Response) -> object:
        try:
            text = response.content.decode(response.charset)
        except LookupError as unknown:
            raise ValueError(str(unknown)) from unknown
        return self.adapter.validate_json(as_json(text, self.kind))


class Binary(Content):
    """Bytes as they are."""

    def encode(self, value: object, media_type: str) -> tuple[bytes, str]:
        content = getattr(value, "content", value)
        assert isinstance(content, bytes), "a binary body is bytes or a File"
        named = getattr(value, "content_type", None)
        return content, named if isinstance(named, str) else media_type

    def decode(self, response: Response) -> object:
        return response.content


@dataclass(frozen=True)
class Either(Content):
    """Whichever of several representations fits first."""

    options: tuple[Content, ...] = ()

    def encode(self, value: object, media_type: str) -> tuple[bytes, str]:
        return self.options[0].encode(value, media_type)

    def decode(self, response: Response) -> object:
        *others, last = self.options
        for option in others:
            try:
                return option.decode(response)
            except ValueError:
                continue
        return last.decode(response)


Contents = Mapping[str, Content]
"""Media type, or range of media types, → representation."""


def choose(contents: Contents, content_type: str) -> Content | None:
    """The representation for a content type: the closest, whose parameters it may leave out.

    Who does not know of what kind bytes are says octet-stream, whatever the range.
    """
    found = declared(contents, content_type)
    if found is None:
        name = split(content_type)[0]
        others = (one for one in contents if split(one)[0] == name)
        ranges = (one for one in contents if one.endswith("/*") and name == OCTETS)
        found = next(others, next(ranges, None))
    return None if found is None else contents[found]


def merged(*several: Contents) -> Contents:
    """Every representation that one of them declares."""
    found: dict[str, list[Content]] = {}
    for contents in several:
        for name, content in contents.items():
            found.setdefault(name, []).append(content)
    return {name: Either(options=tuple(options)) for name, options in found.items()}
