"""The responses of operations: what a handler answers, as a status, headers and a body."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Any, ClassVar

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .answer import Answer
from .contents import Content
from .media import declared, preferred
from .model import File

CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class ReplyHeader:
    """A declared header of a response."""

    def __init__(
        self,
        name: str,
        type: Any,
        *,
        required: bool = False,
        explode: bool = False,
        content: bool = False,
    ) -> None:
        self.name = name
        self.type = type
        self.required = required
        self.explode = explode
        self.content = content

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.type)

    def text(self, value: object) -> str:
        """The header's text: in style simple, or as JSON where it has a media type."""
        plain = self.adapter.dump_python(
            value, mode="json", by_alias=True, warnings="error"
        )
        text = json.dumps(plain) if self.content else simple(plain, self.explode)
        return sendable(text, self.name)


def sendable(text: str, header: str) -> str:
    """A header's text; raises ValueError for one that would end the header."""
    if CONTROL.search(text):
        raise ValueError(f"header {header} has a control character")
    return text


class Reply:
    """One declared response; a class each, made by the generator.

    Ranges (`4XX`) and `default` take their status as the first argument.
    """

    status_code: int
    contents: ClassVar[Mapping[str, Content]] = {}
    header_types: ClassVar[Mapping[str, ReplyHeader]] = {}
    sole: ClassVar[tuple[str, Content] | None] = None
    """The only representation there is."""

    def __init_subclass__(cls) -> None:
        forms = [(concrete(*form), form[1]) for form in cls.contents.items()]
        cls.sole = forms[0] if len(forms) == 1 else None

    def __init__(
        self,
        body: Any = None,
        *,
        status: int | None = None,
        media_type: str | None = None,
        headers: Mapping[str, object] | None = None,
    ) -> None:
        self.body = body
        self.media_type = media_type
        self.headers = headers or {}
        if status is not None:
            self.status_code = status

    def answer(self, accept: str = "") -> Answer:
        """The response as it goes out, in the representation the caller likes best."""
        if not self.contents:
            return Answer(self.status_code, self.header_lines(), None, b"")
        offered, content = self.representation(accept)
        headers = self.header_lines() if self.header_types else ()
        return Answer(self.status_code, headers, offered, content.write(self.body))

    def representation(self, accept: str) -> tuple[str, Content]:
        """The media type of the answer and how it is written."""
        if self.sole and self.media_type is None and not isinstance(self.body, File):
            return self.sole
        offered = self.offered(accept)
        return offered, self.content(offered)

    def offered(self, accept: str) -> str:
        """The media type of the answer; what the handler chose comes first."""
        chosen = self.media_type
        if chosen is None and isinstance(self.body, File):
            chosen = self.body.content_type
        if chosen is not None:
            return sendable(chosen, "Content-Type")
        suits = [name for name, one in self.contents.items() if one.suits(self.body)]
        first, *others = offers = suits or [*self.contents]
        offer = preferred(offers, accept) if others and accept else None
        return concrete(offer or first, self.contents[offer or first])

    def content(self, media_type: str) -> Content:
        if media_type in self.contents:
            return self.contents[media_type]
        return self.contents[
            declared(self.contents, media_type) or next(iter(self.contents))
        ]

    def header_lines(self) -> tuple[tuple[str, str], ...]:
        lines: list[tuple[str, str]] = []
        for field, header in self.header_types.items():
            value = self.headers.get(field)
            if value is not None:
                lines.append((header.name, header.text(value)))
            elif header.required:
                raise ValueError(f"{type(self).__name__} lacks {header.name}")
        return tuple(lines)

    def response(self, request: Request) -> Response:
        if self.sole and not (
            self.header_types or self.media_type or isinstance(self.body, File)
        ):
            media_type, content = self.sole
            body = content.write(self.body)
            return AnswerResponse(self.status_code, media_type, body)
        asked = request.headers.get("accept", "") if len(self.contents) > 1 else ""
        return response_of(self.answer(asked))


def as_reply(result: object, sole: Callable[..., Reply] | None = None) -> Reply:
    """What a handler returned as a reply; a bare value is the operation's sole success."""
    if isinstance(result, Reply):
        return result
    if sole is None:
        raise TypeError(
            f"a handler returned {type(result).__name__}, which is no reply"
        )
    return sole() if result is None and not contents_of(sole) else sole(result)


def contents_of(reply: object) -> Mapping[str, Content]:
    found: Mapping[str, Content] = getattr(reply, "contents", {})
    return found


def response_of(answer: Answer) -> Response:
    """An answer as a response."""
    return AnswerResponse(answer.status, answer.media_type, answer.body, answer.headers)


class AnswerResponse(Response):
    """A response with the header lines of its answer, however often they have one name."""

    def __init__(
        self,
        status: int,
        media_type: str | None,
        body: bytes,
        headers: Iterable[tuple[str, str]] = (),
    ) -> None:
        self.status_code = status
        self.body = body
        self.background = None
        self.raw_headers = lines = []
        if status >= 200 and status not in (204, 304):
            lines.append((b"content-length", b"%d" % len(body)))
        if media_type is not None:
            lines.append((b"content-type", content_type(media_type)))
        for name, value in headers:
            lines.append((name.lower().encode("latin-1"), value.encode("latin-1")))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        await send({"type": "http.response.body", "body": self.body})


@lru_cache(256)
def content_type(media_type: str) -> bytes:
    """A media type as a header's value; text is always sent as UTF-8."""
    is_bare = media_type.startswith("text/") and "charset=" not in media_type.lower()
    return (media_type + "; charset=utf-8" * is_bare).encode("latin-1")


def concrete(media_type: str, content: Content) -> str:
    """A media type that can be sent, where a range was declared."""
    return content.usual if "*" in media_type else media_type


def simple(plain: Any, explode: bool) -> str:
    """A value in style simple (RFC 6570)."""
    if isinstance(plain, list):
        return ",".join(simple(item, explode) for item in plain)
    if isinstance(plain, dict):
        glue = "=" if explode else ","
        pairs = (f"{key}{glue}{simple(one, explode)}" for key, one in plain.items())
        return ",".join(pairs)
    return plain if isinstance(plain, str) else json.dumps(plain)
