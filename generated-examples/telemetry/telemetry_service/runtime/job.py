"""What a handler is given of the job it works on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Never, ParamSpec, overload

from pydantic_core import to_jsonable_python
from sqlalchemy import Connection
from typing_extensions import TypeVar

from .jobs import JobRecord
from .received import Received

P = ParamSpec("P")
T = TypeVar("T")
M = TypeVar("M", default=Never)


class JobFailed(Exception):
    """Raised by a handler to fail its job with a code and a message that the caller may see.

    The job fails for good; with `retry` only this attempt does. `status` and `title` are
    those of the problem at the result URL (RFC 9457).
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retry: bool = False,
        status: int = 500,
        title: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retry = retry
        self.status = status
        self.title = title


class LeaseLost(Exception):
    """Another worker has the job now: what this attempt does no longer counts."""


class Job(Generic[M]):
    """One attempt at a job. A job runs at least once, so there may be several.

    Its progress is an M where the document gives the progress a type.
    """

    def __init__(
        self,
        record: JobRecord,
        request: Received,
        report: Callable[[JobRecord, object], Awaitable[bool]],
    ) -> None:
        self.record = record
        """The job as it was when this attempt began."""
        self.request = request
        """The request as it was stored: with the kept headers only."""
        self.cancel_requested = record.cancel_requested
        """Whether the caller no longer wants the result; may be read from any thread."""
        self.outbox: list[Callable[[Connection], object]] = []
        self._report = report

    @property
    def id(self) -> str:
        """The job's id, the same for every attempt: a good idempotency key for others."""
        return self.record.id

    @property
    def operation(self) -> str:
        """The operation's name in the document."""
        return self.record.operation

    @property
    def attempt(self) -> int:
        """The number of this attempt, from 1."""
        return self.record.attempt

    @property
    def owner(self) -> str | None:
        """Who submitted the job, None in a document without security."""
        return self.record.owner

    @property
    def traceparent(self) -> str | None:
        """The trace the submitting request belonged to (W3C Trace Context)."""
        return self.record.traceparent

    @overload
    async def progress(
        self: Job[Never],
        *,
        done: float | None = None,
        total: float | None = None,
        message: str | None = None,
    ) -> None: ...
    @overload
    async def progress(self, value: M, /) -> None: ...
    async def progress(
        self,
        *typed: Any,
        done: float | None = None,
        total: float | None = None,
        message: str | None = None,
    ) -> None:
        """Tell the caller how far the job is; raises LeaseLost if it is no longer ours."""
        value: object = {"done": done, "total": total, "message": message}
        for one in typed:
            value = to_jsonable_python(one, by_alias=True)
        if not await self._report(self.record, value):
            raise LeaseLost(self.id)

    def check_canceled(self) -> None:
        """Raise CancelledError if the caller no longer wants the result."""
        if self.cancel_requested:
            raise asyncio.CancelledError("The job was canceled.")

    async def thread(
        self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The value of a blocking function, run off the event loop.

        A thread cannot be stopped from outside: a long one looks at `cancel_requested`.
        """
        return await asyncio.to_thread(function, *args, **kwargs)

    def also(self, write: Callable[[Connection], object]) -> None:
        """Run this write in the transaction that ends the job, if this attempt ends it.

        It is dropped when the handler raises, when the job is canceled, or when another
        worker has the job by then. It may run twice, but is committed once.
        """
        self.outbox.append(write)
