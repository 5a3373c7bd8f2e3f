"""What happens to a message that arrives: it is read, handled once, answered, tried again or given up.

Whatever follows from it is committed in one transaction before it is acknowledged; only a message that could not
even be written down is left to the broker.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from . import seen_messages
from .consumer import Consumer
from .ending import deadline_exceeded, is_expected, is_final, raised
from .ids import new_id
from .incoming import Incoming
from .job import JobFailed
from .letters import again, asked_by, dead, is_problem, problem_of
from .message_headers import DELIVERIES, GROUP, MESSAGE_ID, REPLAYED, TRACEPARENT
from .message_kind import Kinds
from .outgoing import Claimed, Letter, Posting
from .postman import Postman
from .problem import HttpProblem
from .seen_messages import Seen
from .sink import Write, collecting
from .store import Store

log = logging.getLogger(__name__)

DOOMED = 50
"""How many more deliveries than attempts a message may have: then it must be what ends its consumers."""

Submit = Callable[[Consumer[Any], Incoming], Awaitable[list[Letter]]]
"""Takes a message as a job, and gives what is to be sent at once."""


class HandlerExited(Exception):
    """A handler tried to end the whole service."""


class DeadlinePassed(Exception):
    """A handler took longer than it may."""


class TooLarge(HttpProblem):
    """A message that is too large to be looked at."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What every reception of a service works with."""

    handlers: Any
    store: Store
    postman: Postman
    submit: Submit
    group: str
    max_body: int
    seen: Seen
    taking: dict[str, asyncio.Event] = field(default_factory=dict)
    """The messages that are being handled here, by key."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a message came to: what is to be written, and whether its id is to be kept, as a job does itself."""

    writes: Sequence[Write]
    kept: bool = True


