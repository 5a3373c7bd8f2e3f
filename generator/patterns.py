"""ECMA-262 regular expressions, JSON Schema's dialect, in Python's; and strings that match them."""

from __future__ import annotations

import re
import sys
import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from typing import Any

DIGIT = "0-9"
WORD = "A-Za-z0-9_"
SPACE = r"\t\n\x0b\x0c\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
CLASSES = {
    "d": DIGIT,
    "D": r"\x00-/:-\U0010ffff",
    "w": WORD,
    "W": r"\x00-/:-@\[-\^`{-\U0010ffff",
    "s": SPACE,
    "S": r"\x00-\x08\x0e-\x1f!-\x9f\xa1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e"
    r"\u2030-\u205e\u2060-\u2fff\u3001-\ufefe\uff00-\U0010ffff",
}
LONG_CATEGORIES = {
    "Letter": "L",
    "Uppercase_Letter": "Lu",
    "Lowercase_Letter": "Ll",
    "Mark": "M",
    "Number": "N",
    "Decimal_Number": "Nd",
    "digit": "Nd",
    "Punctuation": "P",
    "punct": "P",
    "Symbol": "S",
    "Separator": "Z",
    "Space_Separator": "Zs",
    "Other": "C",
    "Control": "Cc",
    "cntrl": "Cc",
    "Alphabetic": "L",
    "Alpha": "L",
    "IsL": "L",
}
POSIX = {
    "ASCII": ((0, 127),),
    "Alnum": ((48, 57), (65, 90), (97, 122)),
    "XDigit": ((48, 57), (65, 70), (97, 102)),
    "Graph": ((33, 126),),
    "Print": ((32, 126),),
    "Blank": ((9, 9), (32, 32)),
}
"""What ECMA-262 has but one of, and whoever writes the others means what Java and Perl do."""
SCRIPTS_END = 0x40000
"""No script has characters beyond the third plane."""


MOST = 300_000
"""Characters of a pattern in Python's words: `\\p{L}` alone is more than ten thousand."""


class Unreadable(ValueError):
    """A pattern that Python's regular expressions cannot say."""


@cache
def translated(pattern: str) -> str | None:
    """A pattern in Python's words, to be used with `search`; None where there is no such thing."""
    try:
        text = "".join(_pieces(pattern))
        if len(text) > MOST:
            raise Unreadable("there are too many characters in its classes")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(text)
    except (re.error, Unreadable, OverflowError, RecursionError, Warning):
        return None
    return text


def _pieces(pattern: str) -> Iterator[str]:
    at, end = 0, len(pattern)
    while at < end:
        char = pattern[at]
        if char == "\\":
            piece, at = _escape(pattern, at, in_class=False)
        elif char == "[":
            piece, at = _class(pattern, at)
        elif (
            char == "("
            and pattern.startswith("(?<", at)
            and pattern[at + 3 : at + 4] not in "=!"
        ):
            piece, at = "(?P<", at + 3
        elif char == "{" and not re.compile(r"\{\d+(,\d*)?\}").match(pattern, at):
            piece, at = r"\{", at + 1
        else:
            piece, at = {"$": r"\Z", ".": r"[^\n\r\u2028\u2029]"}.get(
                char, char
            ), at + 1
        yield piece


def _class(pattern: str, at: int) -> tuple[str, int]:
    at += 1
    negated = pattern.startswith("^", at)
    at += negated
    pieces: list[str] = []
    while at < len(pattern) and pattern[at] != "]":
        if pattern[at] == "\\":
            piece, at = _escape(pattern, at, in_class=True)
        else:
            char = pattern[at]
            piece, at = "\\" + char if char in "[&|~^" else char, at + 1
        pieces.append(piece)
    if at >= len(pattern):
        raise Unreadable("a class is not closed")
    inside = "".join(pieces).replace("--", r"-\-")
    if not inside:
        return (r"[\s\S]" if negated else "(?!)"), at + 1
    return f"[{'^' if negated else ''}{inside}]", at + 1


