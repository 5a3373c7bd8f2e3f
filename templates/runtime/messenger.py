"""What a client of messages does: it publishes, asks and waits for replies, and subscribes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self, TypeVar, cast
from uuid import uuid4
from weakref import WeakSet

from .address import PARAMETER
from .carrier import Unsubscribe
from .carrier_link import Link, connecting, fresh_group
from .channel import Channel
from .correlating import Envelope, Written, written
from .errors import ConnectionFailed
from .inbox import Answer, Inbox, Waiting
from .message_headers import MESSAGE_ID, REPLY_TO
from .message_errors import MessageRefused, ReplyTimeout, UnsendableMessage
from .message_job import MessageJob
from .message_location import Location
from .message_reading import closest
from .remote_exchange import Feed, Publication, Replies, Request, Values, narrowed
from .subscription import Subscription

R = TypeVar("R")
M = TypeVar("M")


class Messenger:
    """The links of a client, and the replies it waits for."""

    def __init__(self, links: Mapping[str, Link], name: str, timeout: float) -> None:
        self._links = links
        self._timeout = timeout
        self._inbox = Inbox()
        self._own = f"{name}.inbox.{uuid4().hex}"
        self._subscriptions: WeakSet[Subscription[Any]] = WeakSet()
        self._listening: dict[tuple[str, str], asyncio.Task[Unsubscribe]] = {}

    async def close(self) -> None:
        """Stop listening, tell all who wait, and disconnect."""
        self._inbox.fail(ConnectionFailed("the client was closed"))
        for subscription in list(self._subscriptions):
            await subscription.aclose()
        listening, self._listening = self._listening, {}
        for task in listening.values():
            if task.done() and not task.cancelled() and not task.exception():
                await task.result()()
        for link in self._links.values():
            await link.close()

    async def publish(
        self,
        publication: Publication,
        body: object,
        values: Values,
        envelope: Envelope,
    ) -> None:
        """Send a message; returns once its carrier has it, raises ConnectionFailed."""
        with sendable(publication.name):
            kind = publication.kind_of(body)
            message = written(kind, body, envelope.headers, envelope.correlation_id)
        address = publication.address(values, message.legible, message.lowered)
        texts = {**message.headers, MESSAGE_ID: envelope.id}
        await self.send(publication, address, message.body, texts, envelope.key)

    async def send(
        self,
        publication: Publication,
        address: str,
        body: bytes,
        texts: Mapping[str, str],
        key: str | None = None,
    ) -> None:
        """Send what is written already."""
        link = self._links[publication.channel.carrier]
        options = link.options(publication.channel.options, publication.options)
        if key is not None:
            options["key"] = key
        carrier = await link.carrier()
        with connecting(publication.name):
            await carrier.publish(address, body, texts, options)

    async def request(
        self,
        request: Request[R],
        body: object,
        values: Values,
        envelope: Envelope,
        timeout: float | None = None,
    ) -> R:
        """Send a message; the typed body of its reply. Raises ReplyTimeout, MessageRefused."""
        seconds = self._timeout if timeout is None else timeout
        asked = await self.ask(request, body, values, envelope)
        try:
            async with asyncio.timeout(seconds):
                answer = await asked.answer()
        except TimeoutError as late:
            raise ReplyTimeout(request.name, asked.correlation, seconds) from late
        finally:
            self._inbox.forget(asked)
        return reply_of(request.name, request.replies, answer)

    async def submit(
        self,
        request: Request[R],
        body: object,
        values: Values,
        envelope: Envelope,
    ) -> MessageJob[R]:
        """Send a message that becomes a job, which its id names."""
        asked = await self.ask(request, body, values, envelope)
        return MessageJob(envelope.id, request, asked)

    async def ask(
        self,
        request: Request[R],
        body: object,
        values: Values,
        envelope: Envelope,
    ) -> Waiting:
        """Send a message whose replies will come to the inbox."""
        with sendable(request.name):
            kind = request.kind_of(body)
            message = written(kind, body, envelope.headers, envelope.correlation_id)
        address = request.address(values, message.legible, message.lowered)
        content, reply_to = await self._listen(request, address, values, message)
        texts = {**message.headers, MESSAGE_ID: envelope.id}
        if reply_to is not None:
            texts[REPLY_TO] = reply_to
        waiting = self._inbox.expect(message.correlation, envelope.id, request.replies)
        await self.send(request, address, content, texts, envelope.key)
        return waiting

    async def _listen(
        self, request: Request[R], address: str, values: Values, message: Written
    ) -> tuple[bytes, str | None]:
        """Be where the reply will come; the request's body and `reply-to` then."""
        channel = request.replies.channel or request.channel
        if channel.carrier != "broker":
            await self._open(request.channel, self._own, is_private=True)
            if channel.carrier == "socket":
                await self._open(request.channel, address, is_private=True)
            return message.body, self._own
        place = request.replies.place
        if (
            place is not None
            or request.replies.channel is None
            or channel.address is None
        ):
            return await self._listen_where(channel, place, message)
        wanted = narrowed(channel.address, values)
        await self._open(channel, wanted, is_private=False)
        return message.body, None if PARAMETER.search(wanted) else wanted

    async def _listen_where(
        self, channel: Channel, place: Location | None, message: Written
    ) -> tuple[bytes, str]:
        """Be where the request says, which is this client's own address if it says nothing."""
        told = place.find(message.legible, message.lowered) if place else None
        wanted = told or self._own
        await self._open(channel, wanted, is_private=told is None)
        if place is None or told is not None:
            return message.body, wanted
        put = message.kind.put
        return put(place, message.body, message.headers, wanted), wanted

    async def _open(self, channel: Channel, address: str, *, is_private: bool) -> None:
        """Subscribe to an address of replies, once."""
        place = (channel.carrier, address)
        task = self._listening.get(place)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = asyncio.create_task(self._subscribe(channel, address, is_private))
            self._listening[place] = task
        await asyncio.shield(task)

    async def _subscribe(
        self, channel: Channel, address: str, is_private: bool
    ) -> Unsubscribe:
        link = self._links[channel.carrier]
        carrier = await link.carrier()
        deliver = self._inbox.private if is_private else self._inbox.correlated
        options = link.options(channel.options)
        with connecting(address):
            group = fresh_group(channel)
            return await carrier.subscribe(address, group, deliver, options=options)

    def subscribe(
        self,
        feed: Feed[M],
        values: Values,
        group: str | None = None,
        limit: int = 8,
    ) -> Subscription[M]:
        """What the service sends, where the parameters that have a value have it."""
        link = self._links[feed.channel.carrier]
        found = Subscription(self.send, link, feed, values, group, limit)
        self._subscriptions.add(found)
        return found


class MessagingSession:
    """What every client of messages is: `async with` closes it."""

    def __init__(self, links: Mapping[str, Link], name: str, timeout: float) -> None:
        self._messenger = Messenger(links, name, timeout)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End all subscriptions and disconnect; `async with` does it too."""
        await self._messenger.close()


@contextmanager
def sendable(name: str) -> Iterator[None]:
    """Word what is wrong with a message as UnsendableMessage."""
    try:
        yield
    except UnsendableMessage:
        raise
    except (TypeError, ValueError) as reason:
        raise UnsendableMessage(f"{name}: {reason}") from reason


def reply_of(name: str, replies: Replies[R], answer: Answer) -> R:
    """The typed reply; a problem is raised as MessageRefused."""
    if answer.problem is not None:
        raise MessageRefused(name, answer.problem)
    _, body, _ = closest(name, replies.kinds, answer.body, answer.headers)
    return cast(R, body)
