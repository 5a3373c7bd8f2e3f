"""What a build asks of the user's handlers that the last one did not, and no longer asks of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from generator.value import dataclass
from generator.write import Step

METHOD = re.compile(r"^    (?:async )?def (\w+)\(", re.MULTILINE)
"""A method of a class in a module."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """A method by its name, and the line of the user's `handlers.py` where it stands; 0: not there."""

    method: str
    line: int


@dataclass(frozen=True, slots=True)
class Asked:
    """The methods of the abstract class, by name: those of the last build, and those of this one."""

    before: Sequence[str] = ()
    now: Sequence[str] = ()

    def is_new(self, stub: str) -> bool:
        """Whether a method's text is of one that the last build did not ask for."""
        added = {*self.now} - {*self.before}
        return not added.isdisjoint(METHOD.findall(stub))

    def leftovers(self, handlers: Path) -> Iterator[Leftover]:
        """The methods that nothing asks for any more."""
        removed = [one for one in self.before if one not in self.now]
        lines = _lines(handlers) if removed else {}
        return (Leftover(one, lines.get(one, 0)) for one in removed)


def asked(steps: Sequence[Step], base: str) -> Asked:
    """What the abstract class, at the path `base`, asks for; nothing where it stays as it is."""
    for step in steps:
        if step.path == base and step.before and step.changes:
            return Asked(METHOD.findall(step.before), METHOD.findall(step.after))
    return Asked()


def _lines(handlers: Path) -> dict[str, int]:
    """The line of each method of the user's."""
    try:
        text = handlers.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return {}
    return {
        each[1]: text.count("\n", 0, each.start(1)) + 1
        for each in METHOD.finditer(text)
    }
