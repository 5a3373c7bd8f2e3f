"""The client of messages without `await`: the asyncio one, on a loop of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import TracebackType
from typing import Any, Generic, Self, cast

from typing_extensions import TypeVar

from .loop_thread import LoopThread
from .message_job import MessageJob as AsyncMessageJob
from .messenger import MessagingSession as AsyncMessagingSession
from .received_message import Asking as AsyncAsking
from .received_message import Received
from .subscription import Subscription as AsyncSubscription

M = TypeVar("M")
B = TypeVar("B")
H = TypeVar("H", default=Mapping[str, str])
R = TypeVar("R", default=object)


class MessageJob(Generic[R]):
    """A job of the service: its result is an R."""

    def __init__(self, thread: LoopThread, job: AsyncMessageJob[R]) -> None:
        self._thread = thread
        self._job = job

    @property
    def id(self) -> str:
        """The message's id, under which the job is the same however often it is sent."""
        return self._job.id

    @property
    def done(self) -> bool:
        """Whether the last reply has come."""
        return self._job.done

    def accepted(self, timeout: float | None = None) -> object:
        """What the service said when it took the job, else None; raises JobTimeout."""
        return self._thread.run(self._job.accepted(timeout))

    def result(self, timeout: float | None = None) -> R:
        """The typed result, waited for; raises JobFailed, or JobTimeout after `timeout` seconds."""
        return self._thread.run(self._job.result(timeout))

    def __repr__(self) -> str:
        return repr(self._job)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking(Received[B, H], Generic[B, H, R]):
    """A message that waits for a reply: an R."""

    thread: LoopThread = field(repr=False)
    asked: AsyncAsking[B, H, R] = field(repr=False)

    def reply(self, body: R, headers: object = None) -> None:
        """Answer it; raises ConnectionFailed."""
        self.thread.run(self.asked.reply(body, headers))


class Subscription(Generic[M]):
    """Messages M as they come; each counts as taken when the next one is asked for.

    What is not taken when the block is left goes to another subscriber of the same group.
    A message that cannot be read raises UnreadableMessage and is taken; iterating goes on after it.
    """

    def __init__(
        self, thread: LoopThread, subscription: AsyncSubscription[Any]
    ) -> None:
        self._thread = thread
        self._subscription = subscription

    def __enter__(self) -> Self:
        self._thread.run(self._subscription.open())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.run(self._subscription.__aexit__(kind, error, trace))

    def close(self) -> None:
        """End the subscription; what was not taken is given back."""
        self._thread.run(self._subscription.aclose())

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> M:
        try:
            return self.next()
        except StopAsyncIteration:
            raise StopIteration from None

    def next(self, timeout: float | None = None) -> M:
        """The next message; raises TimeoutError after `timeout` seconds, StopAsyncIteration at the end."""
        coming = self._subscription.__anext__()
        message = self._thread.run(asyncio.wait_for(coming, timeout))
        if isinstance(message, AsyncAsking):
            told = {one.name: getattr(message, one.name) for one in fields(Received)}
            message = Asking(**told, thread=self._thread, asked=message)
        return cast(M, message)


class MessagingSession:
    """What every client of messages without `await` is: `with` closes it."""

    def __init__(self, client: AsyncMessagingSession) -> None:
        self._thread = LoopThread()
        self._closing = client

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all subscriptions and disconnect; `with` does it too."""
        if self._thread.is_running:
            self._thread.run(self._closing.close())
            self._thread.close()
