"""Where a request keeps its texts, each split once and only when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.types import Scope

from .received import Received
from .styles import field_text, pairs_of


class Sources:
    """The texts of one request."""

    __slots__ = (
        "_cookies",
        "_fields",
        "_request",
        "_words",
        "body",
        "path",
        "query",
        "tells_coding",
    )

    def __init__(self, request: Received) -> None:
        self.path = request.path
        """The path's parts as they were sent, still percent-encoded."""
        self.query = request.query
        self.body = request.body
        self.tells_coding = False
        """Whether the handler is told how the body is compressed, and can do what it likes."""
        self._request = request
        self._fields: list[tuple[str, str]] | None = None
        self._words: dict[str, list[str]] | None = None
        self._cookies: list[tuple[str, str]] | None = None

    @property
    def fields(self) -> list[tuple[str, str]]:
        if self._fields is None:
            self._fields = pairs_of(self.query)
        return self._fields

    @property
    def words(self) -> Mapping[str, list[str]]:
        """The decoded texts of the query's fields, by name."""
        if self._words is None:
            self._words = words_of(self.query)
        return self._words

    @property
    def cookies(self) -> list[tuple[str, str]]:
        if self._cookies is None:
            self._cookies = cookies_in("; ".join(self.lines("cookie")))
        return self._cookies

    def header(self, name: str) -> str | None:
        """All lines of a header, joined as RFC 9110 §5.3 says."""
        lines = self.lines(name.lower())
        return ", ".join(lines) if lines else None

    def lines(self, name: str) -> list[str]:
        """What the lines of a header say; its name is lower-case."""
        return self._request.lines(name)


class Arrived(Sources):
    """A request that is answered at once: of its headers only those that are read are decoded."""

    __slots__ = ("_headers",)

    def __init__(self, scope: Scope, body: bytes) -> None:
        self.path: Mapping[str, str] = scope["path_params"]
        self.query: str = scope["query_string"].decode("latin-1")
        self.body = body
        self.tells_coding = False
        self._headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
        self._fields = self._words = self._cookies = None

    def lines(self, name: str) -> list[str]:
        wanted = name.encode("latin-1", "replace")  # no name that is sent has a "?"
        return [text.decode("latin-1") for key, text in self._headers if key == wanted]


def words_of(query: str) -> dict[str, list[str]]:
    """The decoded texts of a query's fields, by name."""
    words: dict[str, list[str]] = {}
    is_plain = "%" not in query and "+" not in query
    for field in query.split("&"):
        name, _, text = field.partition("=")
        if not is_plain:
            name, text = field_text(name), field_text(text)
        if field:
            words.setdefault(name, []).append(text)
    return words


def cookies_in(text: str) -> list[tuple[str, str]]:
    """The names and values of the cookies, in order."""
    halves = (part.partition("=") for part in text.split(";") if part.strip())
    return [(name.strip(), value.strip().strip('"')) for name, _, value in halves]
