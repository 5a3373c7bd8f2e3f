"""An answer as it goes over the wire: what a reply becomes, and what a finished job keeps."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers (media type apart) and body, ready to be sent or stored."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str | None = None
    body: bytes = b""

    @property
    def is_error(self) -> bool:
        """Whether the status says that the caller did not get what it asked for."""
        return self.status >= 400
