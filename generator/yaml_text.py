"""YAML text → plain data, in one pass over the parser's events. Scalars are read as YAML 1.2 core."""

from __future__ import annotations

import math
import re
from dataclasses import field
from typing import Any, cast

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from generator.marks import Marks
from generator.model import Json
from generator.problems import MOST, Problem, Refused
from generator.source import MAX_DEPTH, Source
from generator.value import dataclass

MAX_ALIASED = 1_000_000
"""Values that aliases may stand for, all together; more is an alias bomb."""

_WORDS: dict[str, Json] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")
_TAG = "tag:yaml.org,2002:"
_TAGS = frozenset(
    _TAG + name for name in ("int", "float", "bool", "null", "seq", "map")
)
_TEXT_TAGS = frozenset(("!", _TAG + "str", _TAG + "timestamp", _TAG + "binary"))
_STARTS = (MappingStartEvent, SequenceStartEvent)
_ENDS = (MappingEndEvent, SequenceEndEvent)
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


class _Unreadable(ValueError):
    """A scalar that is a number in YAML and none in JSON."""


class _Plain(dict[str, Json]):
    """What each plain scalar means, worked out once."""

    def __missing__(self, text: str) -> Json:
        value = self[text] = _plain(text)
        return value


@dataclass(slots=True)
class _Reading:
    """What one document has collected so far."""

    source: Source
    marks: Marks = field(default_factory=Marks)
    problems: list[Problem] = field(default_factory=list)
    anchors: dict[str, tuple[Json, int]] = field(default_factory=dict)
    """Name → value, and how many values it stands for."""
    open_anchors: dict[int, tuple[str, int]] = field(default_factory=dict)
    """Depth → the anchor of the collection open there, and the count at its start."""
    aliased: int = 0

    def refuse(self, *args: Any, **named: Any) -> Refused:
        return Refused([*self.problems, *self.source.refuse(*args, **named).problems])


def read_yaml(source: Source) -> tuple[Json, Marks]:
    """The document's data, and where each key and value stands; raises Refused."""
    reading = _Reading(source)
    try:
        root = _build(reading, _parser(source.text))
    except yaml.reader.ReaderError as error:
        raise _unprintable(source, error) from None
    except yaml.MarkedYAMLError as error:
        raise _malformed(reading, error) from None
    if reading.aliased and nesting(root) > MAX_DEPTH:
        raise too_deep(source, 0)
    if reading.problems:
        raise Refused(reading.problems)
    return root, reading.marks


def nesting(root: Json) -> int:
    """How deep collections stand inside each other."""
    depth, level = 0, [root]
    while level := [one for one in level if type(one) in (dict, list)]:
        depth += 1
        if depth > MAX_DEPTH:
            break
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else cast(Any, one))
        ]
    return depth


def too_deep(source: Source, offset: int) -> Refused:
    """The problem of a document whose collections stand too deep inside each other."""
    message = f"more than {MAX_DEPTH} collections stand inside each other"
    return source.refuse("document-too-deep", offset, message)


def _parser(text: str) -> Any:
    """libyaml's parser; PyYAML's own, 20 times slower, where it was built without."""
    try:
        from yaml.cyaml import CParser  # type: ignore[attr-defined]
    except ImportError:
        return yaml.SafeLoader(text)
    return CParser(text)


