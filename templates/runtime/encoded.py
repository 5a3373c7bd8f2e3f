"""Bodies in another format than JSON, validated against a type as JSON is."""

from __future__ import annotations

from typing import Any

from .codec import Codec
from .contents import Json
from .problem import HttpProblem


class Encoded(Json):
    """What a codec reads and writes."""

    def __init__(self, type: Any, *, codec: Codec) -> None:
        super().__init__(type)
        self.codec = codec

    def read(self, body: bytes, content_type: str = "") -> Any:
        return super().read(self.legible(body))

    def write(self, value: object) -> bytes:
        self.check(value)
        dumped = self.adapter.dump_python(
            value, mode=self.codec.mode, by_alias=True, warnings="error"
        )
        return self.codec.encode(dumped)

    def legible(self, body: bytes) -> bytes:
        try:
            return self.codec.decode(body)
        except ValueError as error:
            raise HttpProblem(400, "The body is broken", str(error)) from None

    def rewritten(self, text: bytes) -> bytes:
        return self.write(super().read(text))
