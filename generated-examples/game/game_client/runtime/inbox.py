"""Replies as they come: each is given to the request that it answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from weakref import WeakValueDictionary

from pydantic import ValidationError

from .correlating import answering
from .errors import ClientError, Problem
from .message_errors import UnreadableMessage
from .message_headers import CONTENT_TYPE, MESSAGE_ID
from .message_reading import closest
from .remote_exchange import Replies

PROBLEM = "application/problem+json"
MEMBERS = {"type", "title", "status"}
"""What every problem of a service has."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply as it came."""

    body: bytes
    headers: Mapping[str, str]

    @property
    def problem(self) -> Problem | None:
        """The problem that it is, if it says so, or looks like one and says nothing."""
        media_type = self.headers.get(CONTENT_TYPE, PROBLEM).partition(";")[0]
        return problem_in(self.body) if media_type.strip() == PROBLEM else None


@dataclass(slots=True, eq=False, weakref_slot=True)
class Waiting:
    """A request whose replies are waited for, as long as somebody holds it."""

    correlation: str
    message_id: str
    replies: Replies[Any]
    answers: asyncio.Queue[Answer | ClientError] = field(default_factory=asyncio.Queue)

    async def answer(self) -> Answer:
        """The next reply."""
        came = await self.answers.get()
        if isinstance(came, ClientError):
            raise came
        return came


class Inbox:
    """The requests that wait for replies, oldest first.

    A reply without any correlation goes to the oldest request where nobody else's can come.
    """

    def __init__(self) -> None:
        self._waiting: WeakValueDictionary[str, Waiting] = WeakValueDictionary()

    def expect(
        self, correlation: str, message_id: str, replies: Replies[Any]
    ) -> Waiting:
        """Wait for the replies with this correlation id to the message of this id."""
        waiting = Waiting(correlation, message_id, replies)
        self._waiting[correlation] = waiting
        return waiting

    def forget(self, waiting: Waiting) -> None:
        """Whatever still comes for it answers nobody."""
        self._waiting.pop(waiting.correlation, None)

    def fail(self, error: ClientError) -> None:
        """Tell all who wait that nothing will come."""
        for waiting in list(self._waiting.values()):
            waiting.answers.put_nowait(error)
        self._waiting.clear()

    async def correlated(
        self, address: str, body: bytes, headers: Mapping[str, str]
    ) -> None:
        """Take a reply at an address that other clients have replies at, too."""
        if (found := self._asked(body, headers)) is not None:
            found.answers.put_nowait(Answer(body, headers))

    async def private(
        self, address: str, body: bytes, headers: Mapping[str, str]
    ) -> None:
        """Take a reply at an address that is this client's alone."""
        found = self._asked(body, headers)
        if found is None and not self._ids(body, headers):
            found = self._oldest(body, headers)
        if found is not None:
            found.answers.put_nowait(Answer(body, headers))

    def _asked(self, body: bytes, headers: Mapping[str, str]) -> Waiting | None:
        """The request that names the same id; where it comes by here itself, it is no reply."""
        own = headers.get(MESSAGE_ID)
        for one in map(self._waiting.get, self._ids(body, headers)):
            if one is not None and one.message_id != own:
                return one
        return None

    def _ids(self, body: bytes, headers: Mapping[str, str]) -> tuple[str, ...]:
        several = {id(one.replies): one.replies for one in list(self._waiting.values())}
        found = (answering(one.all, body, headers) for one in several.values())
        return tuple(chain.from_iterable(found))

    def _oldest(self, body: bytes, headers: Mapping[str, str]) -> Waiting | None:
        """The first request that this may be a reply to."""
        refused = problem_in(body) is not None
        for waiting in list(self._waiting.values()):
            if refused or _reads(waiting.replies, body, headers):
                return waiting
        return None


def _reads(replies: Replies[Any], body: bytes, headers: Mapping[str, str]) -> bool:
    try:
        closest("", replies.all, body, headers)
    except UnreadableMessage:
        return False
    return True


def problem_in(body: bytes) -> Problem | None:
    """The problem that a body describes (RFC 9457 §3.1)."""
    try:
        document = json.loads(body)
        is_problem = isinstance(document, dict) and MEMBERS <= set(document)
        return Problem.model_validate(document) if is_problem else None
    except (ValidationError, ValueError, RecursionError):
        return None
