"""A publisher whose messages are calls with a query."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from typing_extensions import TypeVar

from .handshake import check, properties_of
from .letters import both
from .problem import HttpProblem
from .publisher import Publisher

R = TypeVar("R", default=None)


class CallPublisher(Publisher[R]):
    """One send operation that calls a server; what it is answered with, if anything, is an R."""

    def asking(self, query: Mapping[str, str] | None) -> Publisher[R]:
        """The same with these fields in its query; raises ValueError for what the binding does not declare."""
        schema = self.options.get("http", {}).get("query")
        fields = {**dict(fixed(schema)), **(query or {})}
        try:
            check("query", schema, fields)
        except HttpProblem as wrong:
            raise ValueError(f"{self.name}: {wrong.detail}") from None
        options = both(self.options, {"http": {"fields": fields}})
        return Publisher(
            self.name, self.channel, self.kinds, reply=self.reply, options=options
        )


def fixed(schema: object) -> Iterator[tuple[str, str]]:
    """The fields that the document itself gives a value."""
    for name, one in properties_of(schema).items():
        words = one if isinstance(one, Mapping) else {}
        value = words.get("const", words.get("default"))
        if value is not None:
            yield name, value if isinstance(value, str) else json.dumps(value)
