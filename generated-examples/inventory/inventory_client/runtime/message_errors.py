"""What can go wrong with messages, beside what errors.py tells.

ClientError
├── ConnectionFailed        the broker or the service could not be reached
├── ReplyTimeout            no reply in time; it may still be on its way
├── MessageRefused          the other side answered with a problem
├── UnreadableMessage       a message is not what the document declares
└── UnsendableMessage       a body that is none of the declared kinds
"""

from __future__ import annotations

from collections.abc import Mapping

from .errors import ClientError, Problem


class ReplyTimeout(ClientError, TimeoutError):
    """No reply has come in time; `correlation_id` is that of the request."""

    def __init__(self, exchange: str, correlation_id: str, seconds: float) -> None:
        super().__init__(f"{exchange}: no reply within {seconds:g} seconds")
        self.correlation_id = correlation_id


class MessageRefused(ClientError):
    """The other side answered with a problem instead of what the document declares."""

    def __init__(self, exchange: str, problem: Problem) -> None:
        super().__init__(f"{exchange}: {problem}")
        self.problem = problem


class UnreadableMessage(ClientError):
    """A message that is none of the declared kinds, as it came."""

    def __init__(
        self, exchange: str, body: bytes, headers: Mapping[str, str], reason: str
    ) -> None:
        super().__init__(f"{exchange}: the message cannot be read: {reason}")
        self.body = body
        self.headers = headers
        self.reason = reason


class UnsendableMessage(ClientError, ValueError):
    """A message that the document does not declare."""
