"""Acknowledges the messages of a channel: of those that end together, many with one word."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from aio_pika.abc import AbstractIncomingMessage
from aio_pika.exceptions import AMQPError

from .together import Together

log = logging.getLogger(__name__)

Tags = dict[int, None]


class Acks:
    """What is in hand, by the connection's channel: after a break tags begin anew on another one."""

    def __init__(self) -> None:
        self._open: dict[object, Tags] = {}
        self.ack = Together(self._ack)
        """Tell the broker that a message is done with."""

    def arrived(self, message: AbstractIncomingMessage) -> None:
        """A message is in hand: nothing may be said of it before it is done with."""
        self._open.setdefault(message.channel, {})[tag_of(message)] = None

    def left(self, message: AbstractIncomingMessage) -> None:
        """A message is in hand no more."""
        tags = self._open.get(message.channel, {})
        tags.pop(tag_of(message), None)
        if not tags:
            self._open.pop(message.channel, None)

    async def _ack(
        self, messages: Sequence[AbstractIncomingMessage]
    ) -> Sequence[AbstractIncomingMessage]:
        channels = {message.channel: None for message in messages}
        for channel in channels:
            theirs = [one for one in messages if one.channel is channel]
            tags = self._open.get(channel, {})
            for message in theirs:
                self.left(message)
            await tell(said(theirs, min(tags, default=None)))
        return ()


async def tell(acks: Sequence[tuple[AbstractIncomingMessage, bool]]) -> None:
    """Says it of one channel; one that has gone gives its messages out again, and others are told nevertheless."""
    try:
        for message, is_last in acks:
            await message.ack(multiple=is_last)
    except (AMQPError, RuntimeError) as error:
        log.info("the broker could not be told: %r", error)


def said(
    messages: Sequence[AbstractIncomingMessage], first: int | None
) -> list[tuple[AbstractIncomingMessage, bool]]:
    """What is told of each: the last of those before the first that is in hand stands for them all."""
    before = [one for one in messages if first is None or tag_of(one) < first]
    after = [
        (one, False) for one in messages if first is not None and tag_of(one) > first
    ]
    last = max(before, key=tag_of, default=None)
    return [(last, True), *after] if last is not None else after


def tag_of(message: AbstractIncomingMessage) -> int:
    return message.delivery_tag or 0
