"""Where every key and value of a document stands: rows of offsets, found by container."""

from __future__ import annotations

import re
from dataclasses import field

from generator.model import Json
from generator.problems import Place, Span
from generator.source import Source
from generator.value import dataclass

_QUOTED = re.compile(
    r"\"[^\"\\\r\n]*(?:\\.[^\"\\\r\n]*)*\"?|'[^'\r\n]*(?:''[^'\r\n]*)*'?"
)
_PLAIN = re.compile(r"[^\r\n]*?(?=\s+#|:\s|:?\s*$)", re.MULTILINE)
_PLAIN_IN_FLOW = re.compile(
    r"[^\r\n,\[\]{}]*?(?=\s+#|:\s|[,\[\]{}]|:?\s*$)", re.MULTILINE
)
_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*\s+)+")


_REST_OF_LINE = re.compile(r"(?:[^\r\n]*[^\s])?")

LONGEST = 400
"""Characters of a collection at which its end is no longer looked for."""


@dataclass(slots=True)
class Marks:
    """Offsets of keys and values: [key, value, …] of a mapping, [item, …] of a sequence."""

    root: int = 0
    rows: dict[int, list[int]] = field(default_factory=dict)
    """id of a container → its row of offsets."""
    _indexes: dict[int, dict[str, int]] = field(default_factory=dict)

    def keep(self, container: Json, row: list[int]) -> None:
        """Remember the offsets of one finished container."""
        self.rows[id(container)] = row

    def row(self, container: dict[str, Json]) -> list[int]:
        """The offsets of one mapping's keys and values."""
        return self.rows[id(container)]

    def of_key(self, container: dict[str, Json], key: str) -> tuple[int, int]:
        """The offsets of one key of a mapping and of its value."""
        indexes = self._indexes.get(id(container))
        if indexes is None:
            indexes = {name: index for index, name in enumerate(container)}
            self._indexes[id(container)] = indexes
        at = 2 * indexes[key]
        row = self.rows[id(container)]
        return row[at], row[at + 1]

    def of_item(self, container: list[Json], index: int) -> int:
        """The offset of one item of a list."""
        return self.rows[id(container)][index]


@dataclass(frozen=True, slots=True)
class _Found:
    """A step of a path: where its key and value start; `flow` when inside {} or []."""

    value: Json
    start: int
    key: int | None = None
    name: str | None = None
    flow: bool = False


def span(source: Source, root: Json, marks: Marks, place: Place) -> Span:
    """Where a place is shown: a scalar or flow collection itself, a block by its key."""
    found = _find(source, root, marks, place.path)
    by_key = place.on_key or _is_block(source, found)
    if by_key and found.key is not None:
        return source.span(found.key, _key_end(source, found))
    return source.span(_bare(source, found.start), _end(source, found))


def scalar_text(source: Source, root: Json, marks: Marks, place: Place) -> str | None:
    """A plain scalar as it is written (`1.0`, `0x10`); None for anything else."""
    found = _find(source, root, marks, place.path)
    if isinstance(found.value, (dict, list)):
        return None
    start = _bare(source, found.start)
    text = source.text[start : _end(source, found)]
    return None if text[:1] in ('"', "'", "|", ">", "*") else text


def _find(
    source: Source, root: Json, marks: Marks, path: tuple[str | int, ...]
) -> _Found:
    found = _Found(root, marks.root)
    for token in path:
        found = _step(source, marks, found, token) or found
    return found


def _step(
    source: Source, marks: Marks, here: _Found, token: str | int
) -> _Found | None:
    container = here.value
    if id(container) not in marks.rows:
        return None  # it took the place of what the text says
    flow = here.flow or source.text[_bare(source, here.start)][:1] in ("{", "[")
    if isinstance(container, dict) and (name := str(token)) in container:
        key, value = marks.of_key(container, name)
        return _Found(container[name], value, key, name, flow)
    if isinstance(container, list) and _is_index(token, container):
        index = int(token)
        return _Found(container[index], marks.of_item(container, index), flow=flow)
    return None


def _is_index(token: str | int, items: list[Json]) -> bool:
    return isinstance(token, int) and 0 <= token < len(items)


def _is_block(source: Source, found: _Found) -> bool:
    is_collection = isinstance(found.value, (dict, list)) and bool(found.value)
    opening = source.text[_bare(source, found.start)][:1] if is_collection else ""
    return is_collection and opening not in ("{", "[", "*")


def _bare(source: Source, start: int) -> int:
    """The offset after the anchor and the tag that may stand before a value."""
    match = _PROPERTIES.match(source.text, start)
    bare = match.end() if match else start
    return min(bare, max(len(source.text) - 1, 0))


def _key_end(source: Source, found: _Found) -> int:
    assert found.key is not None
    name = found.name or ""
    if source.text.startswith(name, found.key):
        return found.key + max(len(name), 1)
    return _scalar_end(source.text, found.key, found.flow)


def _end(source: Source, found: _Found) -> int:
    start = _bare(source, found.start)
    if isinstance(found.value, (dict, list)):
        return _collection_end(source.text, start)
    return _scalar_end(source.text, start, found.flow)


def _scalar_end(text: str, start: int, flow: bool) -> int:
    pattern = _QUOTED if text[start : start + 1] in ('"', "'") else _PLAIN
    if pattern is _PLAIN and flow:
        pattern = _PLAIN_IN_FLOW
    match = pattern.match(text, start)
    return max(match.end() if match else start, start + 1)


def _collection_end(text: str, start: int) -> int:
    """The end of a flow collection that closes on its line, else of the line's text."""
    shown = text[start : start + LONGEST]
    stop = len(_REST_OF_LINE.match(shown)[0])  # type: ignore[index]
    if shown[:1] not in ("{", "["):
        return start + stop
    depth, at = 0, 0
    while at < stop:
        quoted = _QUOTED.match(shown, at) if shown[at] == '"' else None
        depth += (shown[at] in "{[") - (shown[at] in "}]")
        at = quoted.end() if quoted else at + 1
        if depth == 0:
            break
    return start + at
