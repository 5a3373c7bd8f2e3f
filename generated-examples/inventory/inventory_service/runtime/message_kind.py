"""One kind of message: how its body and its headers are read and written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError
from typing_extensions import TypeVar as DefaultTypeVar

from .contents import Binary, Content, Json, Text, is_model
from .kinds import scalar
from .message import BadMessage, WithHeaders
from .message_headers import CONTENT_TYPE, CORRELATION_ID, OURS
from .message_location import Location, location_of
from .problem import HttpProblem
from .violations import Violation, body_violations

B = TypeVar("B")
Hd = DefaultTypeVar("Hd", default=Mapping[str, str])

UNFIT = (PydanticSerializationError, TypeError, ValueError)
"""What writing raises for a value of another kind."""


class MessageKind(Generic[B, Hd]):
    """A declared message with a body B and headers Hd.

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

    def read(self, body: bytes, headers: Mapping[str, str]) -> tuple[B, Hd]:
        """Body and headers; raises BadMessage, or HttpProblem for what is not even JSON."""
        wrong: list[Violation] = []
        value, read = cast(B, None), cast(Hd, headers)
        try:
            value = self._read_body(body, headers.get(CONTENT_TYPE))
        except ValidationError as error:
            assert self.content is not None
            wrong += body_violations(error, self.content.plain(body, ""))
        try:
            read = self._read_headers(headers)
        except ValidationError as error:
            wrong += header_violations(error)
        if wrong:
            raise BadMessage(wrong)
        return value, read

    def write(
        self,
        value: B,
        headers: Hd | None = None,
        *,
        correlation_id: str | None = None,
    ) -> tuple[bytes, dict[str, str]]:
        """The body and the headers as they travel; raises ValueError for what was not declared."""
        texts = self._texts(headers)
        body = b""
        if self.content is not None:
            texts[CONTENT_TYPE] = self.content_type
            body = self.content.write(value)
        body = self.correlate(body, texts, correlation_id)
        self._check(texts)
        return body, texts

    def correlate(
        self, body: bytes, texts: dict[str, str], correlation_id: str | None
    ) -> bytes:
        """The body of a message with this correlation id, which is set in its headers too.

        One that stands in the payload already is left there.
        """
        place = self.correlation
        if correlation_id is not None and place is not None:
            if place.in_header:
                texts[place.tokens[0]] = correlation_id
            elif self.find(place, body, texts) is None:
                body = self.put(place, body, texts, correlation_id)
            else:
                correlation_id = self.find(place, body, texts)
        if correlation_id is not None:
            texts[CORRELATION_ID] = correlation_id
        return body

    @property
    def takes_anything(self) -> bool:
        """Whether every body can be read as one of this kind."""
        return isinstance(self.content, (Binary, Text))

    def matches(self, value: object) -> bool:
        """Whether a Python value is a body of this kind: of its class, else one that can be written."""
        if self.content is None:
            return value is None
        model = self.content.type if isinstance(self.content, Json) else None
        if is_model(model):
            # Another model would be written too: as the members that both have.
            return isinstance(value, model)
        try:
            self.content.write(value)
        except UNFIT:
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
        self, place: Location, body: bytes, headers: dict[str, str], value: str
    ) -> bytes:
        """The body of such a message with a text at a place; see Location."""
        if place.in_header or self.content is None:
            return place.put(body, headers, value)
        text = place.put(self.legible(body), headers, value)
        return self.content.rewritten(text)

    def legible(self, body: bytes) -> bytes:
        """A body as JSON, where it is a form of JSON; nothing of one that is broken."""
        try:
            return body if self.content is None else self.content.legible(body)
        except HttpProblem:
            return b""

    @property
    def header_names(self) -> frozenset[str]:
        """The declared headers, in lower case."""
        return frozenset(self._names or ())

    @cached_property
    def _adapter(self) -> TypeAdapter[Hd]:
        return TypeAdapter(self.headers)

    @cached_property
    def _names(self) -> Mapping[str, str] | None:
        """Lower-case name → name of each declared header; None where any may be declared."""
        if not is_model(self.headers):
            return None
        fields = self.headers.model_fields.items()
        names = (field.alias or name for name, field in fields)
        return {name.lower(): name for name in names}

    def _read_body(self, body: bytes, content_type: str | None) -> B:
        if self.content is None:
            return cast(B, None)
        return cast(B, self.content.read(body, content_type or self.content_type))

    def _read_headers(self, headers: Mapping[str, str]) -> Hd:
        if self.headers is None:
            return cast(Hd, headers)
        members = ",".join(
            f"{json.dumps(name)}:{self._json(name, text)}"
            for name, text in self._declared(headers)
        )
        return self._adapter.validate_json(
            f"{{{members}}}", strict=True, by_alias=True, by_name=False
        )

    def _declared(self, headers: Mapping[str, str]) -> list[tuple[str, str]]:
        names = self._names
        if names is None:
            return [pair for pair in headers.items() if pair[0] not in OURS]
        return [(names[low], headers[low]) for low in names if low in headers]

    def _json(self, name: str, text: str) -> str:
        """The JSON of a header's text."""
        kind = self.header_kinds.get(name, "string")
        if kind != "json":
            return scalar(text, kind)
        try:
            return json.dumps(json.loads(text))
        except (ValueError, RecursionError):
            return json.dumps(text)

    def _texts(self, headers: Hd | None) -> dict[str, str]:
        if headers is None:
            return {}
        plain: object = headers
        if self.headers is not None:
            plain = self._adapter.dump_python(headers, mode="json", by_alias=True)
        members = cast(Mapping[str, object], plain)
        return {name: header_text(value) for name, value in members.items()}

    def _check(self, texts: Mapping[str, str]) -> None:
        """Raises ValueError unless these are the headers of such a message."""
        try:
            self._read_headers({name.lower(): text for name, text in texts.items()})
        except ValidationError as error:
            first = header_violations(error)[0]
            where = f"{self.name}, header {first['parameter']}"
            raise ValueError(f"{where}: {first['detail']}") from None


Kinds = Sequence[MessageKind[Any, Any]]


def header_text(value: object) -> str:
    """A header's value as text: a string as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def header_violations(error: ValidationError) -> list[Violation]:
    """What is wrong with a message's headers."""
    return [
        {
            "parameter": str(one["loc"][0]) if one["loc"] else "",
            "in": "header",
            "detail": one["msg"],
            "code": one["type"],
        }
        for one in error.errors(include_url=False, include_input=False)
    ]


def written(
    kinds: Kinds, value: object, correlation_id: str | None = None
) -> tuple[bytes, dict[str, str]]:
    """A value (WithHeaders, or a bare body) as a message of the kind that it is one of.

    Raises TypeError when it is none of them.
    """
    body, headers = value, None
    if isinstance(value, WithHeaders):
        body, headers = value.body, value.headers
    kind = kind_of(kinds, body)
    return kind.write(body, headers, correlation_id=correlation_id)


def kind_of(kinds: Kinds, body: object) -> MessageKind[Any, Any]:
    """The kind that a body is one of; raises TypeError when it is of none."""
    for kind in kinds:
        if kind.matches(body):
            return kind
    names = ", ".join(kind.name for kind in kinds) or "nothing"
    raise TypeError(f"{type(body).__name__} is none of: {names}")
