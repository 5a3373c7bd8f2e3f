"""Where a request keeps its texts, each split once and only when asked for."""

from __future__ import annotations

from .received import Arrived, Received
from .styles import pairs_of


class Sources:
    """The texts of one request."""

    __slots__ = ("_cookies", "_fields", "_request", "path", "query")

    def __init__(self, request: Received | Arrived) -> None:
        self.path = request.path
        """The path's parts as they were sent, still percent-encoded."""
        self.query = request.query
        self._request = request
        self._fields: list[tuple[str, str]] | None = None
        self._cookies: list[tuple[str, str]] | None = None

    @property
    def fields(self) -> list[tuple[str, str]]:
        if self._fields is None:
            self._fields = pairs_of(self.query)
        return self._fields

    @property
    def cookies(self) -> list[tuple[str, str]]:
        if self._cookies is None:
            self._cookies = cookies_in("; ".join(self._request.lines("cookie")))
        return self._cookies

    def header(self, name: str) -> str | None:
        """All lines of a header, joined as RFC 9110 §5.3 says."""
        lines = self._request.lines(name.lower())
        return ", ".join(lines) if lines else None


def cookies_in(text: str) -> list[tuple[str, str]]:
    """The names and values of the cookies, in order."""
    halves = (part.partition("=") for part in text.split(";") if part.strip())
    return [(name.strip(), value.strip().strip('"')) for name, _, value in halves]
