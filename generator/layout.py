"""Statements as Black lays them out, for what our templates print; the rest is left to Black.

A definition comes back None when one of its statements is of a shape that is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import field
from itertools import pairwise

from generator.value import dataclass

WIDTH = 88
TOKEN = re.compile(
    r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[()\[\]{}]|,|[^()\[\]{},"'\#]+|.""",
    re.DOTALL,
)
OPENING = {"(": ")", "[": "]", "{": "}"}
CLOSING = frozenset(OPENING.values())
UNREADABLE = frozenset("'\"#")
ITEM = re.compile(r'(?:"?[\w.]+"?(?:=|: ))?(?:"[^"\\]*"|[\w.]+),')
"""An argument, an item or an entry that is a line by itself, with no bracket in it."""
NAMED = re.compile(r"(?:[\w.]+ ?)?(?:=|: )?\s*(?:await )?[\w.]*|\"[^\"\\]*\": [\w.]*")
"""What may stand before the bracket of an argument, an item or an entry."""
TARGET = re.compile(
    r"(?:[\w.]+ = |from [\w.]+ import |return |yield |await |return await )?(?:await )?[\w.]*"
)
"""What may stand before the bracket of a statement."""
ANNOTATED = re.compile(r"[\w.]+: ")
FIELD = re.compile(r"(\w+): ")
SUBSCRIPT = re.compile(r'\w+: [\w.]+\[(?: = (?:[\w.]+|"[^"\\]*"))?')
"""A field that is a subscript, without what is in it."""
UNION = re.compile(r"[\w.]+\[\] \| [\w.]+")
"""A subscript and a name."""
ENDING = re.compile(r"(.* \| [\w.]+) = ([\w.]+)")
UNMEASURED = re.compile("[^\0-\x7f\xa0-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027]")
"""What may not be one column wide: Black measures it with a table of its own."""


class Unknown(Exception):
    """Of a shape that only Black knows how to lay out."""


@dataclass(slots=True)
class Group:
    """A pair of brackets and the items between its commas."""

    opening: str
    items: list[Item] = field(default_factory=list)
    comma: bool = False
    """Whether a comma stands after the last item."""
    is_atom: bool = False
    """Whether it is a list, a tuple or a mapping, not a call's or a subscript's."""
    open: bool = False
    """Whether it must be exploded, for a comma in it or deeper."""
    flat: str = ""
    """All of it on one line."""


Item = list[str | Group]


def segments(text: str) -> list[str]:
    """The text in pieces, each a top-level statement with the blank lines after it."""
    lines = text.rstrip("\n").split("\n")
    starts = [0]
    # A decorator may take several lines, and belongs to what follows.
    decorates = lines[0].startswith("@")
    # A line of a docstring may begin like a statement.
    is_inside = QUOTED.subn("", lines[0])[1] % 2 == 1
    for number, line in enumerate(lines[1:], start=1):
        was_inside = is_inside
        is_inside ^= QUOTED.subn("", line)[1] % 2 == 1
        if not was_inside and BEGINS.match(line):
            if not decorates:
                starts.append(number)
            decorates = line.startswith("@")
    ends = [*starts[1:], len(lines)]
    return ["\n".join(lines[one:two]) for one, two in zip(starts, ends, strict=True)]


def joined(pieces: Sequence[str]) -> str:
    """The pieces as one text, with Black's blank lines between them."""
    made = [pieces[0].rstrip("\n")]
    for before, piece in pairwise(pieces):
        made.append("\n" * (1 + _blank(before, piece)) + piece.rstrip("\n"))
    return "".join(made) + "\n"


def _blank(before: str, piece: str) -> int:
    """Two lines around functions and classes, one after imports, else as they are."""
    if DEFINES.match(before) or DEFINES.match(piece):
        return 2
    bare = before.rstrip("\n")
    imports = IMPORTS.search(bare) is not None
    return 1 if imports else min(len(before) - len(bare), 2)


BEGINS = re.compile(r"@|class |async def |def |[A-Za-z_]\w*(?:: | = )")
MISSPACED = re.compile(r"\n\n\n |(?<!\nelse):\n\n ")
"""Blank lines that Black may take away: several in a block, or at its beginning."""
QUOTED = re.compile(r'(?<!\\)"""')
IMPORTS = re.compile(
    r"^(?:import |from )[^\n]*(?:\((?:\n    \w+,)+\n\))?\Z", re.MULTILINE
)
DEFINES = re.compile(r"@|class |async def |def ")


def laid_out(segment: str) -> str | None:
    """The segment as Black prints it, or None."""
    bare = segment.rstrip("\n")
    if MISSPACED.search(bare):
        return None
    try:
        return "\n".join(_lines(bare.split("\n"))) + segment[len(bare) :]
    except Unknown:
        return None


