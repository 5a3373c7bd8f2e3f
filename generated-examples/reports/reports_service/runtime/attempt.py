"""One attempt: a handler at work on a job, and the reasons to stop it before it ends."""

from __future__ import annotations

import asyncio
import logging
from enum import Enum
from typing import Any

from .answer import Answer
from .ending import (
    Again,
    Ending,
    answered,
    canceled,
    deadline_exceeded,
    is_expected,
    is_final,
    raised,
)
from .job import Job
from .operation import AsyncOperation
from .reader import Reader
from .sink import collecting
from .status import Status
from .store import now

log = logging.getLogger(__name__)


class Reason(Enum):
    """Why an attempt is stopped from outside."""

    CANCELED = "the caller canceled the job"
    DEADLINE = "its deadline has passed"
    LOST = "another worker has the job"
    STOPPED = "the service stops"


class HandlerExited(Exception):
    """A handler tried to end the whole service."""


class Attempt:
    """A handler's attempt at a job; `patience` is how long a stopped handler may take to end."""

    def __init__(
        self,
        operation: AsyncOperation[Any],
        handlers: Any,
        job: Job[Any],
        patience: float,
    ) -> None:
        self.job = job
        self._policy = operation.policy
        self._patience = patience
        self._reason: Reason | None = None
        self._stop: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._ended_at = 0.0
        self._handler = asyncio.create_task(self._answer(operation, handlers))
        self._handler.add_done_callback(_retrieved)

    @property
    def overdue(self) -> bool:
        """Whether the deadline has passed so long ago that the handler must be stuck."""
        return now() > (self.job.record.deadline or 0) + self._patience

    def interrupt(self, reason: Reason) -> None:
        """Stop the handler; the first reason counts, but a lost job is lost."""
        if reason is Reason.CANCELED:
            self.job.cancel_requested = True
        if self._reason is None or reason is Reason.LOST:
            self._reason = reason
        if not self._stop.done():
            self._stop.set_result(None)

    async def outcome(self) -> Ending | Again | None:
        """How the attempt ended, None if it no longer counts."""
        deadline = (self.job.record.deadline or 0) - now()
        both: set[asyncio.Future[Any]] = {self._handler, self._stop}
        await asyncio.wait(
            both, timeout=max(deadline, 0), return_when=asyncio.FIRST_COMPLETED
        )
        if not self._handler.done():
            await self._end_handler()
        elif self._ended_at > (self.job.record.deadline or 0):
            self.interrupt(Reason.DEADLINE)  # it blocked, and nothing could stop it
        if self._reason is Reason.LOST:
            return None
        if self._reason is Reason.DEADLINE:
            return self._again_or_failed(deadline_exceeded())
        return self._ended()

    async def _answer(self, operation: AsyncOperation[Any], handlers: Any) -> Answer:
        try:
            return await answer(operation, handlers, self.job)
        finally:
            self._ended_at = now()

    async def _end_handler(self) -> None:
        self.interrupt(Reason.DEADLINE)
        self._handler.cancel()
        await asyncio.wait({self._handler}, timeout=self._patience)
        if not self._handler.done():
            log.warning("The handler of %s does not end.", self.job.id)

    def _ended(self) -> Ending | Again:
        """The outcome of a handler that ended, or would not end when it was told to."""
        if self._handler.done() and not self._handler.cancelled():
            error = self._handler.exception()
            return self.failed(error) if error else answered(self._handler.result())
        if self.job.cancel_requested:
            return canceled()
        if self._reason is Reason.STOPPED:
            return Again(counted=False)
        return self.failed(asyncio.CancelledError())

    def failed(self, error: BaseException) -> Ending | Again:
        """The outcome of an attempt that raised."""
        if self.job.cancel_requested:
            return canceled()
        if self._reason is Reason.STOPPED:
            return Again(counted=False)
        told = raised(error)
        self._log(error, told)
        if is_final(error):
            return Ending(Status.FAILED, None, told)
        return self._again_or_failed(told)

    def _log(self, error: BaseException, told: dict[str, Any]) -> None:
        """An expected failure is news; anything else is a fault, and is traced."""
        attempt, id = self.job.attempt, self.job.id
        if is_expected(error):
            words = told["code"], told["message"]
            log.info("Attempt %s at %s failed: %s: %s", attempt, id, *words)
        else:
            log.error("Attempt %s at %s failed.", attempt, id, exc_info=error)

    def _again_or_failed(self, error: dict[str, Any]) -> Ending | Again:
        if self.job.cancel_requested:
            return canceled()
        if self.job.attempt < self.job.record.max_attempts:
            return Again(self._policy.backoff.delay(self.job.attempt), error)
        return Ending(Status.FAILED, None, error)


async def answer(
    operation: AsyncOperation[Any], handlers: Any, job: Job[Any]
) -> Answer:
    """What the operation's handler answers."""
    try:
        with collecting(job.also, job.traceparent):
            reply = await operation.run(handlers, Reader(job.request), job)
    except (SystemExit, KeyboardInterrupt) as error:
        raise HandlerExited() from error
    return reply.answer()


def _retrieved(handler: asyncio.Task[Answer]) -> None:
    """Look at the exception of a handler nobody waits for any more."""
    if not handler.cancelled():
        handler.exception()
