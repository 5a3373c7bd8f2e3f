"""What both sides know of a kind of message: its headers, and where its correlation id is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Generic, Protocol, cast

from pydantic import BaseModel, TypeAdapter
from typing_extensions import TypeVar

from .kinds import quoted, scalar
from .message_headers import CORRELATION_ID, OURS
from .message_location import Location, location_of


class Legible(Protocol):
    """What is done with a body, as far as places in it are concerned."""

    def legible(self, body: bytes) -> bytes:
        """The body as JSON, where it is a form of JSON."""
        ...

    def rewritten(self, text: bytes) -> bytes:
        """The body of a JSON text."""
        ...


C = TypeVar("C", bound=Legible)
H = TypeVar("H", default=Mapping[str, str])


class DeclaredMessage(Generic[C, H]):
    """A declared message with a content C and headers H.

    `headers` is the type of its headers, and `header_kinds` says which of them are no text: `{"x-size": "integer"}`
    (see kinds; "json" for objects and arrays). `correlation` is where its correlation id is, such as
    `$message.header#/correlationId`. Without a `content` it has no body: None.
    """

    strict: ClassVar[bool]
    """Whether headers are held to their types to the letter."""
    illegible: ClassVar[type[Exception]]
    """What a content raises for a body that is broken."""

    def __init__(
        self,
        name: str,
        content: C | None,
        *,
        headers: Any = None,
        header_kinds: Mapping[str, str] | None = None,
        correlation: str | None = None,
        content_type: str = "application/json",
        title: str | None = None,
    ) -> None:
        self.name = name
        self.content = content
        self.headers = headers
        self.header_kinds = header_kinds or {}
        self.correlation = location_of(correlation) if correlation else None
        self.content_type = content_type
        self.title = title

    def correlation_of(self, body: bytes, headers: Mapping[str, str]) -> str | None:
        """The correlation id of a message: where the document says, else in its header."""
        found = self.correlation and self.find(self.correlation, body, headers)
        return found or headers.get(CORRELATION_ID)

    def find(
        self, place: Location, body: bytes, headers: Mapping[str, str]
    ) -> str | None:
        """The text that such a message has at a place."""
        return place.find(b"" if place.in_header else self.legible(body), headers)

    def put(
        self, place: Location, body: bytes, headers: dict[str, str], value: str | int
    ) -> bytes:
        """The body of such a message with a value at a place; see Location."""
        if place.in_header or self.content is None:
            return place.put(body, headers, value)
        text = place.put(self.legible(body), headers, value)
        return self.content.rewritten(text)

    def legible(self, body: bytes) -> bytes:
        """A body as JSON, where it is a form of JSON; nothing of one that is broken."""
        try:
            return body if self.content is None else self.content.legible(body)
        except self.illegible:
            return b""

    @cached_property
    def _adapter(self) -> TypeAdapter[H]:
        return TypeAdapter(self.headers)

    @cached_property
    def _names(self) -> Mapping[str, str] | None:
        """Lower-case name → name of each declared header; None where any may be declared."""
        model = self.headers
        if not isinstance(model, type) or not issubclass(model, BaseModel):
            return None
        fields = model.model_fields.items()
        names = (field.alias or name for name, field in fields)
        return {name.lower(): name for name in names}

    def _read_headers(self, headers: Mapping[str, str]) -> H:
        """The headers of a message; raises ValidationError."""
        if self.headers is None:
            return cast(H, headers)
        members = ",".join(
            f"{quoted(name)}:{self._json(name, text)}"
            for name, text in self._declared(headers)
        )
        return self._adapter.validate_json(
            f"{{{members}}}", strict=self.strict, by_alias=True, by_name=False
        )

    def _declared(self, headers: Mapping[str, str]) -> list[tuple[str, str]]:
        names = self._names
        if names is None:
            return [pair for pair in headers.items() if pair[0] not in OURS]
        return [(names[low], headers[low]) for low in names if low in headers]

    def _json(self, name: str, text: str) -> str:
        """The JSON of a header's text: what should be JSON and is none is a string."""
        kind = self.header_kinds.get(name, "string")
        if kind != "json":
            return scalar(text, kind)
        try:
            return json.dumps(json.loads(text))
        except (ValueError, RecursionError):
            return quoted(text)

    def _texts(self, headers: H | None) -> dict[str, str]:
        """The headers as texts: a string as it is, anything else as JSON."""
        plain: object = headers or {}
        if self.headers is not None and headers is not None:
            plain = self._adapter.dump_python(headers, mode="json", by_alias=True)
        members = cast(Mapping[str, object], plain)
        return {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in members.items()
        }
