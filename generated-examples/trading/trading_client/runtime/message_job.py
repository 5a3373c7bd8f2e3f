"""The handle of a job that a message became: its replies tell what came of it."""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar, cast

from .errors import JobFailed, JobTimeout
from .inbox import Answer, Waiting
from .message_reading import Kinds, Reading, closest
from .remote_exchange import Request

R = TypeVar("R")


class MessageJob(Generic[R]):
    """A job of the service: its result is an R."""

    def __init__(self, id: str, request: Request[R], waiting: Waiting) -> None:
        self.id = id
        """The message's id, under which the job is the same however often it is sent."""
        self._request = request
        self._waiting = waiting
        self._reading = asyncio.Lock()
        self._accepted: object = None
        self._last: Answer | None = None

    @property
    def done(self) -> bool:
        """Whether the last reply has come."""
        return self._last is not None

    async def accepted(self, timeout: float | None = None) -> object:
        """What the service said when it took the job, else None; raises JobTimeout."""
        await self._read(timeout, until_accepted=True)
        return self._accepted

    async def result(self, timeout: float | None = None) -> R:
        """The typed result, waited for; raises JobFailed, or JobTimeout after `timeout` seconds."""
        await self._read(timeout, until_accepted=False)
        assert self._last is not None
        return self._result(self._last)

    async def _read(self, timeout: float | None, *, until_accepted: bool) -> None:
        """Take replies up to the one that is asked for."""
        try:
            async with asyncio.timeout(timeout), self._reading:
                while self._last is None:
                    if until_accepted and self._accepted is not None:
                        return
                    self._take(await self._waiting.answer())
        except TimeoutError as late:
            raise JobTimeout(self.id, "has not ended") from late

    def _take(self, answer: Answer) -> None:
        replies = self._request.replies
        if answer.problem is None and replies.accepted:
            kind, body, _ = self._as(replies.all, answer)
            if kind in replies.accepted:
                self._accepted = body
                return
        self._last = answer

    def _result(self, answer: Answer) -> R:
        if answer.problem is not None:
            raise JobFailed(self.id, f"failed: {answer.problem}", answer.problem)
        _, body, _ = self._as(self._request.replies.kinds, answer)
        return cast(R, body)

    def _as(self, kinds: Kinds, answer: Answer) -> Reading:
        return closest(self._request.name, kinds, answer.body, answer.headers)

    def __repr__(self) -> str:
        return f"<MessageJob {self._request.name} {self.id}>"
