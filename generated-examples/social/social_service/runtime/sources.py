"""Where a request keeps its texts, each split once and only when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from .received import Received
from .styles import pairs_of


class Sources:
    """The texts of one request."""

    def __init__(self, received: Received) -> None:
        self.received = received

    @property
    def path(self) -> Mapping[str, str]:
        """The path's parts as they were sent, still percent-encoded."""
        return self.received.path

    @property
    def query(self) -> str:
        return self.received.query

    @cached_property
    def fields(self) -> list[tuple[str, str]]:
        return pairs_of(self.received.query)

    @cached_property
    def cookies(self) -> list[tuple[str, str]]:
        text = "; ".join(
            value for name, value in self.received.headers if name == "cookie"
        )
        halves = (part.partition("=") for part in text.split(";") if part.strip())
        return [(name.strip(), value.strip().strip('"')) for name, _, value in halves]

    def header(self, name: str) -> str | None:
        """All lines of a header, joined as RFC 9110 §5.3 says."""
        wanted = name.lower()
        lines = [value for key, value in self.received.headers if key == wanted]
        return ", ".join(lines) if lines else None
