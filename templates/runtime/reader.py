"""Reads a request into an operation's arguments and collects everything that is wrong with it."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, cast

from pydantic import ValidationError

from .contents import Binary, Content
from .media import declared
from .parameters import Missing, Parameter
from .problem import HttpProblem, Invalid
from .received import Received
from .sources import Sources
from .styles import Malformed
from .violations import (
    Violation,
    body_violations,
    parameter_violations,
    violation,
)

T = TypeVar("T")


class Body(Generic[T]):
    """A request's body: what it may be, by media type."""

    def __init__(self, contents: dict[str, Content], *, required: bool = False) -> None:
        self.contents = contents
        self.required = required


class Reader:
    """Takes each argument in turn; `done` then raises what was wrong with all of them."""

    def __init__(self, request: Received | Sources) -> None:
        self.sources = request if isinstance(request, Sources) else Sources(request)
        self.content = self.sources.body
        self.violations: list[Violation] = []

    def take(self, parameter: Parameter[T]) -> T:
        """The value of a parameter; of no worth when `done` raises."""
        try:
            return parameter.read(self.sources)
        except Missing:
            self.add(violation(parameter, "This parameter is required", "missing"))
        except Malformed as error:
            self.add(violation(parameter, f"Malformed: {error}", "malformed"))
        except ValidationError as error:
            text = parameter.json(self.sources) or ""
            self.violations += parameter_violations(error, parameter, text)
        return cast(T, None)

    def body(self, body: Body[T]) -> T:
        """The value of the body; of no worth when `done` raises.

        Raises HttpProblem: 415 for a content type nobody declared or a compressed body,
        400 for broken syntax.
        """
        sent = self.sources.header("content-type")
        if not self.content and (sent is None or is_absent(body, sent)):
            return self.no_body(body)
        content = content_of(body, sent)
        if isinstance(content, Binary) and not self.sources.tells_coding:
            self.refuse_coding()
        try:
            return cast(T, content.read(self.content, sent or ""))
        except ValidationError as error:
            plain = content.plain(self.content, sent or "")
            self.violations += body_violations(error, plain)
        except HttpProblem:
            self.refuse_coding()
            raise
        return cast(T, None)

    def refuse_coding(self) -> None:
        """Raises HttpProblem 415 for a body that is compressed."""
        coding = ", ".join(self.sources.lines("content-encoding"))
        if coding.lower() not in ("", "identity"):
            detail = f"The body may not be encoded: {coding} is not read"
            raise HttpProblem(
                415, detail=detail, headers={"Accept-Encoding": "identity"}
            ) from None

    def no_body(self, body: Body[T]) -> T:
        if body.required:
            detail = "A body is required"
            self.add({"pointer": "#", "detail": detail, "code": "missing"})
        return cast(T, None)

    def add(self, violation: Violation) -> None:
        self.violations.append(violation)

    def done(self) -> None:
        """Raises Invalid when anything was wrong."""
        if self.violations:
            raise Invalid(self.violations)


def is_absent(body: Body[Any], sent: str) -> bool:
    """Whether nothing at all is no body, as a text or a form without fields would be."""
    media_type = declared(body.contents, sent)
    is_empty = media_type is not None and body.contents[media_type].is_ever_empty
    return not (body.required or is_empty)


def content_of(body: Body[Any], sent: str | None) -> Content:
    """How a body of this content type is read."""
    if sent in body.contents:
        return body.contents[sent]
    media_type = declared(body.contents, sent or "application/octet-stream")
    if media_type is None:
        known = ", ".join(body.contents)
        raise HttpProblem(
            415,
            detail=f"The body may be {known}",
            headers={"Accept": known},
        )
    return body.contents[media_type]