def _lines(lines: list[str]) -> Iterator[str]:
    waiting = iter(lines)
    for line in waiting:
        bare = line.lstrip()
        if bare.startswith('"""'):
            yield line
            yield from _rest_of_docstring(line, waiting)
        elif '"""' in line or "#" in line or _is_unmeasured(line):
            raise Unknown
        elif _is_plain(line):
            yield line
        else:
            yield from _statement(line, waiting)


def _is_unmeasured(line: str) -> bool:
    return not line.isascii() and UNMEASURED.search(line) is not None


def _rest_of_docstring(first: str, waiting: Iterator[str]) -> Iterator[str]:
    if first.count('"""') > 1:
        return
    indent = first[: len(first) - len(first.lstrip())]
    for line in waiting:
        yield line
        if line.endswith('"""') and not line.endswith('\\"""'):
            if line != indent + '"""':
                raise Unknown
            return


def _is_plain(line: str) -> bool:
    """Whether a line is a whole statement that stays as it is."""
    if len(line) > WIDTH or line[-1:] in ("(", "[", "{", ","):
        return False
    if ",)" in line or ",]" in line or ",}" in line:
        return False
    return all(
        line.count(opening) == line.count(OPENING[opening]) for opening in OPENING
    )


def _statement(line: str, waiting: Iterator[str]) -> Iterator[str]:
    """The lines of one statement, which begins with this line."""
    indent = len(line) - len(line.lstrip())
    parts = _read(line, waiting)
    text = _flat(parts)
    if not _is_open(parts) and indent + len(text) <= WIDTH:
        yield " " * indent + text
        return
    if text.startswith(("def ", "async def ")):
        yield from _definition(parts, indent)
        return
    field = _union_of(parts)
    if field is not None:
        yield from _field(*field, indent)
        return
    shape = "".join([p if isinstance(p, str) else p.opening for p in parts])
    if SUBSCRIPT.fullmatch(shape):
        yield from _subscript(parts, indent)
        return
    _check_statement(parts)
    yield from _exploded(parts, indent, "")


def _subscript(parts: Item, indent: int) -> Iterator[str]:
    """A field that is a subscript, split at its value where that is enough, else at its bracket."""
    pad, value = " " * indent, _flat(parts[2:])
    first = f"{pad}{_flat(parts[:2])} = ("
    if not value or _is_open(parts) or len(first) > WIDTH:
        yield from _exploded(parts[:2], indent, value)
    else:
        yield from (first, f"{pad}    {value.removeprefix(' = ')}", f"{pad})")


def _union_of(parts: Item) -> tuple[str, list[Item], str] | None:
    """The name, the types and the value of `name: list[int] | MISSING = MISSING`."""
    first, between, last = parts[0], parts[1:-1], parts[-1]
    if not between or not isinstance(first, str) or not isinstance(last, str):
        return None
    name, ending = FIELD.match(first), ENDING.fullmatch(last)
    if name is None or ending is None:
        return None
    types: list[Item] = [[]]
    for part in [first[name.end() :], *between, ending[1]]:
        one, *more = part.split(" | ") if isinstance(part, str) else [part]
        types[-1] += [one] if one else []
        types += [[each] if each else [] for each in more]
    return name[1], types, ending[2]


def _field(name: str, types: list[Item], value: str, indent: int) -> Iterator[str]:
    """A field whose union of types does not fit, one type a line."""
    if any(len(one) > 2 or _is_open(one) for one in types):
        raise Unknown
    pad = " " * indent
    union = " | ".join(map(_flat, types))
    if len(f"{pad}{name}: {union} = (") <= WIDTH:
        yield from (f"{pad}{name}: {union} = (", f"{pad}    {value}", f"{pad})")
        return
    yield f"{pad}{name}: ("
    if indent + 4 + len(union) <= WIDTH:
        yield f"{pad}    {union}"
    else:
        yield from _item(types[0], indent + 4, "")
        for one in types[1:]:
            yield from _item([f"| {_flat(one[:1])}", *one[1:]], indent + 4, "")
    yield f"{pad}) = {value}"


def _read(line: str, waiting: Iterator[str]) -> Item:
    """The statement as parts; takes the lines that its brackets need."""
    whole: Item = []
    stack: list[tuple[Group, Item]] = []
    here = whole
    text = line.strip()
    while True:
        if stack and not here and ITEM.fullmatch(text):
            stack[-1][0].items.append([text[:-1]])
        else:
            here = _take(text, stack, here)
        if not stack:
            return whole
        following = next(waiting, None)
        if following is None or _is_unmeasured(following):
            raise Unknown
        text = following.strip()


