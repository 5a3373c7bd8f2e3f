"""Parameters: typed values in, text in the URL, headers and cookies out (OpenAPI's styles)."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any
from urllib.parse import quote

import pydantic

from .errors import UnsendableArgument

SENDABLE = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
OCTETS = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*")
"""What a cookie may hold as it is (RFC 6265 §4.1.1)."""
IN_QUERY = ":/?@!$'()*,;="
"""What `allowReserved` leaves as it is: not what ends a value (&, #), a + nor a bracket."""
IN_PATH = ":@!$&'()*+="


class Parts:
    """The parts of a request that parameters fill."""

    __slots__ = ("cookies", "headers", "path", "query")

    def __init__(self) -> None:
        self.path: dict[str, str] = {}
        self.query: list[str] = []
        self.headers: list[tuple[str, str]] = []
        self.cookies: list[str] = []


class Parameter(ABC):
    """One parameter of an operation and the style in which it is written.

    No dataclass: those of a client take longer to make than all else that it imports.
    """

    style = "simple"
    explode = False
    reserved = IN_QUERY

    def __init__(
        self,
        name: str,
        type: Any,
        style: str | None = None,
        explode: bool | None = None,
        as_json: bool = False,
        allow_reserved: bool = False,
    ) -> None:
        self.name = name
        self.type = type
        self.style = style or self.style
        self.explode = self.explode if explode is None else explode
        self.as_json = as_json
        """The parameter declares a content instead of a style."""
        self.allow_reserved = allow_reserved

    def place(self, value: object, parts: Parts) -> None:
        """Write the value where it belongs; None means that there is none."""
        if value is None:
            return
        plain = self._adapter.dump_python(
            value, mode="json", by_alias=True, warnings=False
        )
        self.write(json.dumps(plain) if self.as_json else plain, parts)

    @abstractmethod
    def write(self, plain: object, parts: Parts) -> None:
        """Write plain data where this kind of parameter belongs."""

    @cached_property
    def _adapter(self) -> pydantic.TypeAdapter[object]:
        return pydantic.TypeAdapter(self.type)

    def quoted(self, text: str) -> str:
        return quote(text, safe=self.reserved if self.allow_reserved else "")


class Path(Parameter):
    """A parameter in the path: simple, label or matrix."""

    reserved = IN_PATH

    def write(self, plain: object, parts: Parts) -> None:
        text = PATH_STYLES[self.style](self, plain)
        if text in ("", ".", ".."):
            raise UnsendableArgument(f'{self.name}: "{text}" would change the path')
        parts.path[self.name] = text


class Query(Parameter):
    """A parameter in the query: form, spaceDelimited, pipeDelimited or deepObject."""

    style = "form"
    explode = True

    def write(self, plain: object, parts: Parts) -> None:
        parts.query += [
            f"{quote(name, safe='')}={text}" for name, text in query_pairs(self, plain)
        ]


class QueryString(Parameter):
    """A parameter that is the whole query string (OpenAPI 3.2)."""

    def write(self, plain: object, parts: Parts) -> None:
        if isinstance(plain, dict):
            whole = Query(self.name, self.type)
            return whole.write(plain, parts)
        parts.query.append(self.quoted(plain_text(plain)))


class Header(Parameter):
    """A parameter in a header; its text is not quoted, so not every text can be sent."""

    def write(self, plain: object, parts: Parts) -> None:
        words = flat(plain, self.explode)
        if isinstance(plain, (list, dict)) and not all(map(is_item, words)):
            told = "no item can hold a comma, or spaces at its ends"
            raise UnsendableArgument(f"{self.name}: {told}")
        text = ",".join(words)
        if not SENDABLE.fullmatch(text):
            told = "a header has no control characters and nothing beyond Latin-1"
            raise UnsendableArgument(f"{self.name}: {told}")
        parts.headers.append((self.name, text))


class Cookie(Parameter):
    """A parameter in a cookie: form, or cookie, which quotes nothing (OpenAPI 3.2)."""

    style = "form"
    explode = True

    def quoted(self, text: str) -> str:
        if self.style != "cookie":
            return super().quoted(text)
        if not OCTETS.fullmatch(text):
            told = "a cookie has no spaces, quotes, commas, semicolons or backslashes, and only ASCII"
            raise UnsendableArgument(f"{self.name}: {told}")
        return text

    def write(self, plain: object, parts: Parts) -> None:
        parts.cookies += [f"{name}={text}" for name, text in query_pairs(self, plain)]


def is_item(word: str) -> bool:
    """Whether a word is still the same among others of a header."""
    return "," not in word and word == word.strip()


def plain_text(plain: object) -> str:
    """A value as it is written outside of JSON."""
    return plain if isinstance(plain, str) else json.dumps(plain)


def flat(plain: object, explode: bool) -> list[str]:
    """The words of a list or an object: `k=v` where it explodes, else `k`, `v`."""
    if isinstance(plain, list):
        return [plain_text(item) for item in plain]
    if not isinstance(plain, dict):
        return [plain_text(plain)]
    if explode:
        return [f"{key}={plain_text(value)}" for key, value in plain.items()]
    return [word for key, value in plain.items() for word in (key, plain_text(value))]


def query_pairs(parameter: Parameter, plain: object) -> list[tuple[str, str]]:
    """The pairs of name and quoted value that a query or cookie parameter becomes."""
    name = parameter.name
    if parameter.style == "deepObject" and isinstance(plain, dict):
        return _deep(parameter, plain)
    if parameter.explode and isinstance(plain, list):
        return [(name, parameter.quoted(plain_text(item))) for item in plain]
    if parameter.explode and isinstance(plain, dict):
        return [
            (key, parameter.quoted(plain_text(item)))
            for key, value in plain.items()
            for item in (value if isinstance(value, list) else [value])
        ]
    words = _words(parameter, plain, explode=False)
    separator = SEPARATORS.get(parameter.style, ",")
    if parameter.style in SEPARATORS and any(separator in word for word in words):
        raise UnsendableArgument(f"{name}: no item can hold what separates the items")
    return [(name, separator.join(words))]


def _deep(parameter: Parameter, plain: dict[str, object]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    waiting = [(f"{parameter.name}[{key}]", value) for key, value in plain.items()]
    while waiting:
        name, value = waiting.pop(0)
        if isinstance(value, dict):
            waiting[:0] = [(f"{name}[{key}]", inner) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting[:0] = [(name, item) for item in value]
        else:
            pairs.append((name, parameter.quoted(plain_text(value))))
    return pairs


def _words(parameter: Parameter, plain: object, *, explode: bool) -> list[str]:
    """The quoted words; the `=` of an exploded pair stays as it is."""
    if explode and isinstance(plain, dict):
        return [
            f"{parameter.quoted(key)}={parameter.quoted(plain_text(value))}"
            for key, value in plain.items()
        ]
    words = [parameter.quoted(word) for word in flat(plain, explode=False)]
    is_one = not isinstance(plain, (list, dict))
    return words if is_one else [word.replace(",", "%2C") for word in words]


def _simple(parameter: Parameter, plain: object) -> str:
    return ",".join(_words(parameter, plain, explode=parameter.explode))


def _label(parameter: Parameter, plain: object) -> str:
    words = _words(parameter, plain, explode=parameter.explode)
    if not parameter.explode:
        return "." + ",".join(words)
    return "." + ".".join(word.replace(".", "%2E") for word in words)


def _matrix(parameter: Parameter, plain: object) -> str:
    name = quote(parameter.name, safe="")
    words = _words(parameter, plain, explode=parameter.explode)
    if parameter.explode and isinstance(plain, dict):
        return "".join(f";{word}" for word in words)
    if parameter.explode:
        return "".join(f";{name}={word}" for word in words)
    return f";{name}=" + ",".join(words)


PATH_STYLES = {"simple": _simple, "label": _label, "matrix": _matrix}
SEPARATORS = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}