def _escape(pattern: str, at: int, *, in_class: bool) -> tuple[str, int]:
    if at + 1 >= len(pattern):
        raise Unreadable("a backslash ends the pattern")
    char = pattern[at + 1]
    if char in CLASSES:
        inside = CLASSES[char.lower()]
        if in_class:
            return CLASSES[char], at + 2
        return f"[{'^' if char.isupper() else ''}{inside}]", at + 2
    if char in "pP":
        return _property(pattern, at, in_class)
    if char == "u":
        return _code(pattern, at)
    if char == "c":
        return f"\\x{ord(pattern[at + 2 : at + 3] or ' ') % 32:02x}", at + 3
    if char == "k" and (named := re.compile(r"\\k<(\w+)>").match(pattern, at)):
        return f"(?P={named[1]})", named.end()
    if char in "AZz":  # no such anchors in ECMA-262, but whoever writes them means them
        return "\\A" if char == "A" else "\\Z", at + 2
    if char == "x" or char.isdigit() or char in "bBnrtfv":
        return "\\" + char, at + 2
    return re.escape(char), at + 2


def _code(pattern: str, at: int) -> tuple[str, int]:
    braced = re.compile(r"\\u\{([0-9a-fA-F]{1,6})\}").match(pattern, at)
    if braced:
        return f"\\U{int(braced[1], 16):08x}", braced.end()
    pair = re.compile(r"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.I).match(
        pattern, at
    )
    if pair:
        high, low = int(pair[1], 16), int(pair[2], 16)
        return f"\\U{0x10000 + ((high - 0xD800) << 10) + low - 0xDC00:08x}", pair.end()
    if re.compile(r"\\u[0-9a-fA-F]{4}").match(pattern, at):
        return pattern[at : at + 6], at + 6
    return "u", at + 2


def _property(pattern: str, at: int, in_class: bool) -> tuple[str, int]:
    found = re.compile(r"\\([pP])(?:\{\^?([\w=]+)\}|(\w))").match(pattern, at)
    if not found:
        raise Unreadable("\\p without a property")
    name = found[2] or found[3]
    negated = (found[1] == "P") != ("{^" in found[0])
    ranges = property_ranges(name.split("=")[-1], negated if in_class else False)
    if not ranges:
        raise Unreadable(f"unknown property {name}")
    return (ranges if in_class else f"[{'^' if negated else ''}{ranges}]"), found.end()


@cache
def property_ranges(name: str, negated: bool) -> str:
    """The characters of a Unicode category or script, or of a POSIX class, as the inside of a class."""
    bounds = [*POSIX.get(name, ())] or [*_runs(name)]
    if bounds and negated:
        edges = [-1, *(edge for run in bounds for edge in run), sys.maxunicode + 1]
        bounds = [
            (a + 1, b - 1)
            for a, b in zip(edges[::2], edges[1::2], strict=True)
            if a + 1 < b
        ]
    return "".join(_span(first, last) for first, last in bounds)


def _runs(name: str) -> Iterator[tuple[int, int]]:
    """The characters of a category or a script, from the first to the last that touch."""
    category = LONG_CATEGORIES.get(name, name)
    if len(category) < 3:
        found = [(a, b) for kind, a, b in _categories() if kind.startswith(category)]
    else:
        script = name.upper() + " "
        characters = enumerate(map(chr, range(SCRIPTS_END)))
        found = [
            (code, code)
            for code, char in characters
            if unicodedata.name(char, "").startswith(script)
        ]
    yield from _joined(found)


@cache
def _categories() -> list[tuple[str, int, int]]:
    """Every run of characters of one category."""
    kinds = map(unicodedata.category, map(chr, range(sys.maxunicode + 1)))
    found, start = list[tuple[str, int, int]](), 0
    for kind, run in groupby(kinds):
        end = start + sum(1 for _ in run)
        found.append((kind, start, end - 1))
        start = end
    return found


