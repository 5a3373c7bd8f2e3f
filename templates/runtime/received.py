"""A request as far as an operation may read it, in a form that outlives the connection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Received:
    """One request; `url` is absolute as the caller wrote it, header names are lower-case."""

    method: str
    url: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def stored(self, keep: frozenset[str]) -> bytes:
        """The request as bytes for `restored`, with no headers but content-type and `keep`."""
        kept = [pair for pair in self.headers if pair[0] in keep or pair[0] == TYPE]
        head = [self.method, self.url, dict(self.path), self.query, kept]
        return _encode(head).encode() + b"\n" + self.body

    @classmethod
    def restored(cls, text: bytes) -> Received:
        """The request that `stored` wrote."""
        head, _, body = text.partition(b"\n")
        method, url, path, query, headers = json.loads(head)
        pairs = tuple((name, value) for name, value in headers)
        return cls(method, url, path, query, pairs, body)


TYPE = "content-type"
_encode = json.JSONEncoder(separators=(",", ":")).encode