def _take(text: str, stack: list[tuple[Group, Item]], here: Item) -> Item:
    """Read a line into the brackets that it stands in; returns where the next one goes on."""
    begins = True
    for token in TOKEN.findall(text):
        if token in OPENING:
            group = Group(token, is_atom=begins or _begins_atom(here))
            here.append(group)
            stack.append((group, here))
            here = []
        elif token in CLOSING:
            if not stack:
                raise Unknown
            group, outer = stack.pop()
            _close(group, here)
            here = outer
        elif token == "," and stack:
            if not here:
                raise Unknown
            stack[-1][0].items.append(here)
            here = []
        elif token in UNREADABLE or "  " in token:
            raise Unknown
        elif here and isinstance(here[-1], str):
            here[-1] += token
        elif token := token if here else token.lstrip():
            here.append(token)
        begins = False
    return here


def _begins_atom(here: Item) -> bool:
    """Whether a bracket here is not a call's or a subscript's."""
    if not here or isinstance(here[-1], Group):
        return not here
    last = here[-1][-1]
    return not (last.isalnum() or last in "_\"'")


def _close(group: Group, last: Item) -> None:
    if last and isinstance(last[-1], str):
        last[-1] = last[-1].rstrip()
    group.comma = bool(group.items) and not last
    if last:
        group.items.append(last)
    one_tuple = group.opening == "(" and group.is_atom and len(group.items) == 1
    one_index = group.opening == "[" and not group.is_atom and len(group.items) == 1
    forced = group.comma and not one_tuple and not one_index
    group.open = forced or any(map(_is_open, group.items))
    comma = "," if group.comma and one_tuple else ""
    inside = ", ".join(map(_flat, group.items))
    group.flat = f"{group.opening}{inside}{comma}{OPENING[group.opening]}"


def _is_open(parts: Item) -> bool:
    return any(isinstance(part, Group) and part.open for part in parts)


def _flat(parts: Item) -> str:
    return "".join([part if isinstance(part, str) else part.flat for part in parts])


def _check_statement(parts: Item) -> None:
    """Raises Unknown unless the statement ends in the only bracket of its value."""
    if not isinstance(parts[-1], Group):
        raise Unknown
    head = parts[:-1]
    if head and isinstance(head[0], str) and ANNOTATED.match(head[0]):
        last = head[-1]
        if not isinstance(last, str) or " = " not in last or _is_open(head):
            raise Unknown
        head = [last[last.index(" = ") + 3 :]]
    if len(head) > 1 or (head and not TARGET.fullmatch(str(head[0]))):
        raise Unknown
    if head and str(head[0]).startswith("from ") and len(parts[-1].items) < 2:
        raise Unknown


def _definition(parts: Item, indent: int) -> Iterator[str]:
    """A function's head, split at its parameters."""
    head, parameters, *tail = parts
    if not isinstance(parameters, Group) or _is_open(tail) or not parameters.items:
        raise Unknown
    end = ")" + _flat(tail)
    if indent + len(end) > WIDTH:
        raise Unknown
    pad = " " * indent
    yield f"{pad}{head}("
    inside = ", ".join(map(_flat, parameters.items))
    fits = indent + 4 + len(inside) <= WIDTH and not parameters.open
    if fits and len(parameters.items) > 1:
        yield f"{pad}    {inside}"
    else:
        for item in parameters.items:
            yield from _item(item, indent + 4, ",", is_parameter=True)
    yield pad + end


def _exploded(parts: Item, indent: int, end: str) -> Iterator[str]:
    """Parts that end in a bracket, split there; `end` follows the closing bracket."""
    group = parts[-1]
    assert isinstance(group, Group)
    if not group.items or _is_open(parts[:-1]):
        raise Unknown
    pad = " " * indent
    first = pad + _flat(parts[:-1]) + group.opening
    if len(first) > WIDTH:
        raise Unknown
    yield first
    yield from _body(group, indent + 4)
    yield pad + OPENING[group.opening] + end


def _body(group: Group, indent: int) -> Iterator[str]:
    several = len(group.items) > 1
    comma = "," if group.comma or several else ""
    must = group.open if several else False
    if not must and not (several and group.is_atom):
        inside = ", ".join(map(_flat, group.items))
        if not any(_is_open(item) for item in group.items):
            kept = "," if group.comma else ""
            if indent + len(inside) + len(kept) <= WIDTH:
                yield " " * indent + inside + kept
                return
    for item in group.items:
        yield from _item(item, indent, comma)


def _item(
    item: Item, indent: int, comma: str, is_parameter: bool = False
) -> Iterator[str]:
    """An argument, an element or an entry, on a line of its own or on several."""
    line = " " * indent + _flat(item) + comma
    if not _is_open(item) and len(line) <= WIDTH:
        yield line
        return
    last = item[-1]
    if is_parameter:
        raise Unknown
    if len(item) == 3 and UNION.fullmatch(f"{item[0]}[]{last}"):
        yield from _item(item[:2], indent, "")
        yield f"{' ' * indent}{str(last).lstrip()}{comma}"
        return
    if not isinstance(last, Group) or len(item) > 2:
        raise Unknown
    if len(item) == 2 and not NAMED.fullmatch(str(item[0])):
        raise Unknown
    yield from _exploded(item, indent, comma)
