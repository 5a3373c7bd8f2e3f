"""A message as a handler sees it, and what a handler may say about one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from typing_extensions import TypeVar as DefaultTypeVar

from .job import JobFailed
from .message_headers import TRACEPARENT
from .problem import HttpProblem

B = TypeVar("B", covariant=True)
H = DefaultTypeVar("H", covariant=True, default=Mapping[str, str])


@dataclass(frozen=True, slots=True)
class Message(Generic[H]):
    """What comes with a message's body."""

    id: str
    """The same however often the message is delivered: a good idempotency key for others."""
    address: str
    headers: H
    """Those the document declares; where it declares none, all of them as text."""
    correlation_id: str | None = None
    reply_to: str | None = None
    attempt: int = 1
    parameters: Mapping[str, str] = field(default_factory=dict)
    """The parameters in the address."""
    received: Mapping[str, str] = field(default_factory=dict)
    """Every header as it arrived, by lower-case name."""

    @property
    def traceparent(self) -> str | None:
        """The trace that the message belongs to (W3C Trace Context)."""
        return self.received.get(TRACEPARENT)


@dataclass(frozen=True, slots=True)
class WithHeaders(Generic[B, H]):
    """A body with the headers that the document declares for it."""

    body: B
    headers: H


class MessageFailed(JobFailed):
    """Raised by a handler to give its message up, with a code and words that its sender may see.

    The message becomes a dead letter at once; with `retry` only this attempt fails.
    """


class BadMessage(HttpProblem):
    """Everything that is wrong with a message, at once: 422.

    A violation is {"pointer" | "parameter" and "in", "detail", "code"}.
    """

    def __init__(self, violations: Sequence[Mapping[str, str]]) -> None:
        count = len(violations)
        found = "1 violation" if count == 1 else f"{count} violations"
        super().__init__(
            422, "The message is not valid", found, errors=list(violations)
        )
        self.violations = tuple(violations)