class Reception:
    """Takes the messages of one address of a broker; several operations may share it.

    `answers` come to the same address: whoever asked takes them.
    """

    def __init__(
        self, consumers: Sequence[Consumer[Any]], desk: Desk, answers: Kinds = ()
    ) -> None:
        self.consumers = consumers
        self.desk = desk
        self.answers = answers
        self.room = asyncio.Semaphore(concurrency(consumers))

    async def deliver(
        self, address: str, body: bytes, headers: Mapping[str, str]
    ) -> None:
        """Return once everything that follows from the message is committed."""
        if headers.get(GROUP, self.desk.group) != self.desk.group:
            return
        incoming = incoming_of(self.consumers[0], address, body, headers)
        if MESSAGE_ID in headers:
            await self._once(incoming, self._key(incoming))
        else:
            await self._handle(incoming, None)

    def _key(self, incoming: Incoming) -> str:
        """The same for each delivery of one attempt at one message."""
        place = self.consumers[0].channel.address or ""
        round = incoming.headers.get(REPLAYED, "0")
        key = f"{place}\n{incoming.id}\n{round}.{incoming.attempt}"
        return key.replace("\0", "\ufffd")  # SQLite's JSON ends a text there

    async def _once(self, incoming: Incoming, key: str) -> None:
        """Handle the message unless that was done; one that is being handled is waited for."""
        desk = self.desk
        while (taken := desk.taking.get(key)) is not None:
            await taken.wait()
        if key in desk.seen:
            return
        ended = desk.taking[key] = asyncio.Event()
        try:
            if await desk.seen.has(key) or await self._handle(incoming, key):
                desk.seen.add(key)
        finally:
            del desk.taking[key]
            ended.set()

    async def _handle(self, incoming: Incoming, key: str | None) -> bool:
        """Handle the message and commit what follows; whether it is to be known from now on."""
        async with self.room:
            outcome = await self._outcome(incoming)
        kept = key if outcome.kept else None
        if outcome.writes:
            await self._write(outcome.writes, kept)
        elif kept is not None:
            await self.desk.seen.keep(kept)
        return kept is not None

    async def _write(self, writes: Sequence[Write], kept: str | None) -> None:
        """Commit what follows from a message, unless another process has handled it meanwhile."""
        letters = [one.letter for one in writes if isinstance(one, Posting)]
        others = [one for one in writes if not isinstance(one, Posting)]

        def write(db: Connection) -> list[Claimed]:
            if kept is not None and not seen_messages.add(db, kept):
                return []
            for other in others:
                other(db)
            return self.desk.postman.written(db, letters)

        await self.desk.store.write(write, self.desk.postman.hand)

    async def _outcome(self, incoming: Incoming) -> Outcome:
        """What follows from the message: its reply, another attempt at it, its dead letter."""
        consumer = self.consumers[0]
        try:
            self._check(incoming)
            consumer, incoming = chosen(self.consumers, incoming)
            if is_answer(incoming, self.answers, consumer):
                return Outcome([])
            if consumer.operation is not None:
                letters = await self.desk.submit(consumer, incoming)
                return Outcome([Posting(letter) for letter in letters], kept=False)
            return Outcome(await answered(consumer, self.desk.handlers, incoming))
        except Exception as error:
            return Outcome(self._failed(consumer, incoming, error))

    def _check(self, incoming: Incoming) -> None:
        """Raises HttpProblem for what no handler should be given."""
        most, size = self.desk.max_body, len(incoming.body)
        if size > most:
            detail = f"A message may have at most {most} bytes, this one has {size}"
            raise TooLarge(413, "The message is too large", detail)
        attempts = max(one.limits.attempts for one in self.consumers)
        text = incoming.headers.get(DELIVERIES, "0")
        if text.isdecimal() and int(text) > attempts + DOOMED:
            detail = (
                f"It was delivered {text} times, and nobody lived to acknowledge it"
            )
            raise HttpProblem(422, "The message ends its consumers", detail)

    def _failed(
        self, consumer: Consumer[Any], incoming: Incoming, error: Exception
    ) -> list[Write]:
        """Another attempt at the message, or its dead letter."""
        policy, group = consumer.limits, self.desk.group
        final = is_final(error) or incoming.attempt >= policy.attempts
        where = f"{consumer.name}, message {incoming.id}, attempt {incoming.attempt}"
        worded = words(error)
        details = None if is_expected(error) else error
        if not final:
            log.warning("%s: %s", where, worded, exc_info=details)
            delay = max(policy.backoff.delay(incoming.attempt), 0.001)
            return [Posting(again(consumer, incoming, group, worded, delay))]
        log.error("%s: dead letter: %s", where, worded, exc_info=details)
        problem = problem_members(error)
        letters = [dead(incoming, group, problem, worded)]
        asked = asked_by(consumer, incoming)
        told = asked.problem(problem) if asked is not None else None
        return [Posting(letter) for letter in (*letters, told) if letter is not None]


class DirectReception:
    """Takes the messages of one address of sockets or HTTP: there is nobody to keep them, so the sender is told."""

    def __init__(
        self,
        consumers: Sequence[Consumer[Any]],
        desk: Desk,
        publish: Callable[[Letter], Awaitable[None]],
        answers: Kinds = (),
    ) -> None:
        self.consumers = consumers
        self.desk = desk
        self.publish = publish
        self.answers = answers

    async def deliver(
        self, address: str, body: bytes, headers: Mapping[str, str]
    ) -> None:
        """Return once the message is handled and answered; raises HttpProblem for its sender."""
        incoming = incoming_of(self.consumers[0], address, body, headers)
        consumer = self.consumers[0]
        try:
            consumer, incoming = chosen(self.consumers, incoming)
            if not is_answer(incoming, self.answers, consumer):
                await self._handle(consumer, incoming)
        except Exception as error:
            problem = problem_members(error)
            if not isinstance(error, (HttpProblem, JobFailed)):
                log.exception("%s failed.", consumer.name)
            if not await self._told(consumer, incoming, problem):
                raise _told_as(error, problem) from None

    async def _handle(self, consumer: Consumer[Any], incoming: Incoming) -> None:
        desk = self.desk
        if consumer.operation is not None:
            letters = await desk.submit(consumer, incoming)
            writes: list[Write] = [Posting(letter) for letter in letters]
        else:
            writes = await answered(consumer, desk.handlers, incoming)
        stored = [one for one in writes if direct_letter(one) is None]
        if stored:
            await desk.store.write(lambda db: [one(db) for one in stored])
        for letter in map(direct_letter, writes):
            if letter is not None:
                await self.publish(letter)

    async def _told(
        self, consumer: Consumer[Any], incoming: Incoming, problem: Mapping[str, object]
    ) -> bool:
        """Answer who waits for a reply on a socket with the problem."""
        asked = asked_by(consumer, incoming)
        if asked is None or asked.correlation_id is None:
            return False
        letter = asked.problem(problem)
        if letter is None or letter.carrier != "socket":
            return False
        await self.publish(letter)
        return True


