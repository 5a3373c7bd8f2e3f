"""What RabbitMQ is told of messages that end together."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from runtime.rabbit_acks import Acks

Told = list[tuple[int, bool]]


@dataclass(eq=False)
class Delivered:
    """A message as its library gives it out."""

    delivery_tag: int
    channel: object
    told: Told

    async def ack(self, multiple: bool = False) -> None:
        self.told.append((self.delivery_tag, multiple))


@dataclass(eq=False)
class Gone(Delivered):
    """A message whose channel has gone."""

    async def ack(self, multiple: bool = False) -> None:
        raise RuntimeError("closed")


@dataclass
class Line:
    """A channel with messages 1 to 5 in hand."""

    told: Told = field(default_factory=list)
    acks: Acks = field(default_factory=Acks)

    def __post_init__(self) -> None:
        channel = object()
        self.messages: dict[int, Any] = {
            tag: Delivered(tag, channel, self.told) for tag in range(1, 6)
        }
        for one in self.messages.values():
            self.acks.arrived(one)

    async def done(self, *tags: int) -> None:
        await asyncio.gather(*(self.acks.ack(self.messages[tag]) for tag in tags))


def test_those_that_end_together_are_told_of_with_one_word() -> None:
    async def go() -> Told:
        line = Line()
        await line.done(1, 3, 2, 5, 4)
        return line.told

    assert asyncio.run(go()) == [(5, True)]


def test_nothing_is_said_of_what_is_still_in_hand() -> None:
    async def go() -> Told:
        line = Line()
        await line.done(1, 2, 4)
        await line.done(5)
        await line.done(3)
        return line.told

    assert asyncio.run(go()) == [(2, True), (4, False), (5, False), (3, True)]


def test_what_was_given_back_is_in_nobodys_way() -> None:
    async def go() -> Told:
        line = Line()
        line.acks.left(line.messages[1])
        await line.done(2, 3)
        return line.told

    assert asyncio.run(go()) == [(3, True)]


def test_a_channel_that_has_gone_keeps_no_other_from_being_told() -> None:
    async def go() -> Told:
        line = Line()
        gone: Any = Gone(1, object(), [])
        line.acks.arrived(gone)
        await asyncio.gather(line.acks.ack(gone), line.done(1, 2))
        return line.told

    assert asyncio.run(go()) == [(2, True)]