def _build(reading: _Reading, parser: Any) -> Json:
    """The one pass over the events, in one loop, since it is the cost of a load."""
    top: list[Json] = []
    here: Any = top
    key: str | None = None
    row, stack = list[int](), list[tuple[Any, str | None, list[int]]]()
    plain, in_map = _Plain(_WORDS), False
    for count, event in enumerate(iter(parser.get_event, None)):
        kind = type(event)
        is_key = in_map and key is None
        if kind is ScalarEvent:
            value: Any = event.value
            if not is_key and (not event.style or event.tag):
                value = _scalar(reading, event, plain)
            if event.anchor:
                reading.anchors[event.anchor] = value, 1
            row.append(event.start_mark.index)
        elif kind in _STARTS:
            stack.append((here, key, row))
            row.append(event.start_mark.index)
            _opened(reading, event, is_key, len(stack), count)
            in_map = kind is MappingStartEvent
            here, key, row = {} if in_map else [], None, []
            continue
        elif kind in _ENDS:
            value, is_key = here, False
            _closed(reading, value, row, len(stack), count)
            here, key, row = stack.pop()
            in_map = key is not None
        elif kind is AliasEvent:
            found = _aliased(reading, event)
            value = _alias_key(reading, event, found) if is_key else found
            row.append(event.start_mark.index)
        elif kind is DocumentStartEvent and top:
            raise _second_document(reading, event.start_mark.index)
        else:
            continue
        if is_key:
            key = value
            if key in here:
                _duplicate(reading, here, row, value)
        elif in_map:
            here[key], key = value, None
        else:
            here.append(value)
    if not top:
        raise reading.refuse("empty-document", 0, "the document is empty")
    reading.marks.root = row[0]
    return top[0]


def _plain(text: str) -> Json:
    """A plain scalar as the core schema reads it; text where it is nothing else."""
    if text[0] not in "-+.0123456789":
        return text
    if len(text) > 400 and text.strip("+-0123456789") == "":
        raise _Unreadable(text)
    if _INTEGER.match(text):
        return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
    if _FLOAT.match(text) and math.isfinite(number := float(text)):
        return number
    if _FLOAT.match(text) or _NO_NUMBER.match(text):
        raise _Unreadable(text)
    return text


def _scalar(reading: _Reading, event: Any, plain: _Plain) -> Json:
    tag = event.tag
    if tag in _TEXT_TAGS:
        return cast(str, event.value)
    if tag is not None and tag not in _TAGS:
        raise _unknown_tag(reading, event)
    try:
        return plain[event.value]
    except _Unreadable:
        message = f"{event.value[:40]} is no number that JSON can carry"
        offset, end = event.start_mark.index, event.end_mark.index
        raise reading.refuse("invalid-number", offset, message, end=end) from None


def _opened(
    reading: _Reading, event: Any, is_key: bool, depth: int, count: int
) -> None:
    if is_key:
        raise _complex_key(reading, event.start_mark.index)
    if depth > MAX_DEPTH:
        raise too_deep(reading.source, event.start_mark.index)
    if event.tag is not None and event.tag not in _TAGS and event.tag != "!":
        raise _unknown_tag(reading, event)
    if event.anchor:
        reading.open_anchors[depth] = event.anchor, count + reading.aliased
        reading.anchors.pop(event.anchor, None)


def _closed(
    reading: _Reading, value: Any, row: list[int], depth: int, count: int
) -> None:
    if type(value) is dict and "<<" in value:
        row = _merged(reading, value, row)
    reading.marks.keep(value, row)
    if depth in reading.open_anchors:
        name, start = reading.open_anchors.pop(depth)
        reading.anchors[name] = value, count + reading.aliased - start


def _aliased(reading: _Reading, event: Any) -> Json:
    offset, end = event.start_mark.index, event.end_mark.index
    if event.anchor in {name for name, _ in reading.open_anchors.values()}:
        message = f"*{event.anchor} stands inside what it stands for"
        raise reading.refuse("recursive-alias", offset, message, end=end)
    if event.anchor not in reading.anchors:
        message = f"*{event.anchor} has no anchor &{event.anchor} above it"
        raise reading.refuse("unknown-alias", offset, message, end=end)
    value, weight = reading.anchors[event.anchor]
    reading.aliased += weight
    if reading.aliased > MAX_ALIASED:
        message = f"aliases stand for more than {MAX_ALIASED:,} values"
        raise reading.refuse("alias-bomb", offset, message, end=end)
    return value


