"""How a value is laid out in a path, a query, a header or a cookie (OpenAPI's styles, RFC 6570).

Delimiters are read before percent-decoding, so that an encoded one is part of a value that can have it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import unquote, unquote_plus

from .kinds import Kind, Raw, choices, item_kind, kinds_of, property_kind

Pairs = Sequence[tuple[str, str]]
"""Decoded names with values as they were sent."""
Decode = Callable[[str], str]

DELIMITERS = {
    "form": re.compile(","),
    "cookie": re.compile(","),
    "spaceDelimited": re.compile(r"%20|\+| "),
    "pipeDelimited": re.compile(r"%7[Cc]|\|"),
}
ENCODED_COMMA = re.compile(r"%2[Cc]")
DEEPEST = 8


class Malformed(Exception):
    """A text that is not laid out as its style says."""


def has_list(kind: Kind) -> bool:
    return has(list, kind)


def has_object(kind: Kind) -> bool:
    return has(dict, kind)


def has_text(kind: Kind) -> bool:
    return has(str, kind)


def has(form: type, kind: Kind) -> bool:
    """Whether a kind, or one of its choices, is of a form."""
    if isinstance(kind, tuple):
        return any(isinstance(choice, form) for choice in kind)
    return isinstance(kind, form)


def segment_text(text: str) -> str:
    """A text of a path or a cookie decoded; bytes that are no UTF-8 become what no string may have."""
    return unquote(text, errors="surrogateescape")


def field_text(text: str) -> str:
    """A field's text decoded like that; most have nothing to decode."""
    if "%" not in text and "+" not in text:
        return text
    return unquote_plus(text, errors="surrogateescape")


def pairs_of(query: str) -> list[tuple[str, str]]:
    """The fields of a query string or form, in order."""
    fields = [field.partition("=") for field in query.split("&") if field]
    return [(field_text(name), value) for name, _, value in fields]


def in_path(text: str, name: str, kind: Kind, style: str, explode: bool) -> Raw:
    """A path segment's value."""
    if style == "simple" and isinstance(kind, str):
        return segment_text(text)
    if style == "label":
        return combined(
            after(text, "."), "." if explode else ",", kind, explode, segment_text
        )
    if style == "matrix":
        return in_matrix(text, name, kind, explode)
    return combined(text, ",", kind, explode, segment_text)


def in_matrix(text: str, name: str, kind: Kind, explode: bool) -> Raw:
    if explode and has_object(kind):
        return combined(after(text, ";"), ";", kind, True, segment_text)
    if explode and has_list(kind):
        return [matrix_value(part, name) for part in after(text, ";").split(";")]
    rest = after(after(text, ";"), name)
    return combined(rest.removeprefix("="), ",", kind, False, segment_text)


def matrix_value(part: str, name: str) -> str:
    return segment_text(after(part, name).removeprefix("="))


def after(text: str, prefix: str) -> str:
    """The text behind its prefix."""
    if not text.startswith(prefix):
        raise Malformed(f"it must begin with {prefix!r}")
    return text[len(prefix) :]


def in_header(text: str, kind: Kind, explode: bool) -> Raw:
    """A header's value; headers are not percent-encoded."""
    return combined(text, ",", kind, explode, str.strip)


def in_fields(
    pairs: Pairs,
    name: str,
    kind: Kind,
    style: str,
    explode: bool,
    *,
    besides: Sequence[str] = (),
    decode: Decode = field_text,
) -> Raw | None:
    """The value of a query's, a form's or a cookie's field; None where it is absent.

    `besides` names the fields that belong to others, for an exploded object with free names.
    """
    if style == "deepObject":
        return in_brackets(pairs, name, kind, decode)
    if isinstance(kind, str):
        return text_or_texts([decode(value) for key, value in pairs if key == name])
    if explode and has_object(kind):
        return in_own_fields(pairs, kind, besides, decode)
    values = [value for key, value in pairs if key == name]
    if not values:
        return None
    if explode and isinstance(kind, list):
        return [decode(value) for value in values]
    if has_object(kind) or (has_list(kind) and not explode):
        parts = [part for value in values for part in divided(value, style, kind)]
        return gathered(parts, kind, False, decode)
    texts: list[Raw] = [decode(value) for value in values]
    return text_or_texts(texts) if has_text(kind) else texts


def divided(value: str, style: str, kind: Kind) -> list[str]:
    """The parts of a field between its delimiters.

    Browsers encode every comma; where no part could have one, theirs divide too.
    """
    parts = DELIMITERS[style].split(value)
    if len(parts) == 1 and style in ("form", "cookie") and is_without_commas(kind):
        return ENCODED_COMMA.split(value)
    return parts


