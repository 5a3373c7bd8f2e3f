"""Webhooks: what a service tells those who subscribed to it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

from sqlalchemy import Connection

from .access import Caller
from .callbacks import written
from .ending import Ending, FinishHook
from .contents import Content
from .job import Job
from .jobs import JobRecord
from .operation import AsyncOperation
from .outbox import outbox
from .status import Status
from .subscriptions import Published, publish, publish_all

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WebhookTarget(Generic[T]):
    """One declared webhook; `T` is the type of its body."""

    name: str
    contents: Mapping[str, Content]
    method: str = "POST"

    @overload
    def publish(self, to: Job[Any], body: T) -> None: ...
    @overload
    def publish(self, to: Caller | None, body: T) -> Coroutine[Any, Any, None]: ...

    def publish(
        self, to: Job[Any] | Caller | None, body: T
    ) -> Coroutine[Any, Any, None] | None:
        """Send `body` to the owner's subscriptions that want this webhook.

        `publish(job, body)` goes out if and when this attempt ends the job; `await publish(caller, body)` is for
        synchronous operations and goes out at once.
        """
        if isinstance(to, Job):
            owner, published = to.owner, self._with(to, body)
            to.also(lambda connection: publish(connection, owner, published))
            return None
        return self._publish_now(None if to is None else to.id, body)

    @overload
    def publish_all(self, body: T) -> Coroutine[Any, Any, None]: ...
    @overload
    def publish_all(self, body: T, job: Job[Any]) -> None: ...

    def publish_all(
        self, body: T, job: Job[Any] | None = None
    ) -> Coroutine[Any, Any, None] | None:
        """Send `body` to everyone's subscriptions that want this webhook.

        `await publish_all(body)` goes out at once; `publish_all(body, job)` if and when this attempt ends the job.
        """
        if job is not None:
            published = self._with(job, body)
            job.also(lambda connection: publish_all(connection, published))
            return None
        return self._publish_all_now(body)

    def carrying(
        self, job: JobRecord, media_type: str | None, body: bytes
    ) -> Published:
        """The result of a job as this webhook."""
        declared = media_type in self.contents or not self.contents
        content_type = media_type if declared else next(iter(self.contents))
        return Published(
            event=self.name,
            content_type=content_type or "",
            body=body,
            method=self.method,
            job_id=job.id,
            traceparent=job.traceparent,
        )

    def _with(self, job: Job[Any], body: T) -> Published:
        return self.carrying(job.record, *written(self.contents, body))

    def _alone(self, body: T) -> Published:
        content_type, content = written(self.contents, body)
        return Published(
            event=self.name,
            content_type=content_type,
            body=content,
            method=self.method,
        )

    async def _publish_now(self, owner: str | None, body: T) -> None:
        published = self._alone(body)
        await outbox().put(lambda connection: publish(connection, owner, published))

    async def _publish_all_now(self, body: T) -> None:
        published = self._alone(body)
        await outbox().put(lambda connection: publish_all(connection, published))


def results_of(
    operations: Sequence[AsyncOperation[Any]], targets: Iterable[WebhookTarget[Any]]
) -> FinishHook:
    """Writes, with a job's success, the webhook that its operation names for the result."""
    named = {target.name: target for target in targets}
    carriers = {
        operation.name: named[operation.policy.webhook]
        for operation in operations
        if operation.policy.webhook is not None
    }

    def on_finish(
        job: JobRecord, ending: Ending
    ) -> list[Callable[[Connection], object]]:
        target, answer = carriers.get(job.operation), ending.answer
        if target is None or answer is None or ending.status is not Status.SUCCEEDED:
            return []
        if target.contents and answer.media_type is None:
            return []  # a result without a body, which the webhook has to have
        published = target.carrying(job, answer.media_type, answer.body)
        return [lambda connection: publish(connection, job.owner, published)]

    return on_finish
