"""One kind of message as the service's other side reads and writes it: leniently, as responses are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, cast

from pydantic import ValidationError
from typing_extensions import TypeVar

from .bodies import Binary, Content, Text
from .declared_message import DeclaredMessage, H
from .exchange import Response
from .message_headers import CONTENT_TYPE, CORRELATION_ID

B = TypeVar("B")


class MessageKind(DeclaredMessage[Content, H], Generic[B, H]):
    """A declared message with a body B and headers H; see DeclaredMessage."""

    strict = False
    illegible = ValueError

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
