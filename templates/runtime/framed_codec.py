"""Bodies behind the header of a schema registry: a zero byte and the schema's id, of four bytes.

No registry is asked: what is read is of the document's schema, whichever id stands before it.
"""

from __future__ import annotations

import struct
from typing import Any, Literal

from .codec import Codec

HEADER = struct.Struct(">bI")


class Framed:
    """Bodies of a codec with a header; `indexes` say which message of a Protobuf schema they are."""

    def __init__(self, codec: Codec, id: int = 0, indexes: bytes = b"") -> None:
        self.codec = codec
        self.id = id
        self.indexes = indexes

    @property
    def mode(self) -> Literal["json", "python"]:
        return self.codec.mode

    def decode(self, body: bytes) -> bytes:
        start = HEADER.size + len(self.indexes)
        if body[:1] != b"\0" or body[HEADER.size : start] != self.indexes:
            raise ValueError("The body does not begin with the header of its schema")
        return self.codec.decode(body[start:])

    def encode(self, value: Any) -> bytes:
        return HEADER.pack(0, self.id) + self.indexes + self.codec.encode(value)
