"""One kind of message as the service's other side reads and writes it: leniently, as responses are read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Generic, cast

from pydantic import BaseModel, TypeAdapter, ValidationError
from typing_extensions import TypeVar

from .bodies import Binary, Content, Text
from .exchange import Response
from .kinds import scalar
from .message_headers import CONTENT_TYPE, CORRELATION_ID, OURS
from .message_location import Location, location_of

B = TypeVar("B")
H = TypeVar("H", default=Mapping[str, str])


class MessageKind(Generic[B, H]):
    """A declared message with a body B and headers H.

    `headers` is the type of its headers, and `header_kinds` says which of them are no text: `{"x-size": "integer"}`
    (see kinds; "json" for objects and arrays). `correlation` is where its correlation id is, such as
    `$message.header#/correlationId`. Without a `content` it has no body: None.
    """

    def __init__(
        self,
        name: str,
        content: Content | None,
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

    @property
    def takes_anything(self) -> bool:
        """Whether every body can be read as one of this kind."""
        return isinstance(self.content, (Binary, Text))

    def read(self, body: bytes, headers: Mapping[str, str]) -> tuple[B, H]:
        """Body and headers; raises ValueError where they are not what was declared."""
        return self.read_body(body, headers), self._read_headers(headers)

    def read_body(self, body: bytes, headers: Mapping[str, str]) -> B:
        """The body alone."""
        if self.content is None:
            return cast(B, None)
        given = {CONTENT_TYPE: self.content_type, **headers}
        return cast(B, self.content.decode(Response(200, tuple(given.items()), body)))

    def write(
        self, value: B, headers: H | None = None, *, correlation_id: str | None = None
    ) -> tuple[bytes, dict[str, str]]:
        """The body and the headers as they travel; raises ValueError for headers that were not declared."""
        body, texts = b"", self._texts(headers)
        if self.content is not None:
            body, texts[CONTENT_TYPE] = self.content.encode(value, self.content_type)
        if correlation_id is not None:
            texts[CORRELATION_ID] = correlation_id
            if self.correlation is not None and self.correlation.in_header:
                self.correlation.put(body, texts, correlation_id)
        self._read_headers({name.lower(): text for name, text in texts.items()})
        return body, texts

    def matches(self, value: object) -> bool:
        """Whether a Python value is a body of this kind."""
        if self.content is None:
            return value is None
        if isinstance(self.content, Binary):
            return isinstance(value, bytes)
        try:
            self.content.adapter.validate_python(value, strict=True)
        except ValidationError:
            return False
        return True

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
        except ValueError:
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
        if self.headers is None:
            return cast(H, headers)
        members = ",".join(
            f"{json.dumps(name)}:{self._json(name, text)}"
            for name, text in self._declared(headers)
        )
        return self._adapter.validate_json(
            f"{{{members}}}", by_alias=True, by_name=False
        )

    def _declared(self, headers: Mapping[str, str]) -> list[tuple[str, str]]:
        names = self._names
        if names is None:
            return [pair for pair in headers.items() if pair[0] not in OURS]
        return [(names[low], headers[low]) for low in names if low in headers]

    def _json(self, name: str, text: str) -> str:
        """The JSON of a header's text: objects and arrays travel as JSON already."""
        kind = self.header_kinds.get(name, "string")
        return text if kind == "json" else scalar(text, kind)

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