def _joined(runs: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Runs in order, those that touch as one."""
    open_run: tuple[int, int] | None = None
    for first, last in runs:
        if open_run and first == open_run[1] + 1:
            open_run = open_run[0], last
            continue
        if open_run:
            yield open_run
        open_run = first, last
    if open_run:
        yield open_run


def _span(first: int, last: int) -> str:
    text = f"\\U{first:08x}" if first > 65535 else f"\\u{first:04x}"
    until = f"\\U{last:08x}" if last > 65535 else f"\\u{last:04x}"
    return text if first == last else f"{text}-{until}"


# Samples

LONGEST = 10_000
"""Characters of a sample beyond which none is made."""


@cache
def sample(pattern: str) -> str | None:
    """A short string in which a pattern (in Python's words) is found; None where that takes more wit."""
    try:
        parsed: Any = getattr(re, "_parser").parse(pattern)
        text = "".join(_some(parsed, {}))
    except (re.error, Unreadable, RecursionError, AttributeError):
        return None
    from generator.searching import found

    return None if found(pattern, text) is False else text


def _some(parsed: Any, groups: dict[int, str]) -> Iterator[str]:
    for operation, argument in parsed:
        name = str(operation)
        if name == "LITERAL":
            yield chr(argument)
        elif name in ("NOT_LITERAL", "IN", "ANY"):
            yield _char(name, argument)
        elif name == "BRANCH":
            yield "".join(_some(argument[1][0], groups))
        elif name == "SUBPATTERN":
            groups[argument[0]] = "".join(_some(argument[3], groups))
            yield groups[argument[0]]
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, inside = argument
            count = max(least, 1) if most and least < 2 and _is_plain(inside) else least
            once = "".join(_some(inside, groups))
            yield _times(once, min(count, 1000))
        elif name == "GROUPREF":
            yield groups.get(argument, "")
        elif name not in ("AT", "ASSERT", "ASSERT_NOT"):
            raise Unreadable(name)


def _times(text: str, count: int) -> str:
    if len(text) * count > LONGEST:
        raise Unreadable("a sample would be too long")
    return text * count


def _is_plain(inside: Any) -> bool:
    return all(
        str(operation) in ("LITERAL", "IN", "SUBPATTERN", "ANY")
        for operation, _ in inside
    )


LIKELY = "aA0bB1_-. /:@#!\t\n"


def _char(name: str, argument: Any) -> str:
    if name == "ANY":
        return "a"
    for char in _candidates([] if name == "NOT_LITERAL" else argument):
        if is_in(char, name, argument):
            return char
    raise Unreadable("no character")


def _candidates(inside: Any) -> Iterator[str]:
    yield from LIKELY
    for operation, argument in inside:
        if str(operation) == "LITERAL":
            yield chr(argument)
        elif str(operation) == "RANGE":
            yield chr(argument[0])
    yield from map(chr, range(33, 0x250))


def is_in(char: str, name: str, argument: Any) -> bool:
    code = ord(char)
    if name == "NOT_LITERAL":
        return code != int(argument)
    negated, found = False, False
    for operation, inside in argument:
        kind = str(operation)
        if kind == "NEGATE":
            negated = True
        elif kind == "LITERAL":
            found = found or code == inside
        elif kind == "RANGE":
            found = found or inside[0] <= code <= inside[1]
        elif kind == "CATEGORY":
            found = found or _in_category(char, str(inside))
    return found != negated


def _in_category(char: str, category: str) -> bool:
    kind = category.removeprefix("CATEGORY_")
    inside = {
        "DIGIT": char.isdigit(),
        "SPACE": char.isspace(),
        "WORD": char.isalnum() or char == "_",
    }
    word = kind.removeprefix("NOT_")
    return inside.get(word, False) != kind.startswith("NOT_")
