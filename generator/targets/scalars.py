"""Strings and numbers as types: formats, bounds, patterns."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import attrgetter

from generator.model import Schema
from generator.patterns import translated
from generator.python import Import, literal, string
from generator.targets import types
from generator.targets.types import Type, Words, of_runtime

FORMATS: dict[str, Type] = {
    "date-time": types.runtime("DateTime", "datetime", Import("datetime", "datetime")),
    "date": types.runtime("Date", "date", Import("datetime", "date")),
    "time": types.runtime("Time", "time", Import("datetime", "time")),
    "duration": types.runtime("Duration", "str"),
    "uuid": types.runtime("Uuid", "UUID", Import("uuid", "UUID")),
    "byte": types.runtime("Base64", "bytes"),
    "base64url": types.runtime("Base64Url", "bytes"),
    "ipv4": types.runtime("Ipv4", "IPv4Address", Import("ipaddress", "IPv4Address")),
    "ipv6": types.runtime("Ipv6", "IPv6Address", Import("ipaddress", "IPv6Address")),
    "avro-decimal": types.runtime(
        "DecimalText", "Decimal", Import("decimal", "Decimal")
    ),
    "binary": types.runtime("File", "File", of_runtime("File")),
}
SPELLED = frozenset(("uri", "uri-reference", "email", "hostname"))
"""Formats of strings that stay strings; a service holds its callers to them."""
ENCODINGS = {"base64": "byte", "base64url": "base64url"}
INTEGER = types.runtime("Integer", "int")
INT32 = types.runtime("Int32", "int")
INT64 = types.runtime("Int64", "int")
BYTES = types.plain("bytes")
BITS = {"int32": 31, "int64": 63}
WHOLE = Words("Whole", frozenset({of_runtime("Whole")}))
Limits = Mapping[str, int | float | None]
"""The bounds of numbers, by what pydantic calls them."""


Part = tuple[Type, frozenset[str]]
"""A type, and the keywords that it does not hold itself."""
LENGTHS = frozenset({"min_length", "max_length", "pattern"})
NONE_LEFT: frozenset[str] = frozenset()
MANY = 10_000
"""How many scalars are remembered: most schemas say what others have said."""
_TEXT = attrgetter(
    *("content_encoding", "content_media_type", "format"),
    *("min_length", "max_length", "pattern"),
)
_NUMBER = attrgetter(
    *("format", "minimum", "maximum", "exclusive_minimum", "exclusive_maximum"),
    "multiple_of",
)


def text_type(schema: Schema, *, strict: bool = False) -> Part:
    """The type of a string."""
    return _text(strict, *_TEXT(schema))


@lru_cache(MANY, typed=True)
def _text(
    strict: bool,
    encoding: str | None,
    media: str | None,
    format: str | None,
    least: int | None,
    most: int | None,
    pattern: str | None,
) -> Part:
    encoded = ENCODINGS.get((encoding or "").lower())
    form = encoded or format or ("binary" if is_binary(media or "") else "")
    if form in FORMATS:
        return FORMATS[form], LENGTHS
    metadata = bounds(min_length=least, max_length=most)
    if strict and form in SPELLED:
        metadata.append(_runtime_call("Spelled", string(form)))
    said = translated(pattern) if pattern is not None else None
    if said is not None:
        metadata.append(_runtime_call("Pattern", string(said)))
    return types.annotated(types.STRING, metadata), NONE_LEFT


def is_binary(media: str) -> bool:
    """Whether a contentMediaType without an encoding means bytes."""
    textual = media.startswith("text/") or media.endswith(("json", "xml", "yaml"))
    return bool(media) and not textual


def number_type(schema: Schema, kind: str) -> Part:
    """The type of a number, or of a whole one."""
    return _number(kind, *_NUMBER(schema))


@lru_cache(MANY, typed=True)
def _number(
    kind: str,
    format: str | None,
    least: float | None,
    most: float | None,
    above: float | None,
    below: float | None,
    step: float | None,
) -> Part:
    limits: Limits = {"ge": least, "le": most, "gt": above, "lt": below}
    inner, metadata = types.plain("float"), bounds(**limits)
    if kind == "integer":
        limits = {name: _whole_limit(name, limit) for name, limit in limits.items()}
        inner, metadata = _integer(format or "", limits)
    if step is not None and step > 0:
        metadata.append(_runtime_call("MultipleOf", literal(step)))
    return types.annotated(inner, metadata), NONE_LEFT


def _integer(form: str, limits: Limits) -> tuple[Type, list[Words]]:
    """A whole number; bounds stand before `Whole`, where no Python is needed to hold them."""
    texts = {name: literal(one) for name, one in limits.items() if one is not None}
    if not texts:
        return {"int32": INT32, "int64": INT64}.get(form, INTEGER), []
    if form in BITS:
        texts = {**texts, **_of_format(BITS[form], limits)}
    return types.plain("int"), [*_field(texts), WHOLE]


def _of_format(bits: int, limits: Limits) -> dict[str, str]:
    """The bounds that a format has and the schema has no closer ones for."""
    texts: dict[str, str] = {}
    lowest = max(_given(limits, "ge", "gt"), default=-math.inf)
    highest = min(_given(limits, "le", "lt"), default=math.inf)
    if lowest < -(2**bits):
        texts["ge"] = f"-(2**{bits})"
    if highest > 2**bits - 1:
        texts["le"] = f"2**{bits} - 1"
    return texts


def _given(limits: Limits, *names: str) -> list[int | float]:
    return [limit for name in names if (limit := limits[name]) is not None]


def _whole_limit(name: str, limit: int | float | None) -> int | float | None:
    """A bound of whole numbers, itself whole."""
    if limit is None or isinstance(limit, int) or not math.isfinite(limit):
        return limit if isinstance(limit, int) else None
    rounded: Callable[[float], int] = math.ceil if name in ("ge", "lt") else math.floor
    return rounded(limit)


def bounds(**limits: int | float | None) -> list[Words]:
    """`Field(ge=1, le=5)`, or nothing."""
    return _field({n: literal(one) for n, one in limits.items() if one is not None})


def _runtime_call(name: str, argument: str) -> Words:
    return Words(f"{name}({argument})", frozenset({of_runtime(name)}))


def _field(texts: dict[str, str]) -> list[Words]:
    if not texts:
        return []
    said = ", ".join(f"{name}={text}" for name, text in texts.items())
    return [Words(f"Field({said})", frozenset({Import("pydantic", "Field")}))]