def _alias_key(reading: _Reading, event: Any, value: Json) -> str:
    if not isinstance(value, str):
        raise _complex_key(reading, event.start_mark.index)
    return value


def _merged(reading: _Reading, here: dict[str, Json], row: list[int]) -> list[int]:
    """Puts what `<<` names before the mapping's own keys, which win; the new row."""
    at = 2 * list(here).index("<<")
    sources: Any = here["<<"] if isinstance(here["<<"], list) else [here["<<"]]
    if not all(isinstance(one, dict) for one in sources):
        message = "<< merges a mapping, or a list of mappings"
        problem = Problem("invalid-merge", reading.source.span(row[at]), message)
        reading.problems.append(problem)
        return row
    layers = [(one, reading.marks.row(one)) for one in reversed(sources)]
    places: dict[str, list[int]] = {}
    values: dict[str, Json] = {}
    for layer, offsets in [*layers, (here, row)]:
        for index, name in enumerate(layer):
            values[name] = layer[name]
            places[name] = offsets[2 * index : 2 * index + 2]
    del values["<<"], places["<<"]
    here.clear()
    here.update(values)
    return [offset for pair in places.values() for offset in pair]


def _duplicate(
    reading: _Reading, here: dict[str, Json], row: list[int], key: str
) -> None:
    if len(reading.problems) > MOST:  # nobody reads more, and each costs a search
        return
    index = 2 * list(here).index(key)
    first = reading.source.line_number(row[index])
    help = "merge a list: <<: [*one, *other]" if key == "<<" else None
    span = reading.source.span(row[-1], row[-1] + max(len(key), 1))
    message = f'"{key}" is given twice, first on line {first}'
    reading.problems.append(Problem("duplicate-key", span, message, help))


def _complex_key(reading: _Reading, offset: int) -> Refused:
    message = "a key must be text, not a collection"
    help = 'put text that starts with { or [ in quotes: "{name}"'
    return reading.refuse("invalid-key", offset, message, help)


def _unknown_tag(reading: _Reading, event: Any) -> Refused:
    tag = event.tag.replace(_TAG, "!!")
    message = f"the tag {tag} means nothing in an API document"
    return reading.refuse("unknown-tag", event.start_mark.index, message)


def _second_document(reading: _Reading, offset: int) -> Refused:
    message = "a second document starts here: a file holds one"
    return reading.refuse("several-documents", offset, message, end=offset + 3)


def _unprintable(source: Source, error: yaml.reader.ReaderError) -> Refused:
    match = _UNPRINTABLE.search(source.text)
    if match is None:
        return source.refuse("invalid-yaml", 0, error.reason)
    message = f"the character U+{ord(match[0]):04X} may not stand in a document"
    help = f'write it as "\\u{ord(match[0]):04x}" in double quotes'
    return source.refuse("invalid-character", match.start(), message, help)


def _malformed(reading: _Reading, error: yaml.MarkedYAMLError) -> Refused:
    mark = error.problem_mark or error.context_mark
    if error.context_mark and _is_end(reading.source, mark):
        mark = error.context_mark
    offset = mark.index if mark else 0
    if reading.source.text[offset : offset + 1] == "\t":
        message, help = "a tab cannot indent YAML", "indent with spaces"
        return reading.refuse("invalid-yaml", offset, message, help)
    words = [word for word in (error.context, error.problem) if word]
    return reading.refuse("invalid-yaml", offset, ", ".join(words), _hint(words[-1]))


def _is_end(source: Source, mark: Any) -> bool:
    return not source.text[mark.index :].strip()


def _hint(problem: str) -> str | None:
    if problem == "mapping values are not allowed in this context":
        return 'put text that contains ": " in quotes, or check the indentation'
    if "cannot start any token" in problem:
        return "put the text in quotes, or indent it as far as the text that it goes on with"
    return None
