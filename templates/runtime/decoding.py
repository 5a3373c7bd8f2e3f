"""Responses: what each declared status becomes, a typed result or a typed error."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pydantic

from .bodies import Contents, choose
from .errors import ApiError, UnreadableResponse, said_by
from .exchange import Response
from .kinds import Kind, as_json, is_list, is_object
from .reasons import in_words


@dataclass(frozen=True)
class ResponseHeader:
    """A declared header of a response and the type of its value."""

    name: str
    type: Any = str
    kind: Kind = "string"
    required: bool = False
    explode: bool = False
    as_json: bool = False

    def read(self, response: Response) -> object:
        """The header's value, or None; raises ValueError where it is not of its type."""
        text = response.header(self.name)
        if text is None and not self.required:
            return None
        if text is None:
            raise ValueError(f"the header {self.name} is missing")
        try:
            return self._adapter.validate_json(
                text if self.as_json else self._json(text)
            )
        except pydantic.ValidationError as reason:
            told = f"the header {self.name}: {in_words(reason)}"
            raise ValueError(told) from reason

    def _json(self, text: str) -> str:
        words = [word.strip() for word in text.split(",")] if text else []
        if is_list(self.kind):
            return as_json(list(words), self.kind)
        if not is_object(self.kind):
            return as_json(text, self.kind)
        if self.explode:
            pairs = [word.partition("=")[::2] for word in words]
        else:
            pairs = list(zip(words[::2], words[1::2], strict=False))
        return as_json(dict(pairs), self.kind)

    @cached_property
    def _adapter(self) -> pydantic.TypeAdapter[object]:
        return pydantic.TypeAdapter(self.type)


@dataclass(frozen=True)
class Outcome(ABC):
    """What the caller gets for a status: its body's representations, its headers."""

    contents: Contents = field(default_factory=dict)
    headers: Mapping[str, ResponseHeader] = field(default_factory=dict)
    """Python name → header."""

    @abstractmethod
    def give(self, operation: str, response: Response) -> object:
        """The result, or the error is raised."""

    def body(self, response: Response) -> object:
        """The typed body; raises ValueError where it is not what is declared."""
        if not self.contents:
            return None
        content = choose(self.contents, response.content_type)
        if content is None:
            told = response.media_type or "none"
            raise ValueError(f"its content type ({told}) is not declared")
        return content.decode(response)

    def header_values(self, response: Response) -> dict[str, object]:
        return {name: header.read(response) for name, header in self.headers.items()}


@dataclass(frozen=True)
class Returns(Outcome):
    """A success: its body alone, or an `envelope` with its status, body and headers."""

    envelope: Callable[..., object] | None = None

    def give(self, operation: str, response: Response) -> object:
        body = self.body(response)
        if self.envelope is None:
            return body
        return self.envelope(response.status, body, **self.header_values(response))


@dataclass(frozen=True)
class Raises(Outcome):
    """A declared error, raised as the class made for it."""

    error: Callable[[str, Response, object], ApiError] = ApiError

    def give(self, operation: str, response: Response) -> object:
        error = self.error(operation, response, self.body(response))
        for name, value in self.header_values(response).items():
            setattr(error, name, value)
        raise error


Answers = Mapping[str, Outcome]
"""Status ("200"), range ("4XX") or "default" → what comes of it."""


def outcome_of(answers: Answers, status: int) -> Outcome | None:
    """The most precise declaration for a status."""
    for name in (str(status), f"{status // 100}XX", "default"):
        if name in answers:
            return answers[name]
    return None


def accepts(answers: Answers) -> str:
    """The media types that the caller can read, for the header Accept."""
    names = {name: None for outcome in answers.values() for name in outcome.contents}
    return ", ".join([*names, "application/problem+json"]) if names else "*/*"


def read_answer(operation: str, answers: Answers, response: Response) -> object:
    """The result that a response carries, or its error is raised."""
    outcome = outcome_of(answers, response.status)
    if outcome is None:
        raise _undeclared(operation, response)
    try:
        return outcome.give(operation, response)
    except ValueError as reason:
        if isinstance(outcome, Raises):
            raise ApiError(operation, response) from reason
        raise UnreadableResponse(operation, response, in_words(reason)) from reason


def _undeclared(operation: str, response: Response) -> ApiError:
    if response.status < 400:
        points = said_by(response) if response.status >= 300 else ""
        told = "its status is not declared" + (points and f"; {points}")
        return UnreadableResponse(operation, response, told)
    return ApiError(operation, response)