def is_without_commas(kind: Kind) -> bool:
    """Whether one part alone cannot be right: no half of a pair, no number of a list, has a comma."""
    if isinstance(kind, list):
        items = item_kind(kind)
        return isinstance(items, str) and "string" not in kinds_of(items)
    return isinstance(kind, Mapping)


def text_or_texts(values: list[Raw]) -> Raw | None:
    """One text where there is one, a list of several, None of none."""
    if len(values) == 1:
        return values[0]
    return values or None


def in_own_fields(
    pairs: Pairs, kind: Kind, besides: Sequence[str], decode: Decode
) -> Raw | None:
    """An exploded object: each of its properties is a field of the query itself."""
    named = {key for one in choices(kind) if isinstance(one, Mapping) for key in one}
    free = "*" in named
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        if key in named or (free and not belongs(key, besides)):
            found.setdefault(key, []).append(decode(value))
    members = {
        key: as_property(values, property_kind(kind, key))
        for key, values in found.items()
    }
    return members or None


def belongs(key: str, names: Sequence[str]) -> bool:
    """Whether a field is one of these, or a member of one: `name[a]`."""
    return key in names or key.partition("[")[0] in names


def as_property(values: list[str], kind: Kind) -> Raw:
    if len(values) > 1 or (has_list(kind) and not has_text(kind)):
        return list(values)
    return values[0]


def in_brackets(pairs: Pairs, name: str, kind: Kind, decode: Decode) -> Raw | None:
    """deepObject: `name[a]=1&name[b][c]=2`, and lists as `name[]=1` or `name[0]=1`."""
    root: dict[str, Raw] = {}
    for key, value in pairs:
        if key == name or key.startswith(name + "["):
            put(root, steps_of(key[len(name) :]), decode(value))
    return listed(root[""], kind) if "" in root else None


def steps_of(brackets: str) -> list[str]:
    """The names in `[a][b]`, which may have brackets of their own."""
    *steps, rest = f"]{brackets}[".split("][")
    if rest or len(steps) > DEEPEST + 1 or steps[0]:
        raise Malformed(f"{brackets!r} cannot be read")
    return steps


def put(root: dict[str, Raw], steps: list[str], value: str) -> None:
    """Adds a value under its steps; several of one name become a list."""
    node = root
    for step in steps[:-1]:
        child = node.setdefault(step, {})
        if not isinstance(child, dict):
            raise Malformed("it is given both as a value and as an object")
        node = child
    present = node.get(steps[-1])
    if isinstance(present, dict):
        raise Malformed("it is given both as a value and as an object")
    if present is None:
        node[steps[-1]] = value
    elif isinstance(present, list):
        present.append(value)
    else:
        node[steps[-1]] = [present, value]


def listed(raw: Raw, kind: Kind) -> Raw:
    """The same value with lists where the kind has them; at most DEEPEST calls deep."""
    if isinstance(raw, dict) and has_list(kind) and not has_object(kind):
        items = [raw[key] for key in sorted(raw, key=position)]
        flat = [
            one
            for item in items
            for one in (item if isinstance(item, list) else [item])
        ]
        return [listed(item, item_kind(kind)) for item in flat]
    if isinstance(raw, dict):
        return {key: listed(one, property_kind(kind, key)) for key, one in raw.items()}
    if isinstance(raw, str) and has_list(kind) and not has_text(kind):
        return [raw]
    return raw


def position(key: str) -> int:
    if key and not key.isdecimal():
        raise Malformed(f"{key!r} is no position in a list")
    return int(key[:9] or 0)


def combined(
    text: str, delimiter: str, kind: Kind, explode: bool, decode: Decode
) -> Raw:
    """The one text as a value of its kind."""
    if has_object(kind) or has_list(kind):
        return gathered(text.split(delimiter), kind, explode, decode)
    return decode(text)


def gathered(parts: list[str], kind: Kind, explode: bool, decode: Decode) -> Raw:
    """The parts as an object, a list or, where a single text is as good, that text.

    Nothing at all is what an empty object or list is written as.
    """
    present = [] if parts == [""] else parts
    if has_object(kind):
        return members(present, explode, decode)
    if len(parts) == 1 and has_text(kind):
        return decode(parts[0])
    return [decode(part) for part in present]


def members(parts: list[str], explode: bool, decode: Decode) -> Raw:
    """`name=value` parts when exploded, else names and values in turn."""
    if explode:
        halves = [part.partition("=") for part in parts]
        return {decode(name): decode(value) for name, _, value in halves}
    if len(parts) % 2:
        raise Malformed("names and values must come in turn")
    return {
        decode(name): decode(value)
        for name, value in zip(parts[::2], parts[1::2], strict=True)
    }