def concurrency(consumers: Sequence[Consumer[Any]]) -> int:
    """How many messages of one address may be at their handlers at a time."""
    return max(consumer.limits.concurrency for consumer in consumers)


def incoming_of(
    consumer: Consumer[Any], address: str, body: bytes, headers: Mapping[str, str]
) -> Incoming:
    """A delivery; one that has no id is given one."""
    id = headers.get(MESSAGE_ID) or new_id("msg_")
    return Incoming(id, consumer.channel, address, body, headers)


def chosen(
    consumers: Sequence[Consumer[Any]], incoming: Incoming
) -> tuple[Consumer[Any], Incoming]:
    """The first operation that the message is for; the first of all where it is for none."""
    if len(consumers) > 1:
        for consumer in sorted(consumers, key=takes_anything):
            its = Incoming(
                incoming.id,
                consumer.channel,
                incoming.address,
                incoming.body,
                incoming.headers,
            )
            if its.is_one_of(consumer.kinds):
                return consumer, its
    return consumers[0], incoming


def takes_anything(consumer: Consumer[Any]) -> bool:
    """Whether an operation takes bytes or texts as they come, so that others are asked first."""
    return any(kind.takes_anything for kind in consumer.kinds)


def is_answer(incoming: Incoming, answers: Kinds, consumer: Consumer[Any]) -> bool:
    """Whether a message is only the reply to another that was sent to the same address."""
    if not answers or incoming.is_one_of(consumer.kinds):
        return False
    return is_problem(incoming.headers) or incoming.is_one_of(answers)


async def answered(
    consumer: Consumer[Any], handlers: Any, incoming: Incoming
) -> list[Write]:
    """What the handler wants written, and its reply; raises whatever it raised."""
    writes: list[Write] = []
    result = await handled(consumer, handlers, incoming, writes)
    asked = asked_by(consumer, incoming)
    letter = None if asked is None else asked.reply(result)
    if letter is not None:
        writes.append(Posting(letter))
    elif asked is not None and result is not None:
        log.warning("%s: nothing says where its reply goes", consumer.name)
    return writes


async def handled(
    consumer: Consumer[Any], handlers: Any, incoming: Incoming, writes: list[Write]
) -> object:
    """What the handler returned; raises whatever it raised."""
    assert consumer.run is not None, f"{consumer.name} has no handler"
    deadline = asyncio.timeout(consumer.policy.deadline)
    try:
        with collecting(writes.append, incoming.headers.get(TRACEPARENT)):
            async with deadline:
                return await consumer.run(handlers, incoming)
    except (SystemExit, KeyboardInterrupt) as error:
        raise HandlerExited(repr(error)) from error
    except TimeoutError:
        if deadline.expired():
            seconds = consumer.policy.deadline
            raise DeadlinePassed(f"it took longer than {seconds:g} s") from None
        raise
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise HandlerExited("it canceled itself") from error


def direct_letter(write: Write) -> Letter | None:
    """The letter that a write is, if it goes out without being stored."""
    if isinstance(write, Posting) and write.letter.is_direct:
        return write.letter
    return None


def problem_members(error: Exception) -> dict[str, object]:
    """What its sender may read of an error (RFC 9457)."""
    if isinstance(error, HttpProblem):
        return problem_of(error)
    if isinstance(error, DeadlinePassed):
        return deadline_exceeded()
    return raised(error)


def words(error: Exception) -> str:
    """An error in one line, for who reads the history of a message."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _told_as(error: Exception, problem: Mapping[str, object]) -> HttpProblem:
    if isinstance(error, HttpProblem):
        return error
    return HttpProblem(
        int(str(problem["status"])),
        str(problem["title"]),
        str(problem["detail"]),
        code=problem["code"],
    )
