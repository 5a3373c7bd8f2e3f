"""The same consumer by hand: FastStream, pydantic in strict mode, acknowledged after handling.

`python by_hand.py [seen]` with BROKER_URL and COUNTED; `seen` keeps the ids of messages in a file, so that one
which is delivered twice counts once.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from typing import Annotated, Any
from uuid import UUID

import uvloop
from faststream import AckPolicy, Context
from faststream.message import StreamMessage
from faststream.nats import JStream, NatsBroker, PullSub
from faststream.rabbit import Channel, RabbitBroker, RabbitQueue
from faststream.redis import RedisBroker, StreamSub
from pydantic import BaseModel, ConfigDict, Field
from tally import Tally

AHEAD = 32
AT_ONCE = 8
ACK = AckPolicy.NACK_ON_ERROR
Text = Annotated[str, Field(min_length=1)]


class Line(BaseModel):
    model_config = ConfigDict(strict=True)
    item: Text
    quantity: Annotated[int, Field(ge=1)]
    price: float | None = None


class Order(BaseModel):
    model_config = ConfigDict(strict=True)
    customer: UUID
    lines: Annotated[list[Line], Field(min_length=1)]
    note: str | None = None


class Headers(BaseModel):
    model_config = ConfigDict(strict=True)
    tenant: Text


class Seen:
    """The ids of what was handled, committed one by one."""

    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=FULL")
        self.db.execute("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY)")

    def add(self, id: str) -> bool:
        """Whether it is new."""
        added = self.db.execute("INSERT OR IGNORE INTO seen VALUES (?)", [id])
        return bool(added.rowcount)


tally = Tally()
NAME = "seen" if sys.argv[1:] == ["seen"] else "hand"
PLACED, HEARD = f"{NAME}.placed", f"{NAME}.heard"
seen = (
    Seen(os.environ["DATABASE_URL"].removeprefix("sqlite:///"))
    if NAME == "seen"
    else None
)


async def decoded(message: StreamMessage[Any]) -> Order:
    return Order.model_validate_json(message.body)


async def take(
    order: Order,
    message: Annotated[StreamMessage[Any], Context("message", cast=False)],
) -> None:
    Headers.model_validate(message.headers)
    if seen is None or seen.add(message.message_id):
        tally.add()


def rabbit(url: str) -> RabbitBroker:
    broker = RabbitBroker(
        url, decoder=decoded, default_channel=Channel(AHEAD), logger=None
    )
    queue = RabbitQueue(PLACED, durable=True)
    broker.subscriber(queue, ack_policy=ACK)(take)
    return broker


def nats(url: str) -> NatsBroker:
    broker = NatsBroker(url, decoder=decoded, logger=None)
    broker.subscriber(
        PLACED,
        durable=NAME,
        stream=JStream(NAME, subjects=[PLACED]),
        pull_sub=PullSub(batch_size=AHEAD),
        max_workers=AT_ONCE,
        ack_policy=ACK,
    )(take)
    broker.subscriber(HEARD, queue=NAME, max_workers=AT_ONCE)(take)
    return broker


def redis(url: str) -> RedisBroker:
    broker = RedisBroker(url, decoder=decoded, logger=None)
    stream = StreamSub(PLACED, group=NAME, consumer="one", max_records=AHEAD)
    broker.subscriber(stream=stream, max_workers=AT_ONCE, ack_policy=ACK)(take)
    return broker


BROKERS = {"amqp": rabbit, "nats": nats, "redis": redis}


async def main() -> None:
    url = os.environ["BROKER_URL"]
    broker = BROKERS[url.partition(":")[0]](url)
    await broker.start()
    print("started", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
