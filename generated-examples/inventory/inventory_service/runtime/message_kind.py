"""One kind of message: how its body and its headers are read and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from .contents import Binary, Content, Json, Text, is_model
from .declared_message import DeclaredMessage, H
from .message import BadMessage, WithHeaders
from .message_headers import CONTENT_TYPE, CORRELATION_ID
from .problem import HttpProblem
from .violations import Violation, body_violations

B = TypeVar("B")

UNFIT = (PydanticSerializationError, TypeError, ValueError)
"""What writing raises for a value of another kind."""


class MessageKind(DeclaredMessage[Content, H], Generic[B, H]):
    """A declared message with a body B and headers H; see DeclaredMessage."""

    strict = True
    illegible = HttpProblem

    def read(self, body: bytes, headers: Mapping[str, str]) -> tuple[B, H]:
        """Body and headers; raises BadMessage, or HttpProblem for what is not even JSON."""
        wrong: list[Violation] = []
        value, read = cast(B, None), cast(H, headers)
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
        headers: H | None = None,
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

    @property
    def header_names(self) -> frozenset[str]:
        """The declared headers, in lower case."""
        return frozenset(self._names or ())

    def _read_body(self, body: bytes, content_type: str | None) -> B:
        if self.content is None:
            return cast(B, None)
        return cast(B, self.content.read(body, content_type or self.content_type))

    def _check(self, texts: Mapping[str, str]) -> None:
        """Raises ValueError unless these are the headers of such a message."""
        try:
            self._read_headers({name.lower(): text for name, text in texts.items()})
        except ValidationError as error:
            first = header_violations(error)[0]
            where = f"{self.name}, header {first['parameter']}"
            raise ValueError(f"{where}: {first['detail']}") from None


Kinds = Sequence[MessageKind[Any, Any]]


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
