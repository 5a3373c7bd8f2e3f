"""Names that a method's own arguments hide: its statements say them in another way."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from io import StringIO
from tokenize import NAME, generate_tokens

from generator.python import Imports


def unhidden(
    lines: Sequence[str], arguments: Collection[str], imports: Imports
) -> tuple[str, ...]:
    """The statements, with another name for what is imported for them and an argument hides."""
    hidden = [one for one in imports.wanted if one.name in arguments]
    for one in hidden:
        imports.wanted.remove(one)
        imports.add(one.module, f"{one.name} as {other(one.name)}")
    names = {one.name for one in hidden}
    return tuple(renamed(line, names) for line in lines) if names else tuple(lines)


def other(name: str) -> str:
    """plain_date"""
    return f"plain_{name}"


def renamed(source: str, names: Collection[str]) -> str:
    """Source that says the names in another way where it asks for what is theirs, such as `date.fromisoformat`."""
    rows = source.split("\n")
    for row, column, name in reversed([*asked(source, names)]):
        text = rows[row]
        rows[row] = text[:column] + other(name) + text[column + len(name) :]
    return "\n".join(rows)


def asked(source: str, names: Collection[str]) -> Iterator[tuple[int, int, str]]:
    """Row, column and name where something of a name is asked for."""
    before, *tokens = generate_tokens(StringIO(source).readline)
    for token in tokens:
        if token.string == "." and before.type == NAME and before.string in names:
            yield before.start[0] - 1, before.start[1], before.string
        before = token
