"""Addresses as brokers spell and match them: `lights/{id}` is asked for as `lights.*`, and what came is spelled back.

A broker's wildcard may match more than a parameter does; what does not fit the address is told apart by
`Spelling.address`, which gives nothing for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .address import parsed

_PARAMETER = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Spelling:
    """An address, which may have parameters, as a broker writes it that parts segments by `separator`.

    Where a slash becomes a dot, a dot becomes `dot`, so that the way back is certain.
    """

    template: str
    separator: str = "/"
    dot: str = "%2E"

    @property
    def open(self) -> bool:
        """Whether the address has parameters."""
        return _PARAMETER.search(self.template) is not None

    @property
    def key(self) -> str:
        """The broker's name of the address."""
        if not self._changes:
            return self.template
        return self.template.replace(".", self.dot).replace("/", ".")

    def wildcard(self, one: str) -> str:
        """The broker's pattern: `one` for each whole segment that has a parameter in it."""
        segments = self.key.split(self.separator)
        return self.separator.join(
            one if _PARAMETER.search(segment) else segment for segment in segments
        )

    def glob(self) -> str:
        """The pattern of a broker that matches as file names are: `*` in each parameter's place."""
        literal = re.sub(r"([*?\[\]\\])", r"\\\1", self.key)
        return _PARAMETER.sub("*", literal)

    def regex(self) -> str:
        """What the broker's names of this address match from the first character to the last."""
        literals = [re.escape(part) for part in _PARAMETER.split(self.key)]
        return "^" + "[^.]+".join(literals) + "$"

    def address(self, key: str) -> str | None:
        """The actual address behind a broker's name of it; nothing where the name does not fit."""
        if self._changes:
            key = key.replace(".", "/").replace(self.dot, ".")
        return key if parsed(self.template, key) is not None else None

    @property
    def _changes(self) -> bool:
        return self.separator == "." and "/" in self.template
