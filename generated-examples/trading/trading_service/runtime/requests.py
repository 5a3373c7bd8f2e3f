"""Messages that ask: each waits for the reply with its correlation id."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Any

from .carrier import Deliver
from .channel import Channel
from .consumer import Replies
from .letters import both, is_problem
from .message import MessageFailed
from .message_headers import CORRELATION_ID, MESSAGE_ID, REPLY_TO
from .message_location import location_of
from .outgoing import Letter

Subscribe = Callable[[Channel, str, Deliver], Coroutine[None, None, None]]
ALONE = ""
"""No group: every process sees every reply, and takes its own."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits for a reply, and what that may be."""

    asked: str | None
    """The id of the request, which comes back where its reply comes to the same address."""
    replies: Replies
    future: asyncio.Future[object]


class Requests:
    """The open requests of one process; each place that replies come to is subscribed to once."""

    def __init__(
        self,
        publish: Callable[[Letter], Awaitable[None]],
        subscribe: Subscribe,
        name: str,
    ) -> None:
        self._publish = publish
        self._subscribe = subscribe
        self._inbox = f"{name}.inbox.{token_hex(16)}"
        """The address of our own, where a request may say it."""
        self._waiting: dict[str, Waiting] = {}
        self._places: dict[str, asyncio.Task[None]] = {}

    async def ask(self, letter: Letter, replies: Replies, timeout: float) -> object:
        """The reply's body; raises TimeoutError, or MessageFailed with the problem that came instead."""
        id = letter.headers[CORRELATION_ID]
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._waiting[id] = Waiting(letter.headers.get(MESSAGE_ID), replies, future)
        try:
            async with asyncio.timeout(timeout):
                await self._listen(replies)
                await self._publish(self._addressed(letter, replies))
                return await future
        finally:
            del self._waiting[id]

    async def _listen(self, replies: Replies) -> None:
        """Be subscribed to where the replies come."""
        channel = self._place(replies)
        place = f"{channel.carrier} {channel.address}"
        if place not in self._places:
            subscribing = self._subscribe(channel, ALONE, self._deliver)
            self._places[place] = asyncio.create_task(subscribing)
        try:
            await asyncio.shield(self._places[place])
        except ConnectionError:
            self._places.pop(place, None)
            raise

    def _place(self, replies: Replies) -> Channel:
        """The channel of the replies, or an inbox of our own where requests may say the address."""
        channel = replies.channel
        if channel.address is not None and replies.address is None:
            return replace(channel, options=both(channel.options, replies.options))
        return Channel("replies", self._inbox, channel.carrier)

    def _addressed(self, letter: Letter, replies: Replies) -> Letter:
        """The request, which says where its reply goes if it may."""
        inbox = self._place(replies).address
        if inbox is None or inbox == replies.channel.address:
            return letter
        headers = {**letter.headers, REPLY_TO: inbox}
        place = location_of(replies.address) if replies.address else None
        body = letter.body
        if place is not None:
            body = place.put(body, headers, inbox)
        return replace(letter, body=body, headers=headers)

    async def _deliver(
        self, address: str, body: bytes, headers: Mapping[str, str]
    ) -> None:
        waiting = self._asker(body, headers)
        if waiting is None or waiting.future.done():
            return
        if headers.get(MESSAGE_ID, "") == waiting.asked:
            return
        try:
            waiting.future.set_result(reply_of(waiting.replies, body, headers))
        except Exception as error:
            waiting.future.set_exception(error)

    def _asker(self, body: bytes, headers: Mapping[str, str]) -> Waiting | None:
        """Who waits for this reply; replies to other processes come here too."""
        found = self._waiting.get(headers.get(CORRELATION_ID, ""))
        if found is not None:
            return found
        for id, waiting in self._waiting.items():
            kinds = waiting.replies.kinds
            if any(kind.correlation_of(body, headers) == id for kind in kinds):
                return waiting
        return None


def reply_of(replies: Replies, body: bytes, headers: Mapping[str, str]) -> object:
    """The body of a reply; raises MessageFailed for a problem, else what is wrong with it."""
    if is_problem(headers):
        raise refusal(json.loads(body))
    problems: list[Exception] = []
    for kind in sorted(replies.kinds, key=lambda one: one.takes_anything):
        try:
            value: object = kind.read(body, headers)[0]
        except Exception as error:
            problems.append(error)
            continue
        return value
    raise problems[0]


def refusal(problem: Any) -> MessageFailed:
    """A problem that came instead of a reply, as what a handler may let through."""
    members = problem if isinstance(problem, dict) else {}
    title = str(members.get("title", "Refused"))
    status = members.get("status")
    return MessageFailed(
        str(members.get("code", "refused")),
        str(members.get("detail", title)),
        status=status if isinstance(status, int) else 500,
        title=title,
    )
