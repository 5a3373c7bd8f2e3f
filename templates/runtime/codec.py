"""Bodies in another format than JSON: bytes there, JSON here, between them a codec."""

from __future__ import annotations

from typing import Any, Literal, Protocol


class Codec(Protocol):
    """Reads and writes one kind of body."""

    @property
    def mode(self) -> Literal["json", "python"]:
        """How pydantic shall dump what is to be written: as plain JSON, or with dates, bytes and the like."""

    def decode(self, body: bytes) -> bytes:
        """A body as JSON; raises ValueError for bytes that are none of this format."""

    def encode(self, value: Any) -> bytes:
        """The body of a dumped value; raises ValueError or TypeError for one that it cannot carry."""
