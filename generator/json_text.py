"""JSON text → plain data by the json module; where things stand is found again when asked."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from generator.marks import Marks
from generator.model import Json
from generator.problems import Problem, Refused
from generator.source import MAX_DEPTH, Source
from generator.yaml_text import nesting, too_deep

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]:]|[^\s"{}\[\]:,]+')
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class _Faulty(ValueError):
    """Read by the json module, but refused by us; the slow walk says where."""


def read_json(source: Source) -> Json:
    """The document's data; raises Refused with every duplicate key and odd number."""
    try:
        root = _parse(source.text)
    except json.JSONDecodeError as error:
        raise _malformed(source, error) from None
    except (ValueError, RecursionError):
        raise _refused(source) from None
    if nesting(root) > MAX_DEPTH or _SURROGATE.search(source.text):
        faults = _faults(source)
        if faults:
            raise Refused(faults)
    return root


def is_json(source: Source) -> bool:
    """Whether the text is to be read as JSON: by its name, or because it is."""
    if source.file.lower().endswith(".json"):
        return True
    if not source.text.lstrip().startswith("{"):
        return False
    try:
        json.loads(source.text)
    except RecursionError:
        return True
    except ValueError:
        return False
    return True


def find_marks(source: Source, root: Json) -> Marks:
    """Where every key and value of a document read by `read_json` stands."""
    marks, top = Marks(), [root]
    stack: list[tuple[Any, list[int]]] = [(top, [])]
    key: str | None = None
    for token, offset in _tokens(source.text):
        here, row = stack[-1]
        if token == ":":
            continue
        if token in ("}", "]"):
            stack.pop()
            marks.keep(here, row)
            key = None
            continue
        row.append(offset)
        if isinstance(here, dict) and key is None:
            key = json.loads(token)
            continue
        if token in ("{", "["):
            inner = here[key] if isinstance(here, dict) else here[len(row) - 1]
            stack.append((inner, []))
        key = None
    marks.root = stack[0][1][0]
    return marks


def _parse(text: str) -> Json:
    root: Json = json.loads(
        text,
        object_pairs_hook=_unique,
        parse_constant=_no_constant,
        parse_float=_finite,
    )
    return root


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Faulty
    return found


def _no_constant(name: str) -> Json:
    raise _Faulty(name)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _Faulty(text)
    return number


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    for match in _TOKEN.finditer(text):
        yield match[0], match.start()


def _faults(source: Source) -> list[Problem]:
    """Everything that the json module lets pass and we do not, each with its place."""
    problems: list[Problem] = []
    keys: list[dict[str, int]] = []
    before, start = "", 0
    for token, offset in _tokens(source.text):
        if token in ("{", "["):
            keys.append({})
            if len(keys) > MAX_DEPTH:
                return [*problems, *too_deep(source, offset).problems]
        elif token in ("}", "]"):
            keys.pop()
        elif token == ":":
            problems += _repeated(source, keys[-1], before, start)
        else:
            problems += _odd(source, token, offset)
        before, start = token, offset
    return problems


def _repeated(
    source: Source, keys: dict[str, int], token: str, offset: int
) -> list[Problem]:
    key = json.loads(token)
    first = keys.setdefault(key, offset)
    if first == offset:
        return []
    span = source.span(offset, offset + len(token))
    line = source.line_number(first)
    message = f'"{key}" is given twice, first on line {line}'
    return [Problem("duplicate-key", span, message)]


def _odd(source: Source, token: str, offset: int) -> list[Problem]:
    span = source.span(offset, offset + len(token))
    if token[0] == '"':
        if not _SURROGATE.search(token) or _encodable(json.loads(token)):
            return []
        message = "half of a surrogate pair is no character"
        return [Problem("invalid-character", span, message)]
    if token in ("true", "false", "null") or _carried(token):
        return []
    message = f"{token[:40]} is no number that JSON can carry"
    return [Problem("invalid-number", span, message)]


def _refused(source: Source) -> Refused:
    """Why a text was refused; what is odd may be followed by what is no JSON at all."""
    try:
        json.loads(source.text, parse_float=str, parse_int=str, parse_constant=str)
    except json.JSONDecodeError as error:
        return _malformed(source, error)
    except RecursionError:
        pass
    return Refused(_faults(source))


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _carried(token: str) -> bool:
    return len(token) <= 400 and math.isfinite(float(token))


def _malformed(source: Source, error: json.JSONDecodeError) -> Refused:
    if not source.text.strip():
        return source.refuse("empty-document", 0, "the document is empty")
    message = error.msg[:1].lower() + error.msg[1:]
    return source.refuse("invalid-json", error.pos, message)
