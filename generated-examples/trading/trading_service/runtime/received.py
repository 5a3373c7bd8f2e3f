"""A request as far as an operation may read it, in a form that outlives the connection."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

TYPE = "content-type"
SECRET = frozenset({"authorization", "cookie"})
NOTHING: frozenset[str] = frozenset()
_encode = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Received:
    """One request; `url` is absolute as the caller wrote it, header names are lower-case."""

    method: str
    url: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def lines(self, name: str) -> list[str]:
        """What the lines of a header say; its name is lower-case."""
        return [value for key, value in self.headers if key == name]

    def stored(
        self, keep: frozenset[str] = NOTHING, cookies: frozenset[str] = NOTHING
    ) -> bytes:
        """The request as bytes for `restored`: of its headers content-type, `keep` and the named cookies.

        What proves who the caller is does not outlive the call, whatever `keep` says.
        """
        wanted = keep - SECRET | {TYPE}
        kept = [pair for pair in self.headers if pair[0] in wanted]
        kept += [("cookie", one) for one in self._cookies(cookies)]
        head = [self.method, self.url, dict(self.path), self.query, kept]
        return _encode(head).encode() + b"\n" + self.body

    def _cookies(self, names: frozenset[str]) -> Iterator[str]:
        """The cookies of these names, as they were sent."""
        for cookie in "; ".join(self.lines("cookie") if names else ()).split(";"):
            if cookie.partition("=")[0].strip() in names:
                yield cookie.strip()

    @classmethod
    def restored(cls, text: bytes) -> Received:
        """The request that `stored` wrote."""
        head, _, body = text.partition(b"\n")
        method, url, path, query, headers = json.loads(head)
        pairs = tuple((name, value) for name, value in headers)
        return cls(method, url, path, query, pairs, body)
