"""Raw text → JSON text, by the JSON types a schema allows; only JSON's own spellings count.

A kind is "string", "integer", "number", "boolean", "null", "file" or "any", several of them
joined by "|" (whatever is no string is tried first), [the items' kind],
{property: kind, "*": the kind of every other property}, or a tuple of kinds to choose from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from json.encoder import encode_basestring_ascii
from math import isfinite
from typing import Union

from pydantic_core import from_json

Kind = Union[str, Sequence["Kind"], Mapping[str, "Kind"]]
Raw = Union[str, list["Raw"], dict[str, "Raw"]]
"""What a style finds in a text: strings, and how they are put together."""

NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
WORDS = {"boolean": frozenset({"true", "false"}), "null": frozenset({"null", ""})}
NUMERIC = frozenset({"integer", "number"})
ANY = frozenset({"integer", "number", "boolean", "string"})


quoted: Callable[[str], str] = encode_basestring_ascii
"""The JSON text of a string."""


@lru_cache(256)
def kinds_of(kind: str) -> frozenset[str]:
    """The JSON types that the name of a kind is made of."""
    return ANY if kind == "any" else frozenset(kind.split("|"))


def scalar(text: str, kind: str) -> str:
    """The JSON spelling of one text: itself where its kind allows that, else a string."""
    if kind == "string":
        return quoted(text)
    kinds = kinds_of(kind)
    if not NUMERIC.isdisjoint(kinds) and is_number(text):
        return text
    if "boolean" in kinds and text in WORDS["boolean"]:
        return text
    if "null" in kinds and (text == "null" or (not text and "string" not in kinds)):
        return "null"
    return quoted(text)


@lru_cache(256)
def speller(kind: str) -> Callable[[str], str]:
    """`scalar` for the texts of one kind."""
    if kind == "string":
        return quoted
    return number if kinds_of(kind) <= NUMERIC else partial(scalar, kind=kind)


def number(text: str) -> str:
    is_plain = text.isascii() and text.isdecimal() and text[0] != "0"
    return text if is_plain or is_number(text) else quoted(text)


def is_number(text: str) -> bool:
    """Whether a text is a number in JSON that is not too large to be one in Python."""
    if not NUMBER.fullmatch(text):
        return False
    return text.lstrip("-").isdecimal() or isfinite(float(text))


def is_list(kind: Kind) -> bool:
    return isinstance(kind, list)


def is_object(kind: Kind) -> bool:
    return isinstance(kind, Mapping)


def choices(kind: Kind) -> tuple[Kind, ...]:
    """The kinds a value may have, one by one."""
    return tuple(kind) if isinstance(kind, tuple) else (kind,)


def item_kind(kind: Kind) -> Kind:
    """The kind of a list's items; of texts of a kind, when there are several."""
    if isinstance(kind, str):
        return kind
    if isinstance(kind, list):
        return kind[0] if kind else "any"
    for choice in choices(kind):
        if isinstance(choice, list):
            return choice[0] if choice else "any"
    return "any"


def property_kind(kind: Kind, name: str) -> Kind:
    """The kind of an object's property."""
    for choice in choices(kind):
        if isinstance(choice, Mapping):
            return choice.get(name, choice.get("*", "any"))
    return "any"


def scalar_kind(kind: Kind) -> str:
    """The kind of a text where a text stands."""
    if isinstance(kind, str):
        return kind
    names = [choice for choice in choices(kind) if isinstance(choice, str)]
    return "|".join(names) or "string"


def is_document(text: str, kind: Kind) -> bool:
    """Whether a text is JSON that stands for an object or a list, and can be nothing else."""
    if text[:1] not in ("{", "[") or any(isinstance(c, str) for c in choices(kind)):
        return False
    try:
        from_json(text, allow_inf_nan=False)
    except (ValueError, TypeError):  # the latter for what is no UTF-8
        return False
    return True


def is_whole(raw: Raw, items: Kind) -> bool:
    """Whether what should be an item is a whole list, in JSON, of what cannot be lists."""
    if not isinstance(raw, str) or not raw.startswith("["):
        return False
    return not any(map(is_list, choices(items))) and is_document(raw, items)


def as_json(raw: Raw, kind: Kind) -> str:
    """The JSON text of what a style found."""
    if isinstance(raw, str):
        if isinstance(kind, str):
            return scalar(raw, kind)
        return raw if is_document(raw, kind) else scalar(raw, scalar_kind(kind))
    if isinstance(raw, list):
        items = item_kind(kind)
        if len(raw) == 1 and is_whole(raw[0], items):
            return str(raw[0])
        return "[" + ",".join([as_json(item, items) for item in raw]) + "]"
    members = (
        f"{quoted(name)}:{as_json(value, property_kind(kind, name))}"
        for name, value in raw.items()
    )
    return "{" + ",".join(members) + "}"
