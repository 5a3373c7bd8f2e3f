"""Runtime expressions: where a caller says that its callbacks go (OpenAPI 3.1 §4.8.20.4).

An expression is parsed once and evaluated for each request; one that finds nothing gives None.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, quote, unquote

from pydantic_core import from_json, to_json

from .answer import Answer
from .media import is_json
from .received import Received

SOURCE = re.compile(
    r"""\$?(?:
        (?P<plain> url | method | statusCode )
      | (?P<side> request | response ) \.
        (?: (?P<where> header | query | path ) \. (?P<name> .+ )
          | body (?: \#? (?P<pointer> / .* ) | \# | \. (?P<member> .+ ) )? )
    )""",
    re.VERBOSE | re.DOTALL,
)
BRACES = re.compile(r"\{([^{}]*)\}")
WORD = re.compile(r"\{\s*(?!(?:url|method|statusCode)\b)\w+\s*\}")
URL = re.compile(r"https?://", re.IGNORECASE)


class BadExpression(ValueError):
    """The text is no runtime expression."""


class Exchange:
    """One exchange, as expressions look at it; each body is decoded at most once."""

    __slots__ = ("request", "answer", "_bodies")

    def __init__(self, request: Received, answer: Answer | None = None) -> None:
        self.request: Final = request
        self.answer: Final = answer
        self._bodies: dict[str, object] = {}

    def body(self, side: str) -> object:
        """The decoded body of one side; `NOTHING` when it is absent or unreadable."""
        if side not in self._bodies:
            self._bodies[side] = self._decoded(side)
        return self._bodies[side]

    def header(self, side: str, name: str) -> str | None:
        """The first header of that lower-case name."""
        if side == "request":
            pairs = self.request.headers
        else:
            pairs = self.answer.headers if self.answer else ()
        for given, value in pairs:
            if given.lower() == name:
                return value
        if side == "response" and name == "content-type" and self.answer:
            return self.answer.media_type
        return None

    def _decoded(self, side: str) -> object:
        holder = self.request if side == "request" else self.answer
        if holder is None or not holder.body:
            return NOTHING
        content_type = self.header(side, "content-type") or "application/json"
        return decoded(content_type, holder.body)


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression: literal texts and the sources between them."""

    parts: tuple[str | Callable[[Exchange], str | None], ...]
    headers: frozenset[str]
    """The request headers it reads, in lower case."""
    reads_response: bool
    """Whether it can only be evaluated once there is an answer."""

    def resolve(self, sources: Exchange) -> str | None:
        """The text it stands for, or None when any of its sources has nothing."""
        texts: list[str] = []
        literal = False
        for part in self.parts:
            if isinstance(part, str):
                texts.append(part)
                literal = True
                continue
            value = part(sources)
            if value is None:
                return None
            # A value may bring a whole URL, but within one it may not bring its own "/", "?" or "@".
            texts.append(quote(value, safe="") if literal else value)
        return "".join(texts) if texts else None


NOWHERE = Expression((), frozenset(), False)
"""Real documents also name a callback by a mere word: it leads nowhere by itself."""


@lru_cache(maxsize=1024)
def parse(text: str) -> Expression:
    """The expression that `text` spells, braces or none; raises BadExpression."""
    if "{" not in text:
        return _bare(text)
    if WORD.fullmatch(text):
        return NOWHERE
    matches: list[re.Match[str]] = []
    parts: list[str | Callable[[Exchange], str | None]] = []
    end = 0
    for braces in BRACES.finditer(text):
        if braces.start() > end:
            parts.append(text[end : braces.start()])
        matches.append(_source(braces[1].strip()))
        parts.append(_reader(matches[-1]))
        end = braces.end()
    if end < len(text):
        parts.append(text[end:])
    if any(isinstance(part, str) and set(part) & {"{", "}"} for part in parts):
        raise BadExpression(f"{text!r} has a brace that has no partner")
    return _expression(parts, matches)


def resolve(text: str, request: Received, answer: Answer | None = None) -> str | None:
    """What the expression `text` finds in this exchange."""
    return parse(text).resolve(Exchange(request, answer))


def names(text: str) -> frozenset[str]:
    """The request headers, in lower case, that must be kept for `text` to be evaluated later."""
    return parse(text).headers


def _bare(text: str) -> Expression:
    if text.startswith("$"):
        source = _source(text)
        return _expression([_reader(source)], [source])
    return Expression((text,), frozenset(), False) if URL.match(text) else NOWHERE


def _expression(
    parts: list[str | Callable[[Exchange], str | None]], sources: list[re.Match[str]]
) -> Expression:
    return Expression(
        tuple(parts),
        frozenset(
            source["name"].lower()
            for source in sources
            if source["side"] == "request" and source["where"] == "header"
        ),
        any(s["side"] == "response" or s["plain"] == "statusCode" for s in sources),
    )


def _source(text: str) -> re.Match[str]:
    source = SOURCE.fullmatch(text)
    if source is None or (
        source["side"] == "response" and source["where"] in ("query", "path")
    ):
        raise BadExpression(f"{text!r} is not a runtime expression")
    return source


def _reader(source: re.Match[str]) -> Callable[[Exchange], str | None]:
    if plain := source["plain"]:
        return PLAIN[plain]
    side, name = source["side"], source["name"]
    match source["where"]:
        case "header":
            lower = name.lower()
            return lambda sources: sources.header(side, lower)
        case "query":
            return lambda sources: _query(sources.request.query, name)
        case "path":
            return lambda sources: _path(sources.request.path.get(name))
    tokens = _tokens(source)
    return lambda sources: as_text(at(sources.body(side), tokens))


def _path(segment: str | None) -> str | None:
    """A part of the path, which a request keeps as it was written."""
    return None if segment is None else unquote(segment)


def _tokens(source: re.Match[str]) -> tuple[str, ...]:
    if member := source["member"]:
        return tuple(member.split("."))
    if not source["pointer"]:
        return ()
    return tuple(
        unquote(token).replace("~1", "/").replace("~0", "~")
        for token in source["pointer"][1:].split("/")
    )


def _status(sources: Exchange) -> str | None:
    return str(sources.answer.status) if sources.answer else None


PLAIN: Final[Mapping[str, Callable[[Exchange], str | None]]] = {
    "url": lambda sources: sources.request.url,
    "method": lambda sources: sources.request.method,
    "statusCode": _status,
}


def _query(query: str, name: str) -> str | None:
    for given, value in parse_qsl(query, keep_blank_values=True):
        if given == name:
            return value
    return None


class Nothing:
    """Stands where a body has no value; JSON's null is one."""


NOTHING = Nothing()


def decoded(content_type: str, body: bytes) -> object:
    """A JSON or form body as plain values; `NOTHING` when it cannot be read so."""
    media_type = content_type.partition(";")[0].strip().lower()
    try:
        if media_type == "application/x-www-form-urlencoded":
            return _fields(parse_qsl(body.decode(), keep_blank_values=True))
        if media_type == "multipart/form-data":
            return _fields(_parts(content_type, body))
        if is_json(media_type):
            text = body.removeprefix(BOM_UTF8)
            value: object = from_json(text, allow_inf_nan=False)
            return value
    except ValueError:
        pass
    return NOTHING


def _fields(pairs: list[tuple[str, str]]) -> dict[str, object]:
    """A name given several times holds the list of its values."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {
        name: values if len(values) > 1 else values[0] for name, values in found.items()
    }


def _parts(content_type: str, body: bytes) -> list[tuple[str, str]]:
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    pairs: list[tuple[str, str]] = []
    for part in message.iter_parts() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            pairs.append((name, content.decode()))
    return pairs


def at(value: object, tokens: tuple[str, ...]) -> object:
    """The value a JSON pointer leads to (RFC 6901), or `NOTHING`."""
    for token in tokens:
        if isinstance(value, dict):
            value = value.get(token, NOTHING)
        elif isinstance(value, list):
            value = value[int(token)] if _is_index(token, len(value)) else NOTHING
        else:
            return NOTHING
    return value


def _is_index(token: str, length: int) -> bool:
    plain = token.isascii() and token.isdigit() and len(token) < 10
    return plain and str(int(token)) == token and int(token) < length


def as_text(value: object) -> str | None:
    """A scalar as it is written in a URL; None for everything that has no such form."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return to_json(value).decode()
    return None
