"""Callbacks: what a service tells the callers of its operations, at a URL that they gave."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

from sqlalchemy import Connection

from .access import Caller
from .answer import Answer
from .ending import Ending, FinishHook
from .contents import Content
from .deliveries import NewDelivery, add, new_event_id
from .expressions import Expression, Exchange, parse
from .guard import Rules, check_target, endpoint_of
from .job import Job
from .jobs import JobRecord
from .operation import AsyncOperation
from .outbox import outbox
from .received import Received

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackTarget(Generic[T]):
    """One declared callback of an operation; `T` is the type of its body.

    `sends_on` are the statuses of the operation's answers that go out as this callback by themselves.
    """

    operation: str
    name: str
    expression: str
    contents: Mapping[str, Content]
    method: str = "POST"
    sends_on: Collection[int] = ()

    def __post_init__(self) -> None:
        """Refuse a bad expression when the service is imported, not when it is called."""
        parse(self.expression)

    @property
    def event(self) -> str:
        """What the receiver routes by."""
        return f"{self.operation}.{self.name}"

    @property
    def target(self) -> Expression:
        """Where it goes, as an expression over the request and the answer."""
        return parse(self.expression)

    @overload
    def send(self, to: Job[Any], body: T, /) -> None: ...
    @overload
    def send(self, to: Job[Any], where: str, body: T, /) -> None: ...
    @overload
    def send(
        self, to: Caller | None, where: str | Received, body: T, /
    ) -> Coroutine[Any, Any, None]: ...

    def send(
        self, to: Job[Any] | Caller | None, /, *arguments: Any
    ) -> Coroutine[Any, Any, None] | None:
        """Send `body`, signed with the owner's callback secret, until it arrives.

        `send(job, body)` goes out if and when this attempt ends the job, to the URL that the job's request
        gave; `send(job, url, body)` likewise, to another. `await send(caller, url_or_request, body)` is for
        synchronous operations and goes out at once. A request that gave no URL means that nothing is sent.
        Raises TargetRefused for a URL that deliveries may not go to.
        """
        *where, body = arguments
        if isinstance(to, Job):
            self._send_with(to, where[0] if where else to.request, body)
            return None
        owner = None if to is None else to.id
        return self._send_now(where[0], body, owner)

    def carrying(
        self, answer: Answer, request: Received, job: JobRecord
    ) -> NewDelivery | None:
        """The operation's own answer as this callback; None when the caller gave no URL."""
        url = self.target.resolve(Exchange(request, answer))
        if url is None:
            return None
        return self._to(
            url,
            answer.body,
            self._type_of(answer),
            owner=job.owner,
            job_id=job.id,
            traceparent=job.traceparent,
        )

    def _send_with(self, job: Job[Any], where: str | Received, body: T) -> None:
        if self.target.reads_response and isinstance(where, Received):
            raise ValueError(
                f"{self.event} goes where the answer says, and there is none yet:"
                " use send(job, url, body)"
            )
        url = self._url(where, outbox().rules)
        if url is None:
            return
        content_type, content = written(self.contents, body)
        new = self._to(
            url,
            content,
            content_type,
            owner=job.owner,
            job_id=job.id,
            traceparent=job.traceparent,
        )
        job.also(lambda connection: add(connection, [new]))

    async def _send_now(
        self, where: str | Received, body: T, owner: str | None
    ) -> None:
        url = self._url(where, outbox().rules)
        if url is None:
            return
        content_type, content = written(self.contents, body)
        new = self._to(url, content, content_type, owner=owner)
        await outbox().put(lambda connection: add(connection, [new]))

    def _url(self, where: str | Received, rules: Rules) -> str | None:
        if isinstance(where, Received):
            url = self.target.resolve(Exchange(where))
        else:
            url = where
        if url is not None:
            check_target(url, rules)
        return url

    def _to(
        self,
        url: str,
        body: bytes,
        content_type: str,
        *,
        owner: str | None,
        job_id: str | None = None,
        traceparent: str | None = None,
    ) -> NewDelivery:
        return NewDelivery(
            event=self.event,
            event_id=new_event_id(),
            endpoint=endpoint_of(url),
            url=url,
            content_type=content_type,
            body=body,
            method=self.method,
            owner=owner,
            job_id=job_id,
            traceparent=traceparent,
        )

    def _type_of(self, answer: Answer) -> str:
        given = answer.media_type or ""
        declared = given in self.contents or not self.contents
        return given if declared else next(iter(self.contents))


def written(contents: Mapping[str, Content], body: object) -> tuple[str, bytes]:
    """The media type and the bytes of a body in its first declared representation."""
    for media_type, content in contents.items():
        return media_type, content.write(body)
    return "", b""


def check_callbacks(
    rules: Rules, operation: AsyncOperation[Any], request: Received
) -> None:
    """Raise TargetRefused for a callback URL in the request that deliveries may not go to.

    One that depends on the answer is judged when there is one.
    """
    exchange = Exchange(request)
    for target in operation.callbacks:
        if isinstance(target, CallbackTarget) and not target.target.reads_response:
            url = target.target.resolve(exchange)
            if url is not None:
                check_target(url, rules)


def callbacks_of(operations: Sequence[AsyncOperation[Any]]) -> FinishHook:
    """Writes, with a job's end, the callbacks that carry its answer."""
    targets = {
        operation.name: [
            target
            for target in operation.callbacks
            if isinstance(target, CallbackTarget) and target.sends_on
        ]
        for operation in operations
    }

    def on_finish(
        job: JobRecord, ending: Ending
    ) -> list[Callable[[Connection], object]]:
        answer = ending.answer
        if answer is None:
            return []
        chosen = [
            target
            for target in targets.get(job.operation, ())
            if answer.status in target.sends_on
        ]
        if not chosen:
            return []
        request = Received.restored(job.request)
        sent = [target.carrying(answer, request, job) for target in chosen]
        new = [delivery for delivery in sent if delivery is not None]
        return [lambda connection: add(connection, new)] if new else []

    return on_finish
