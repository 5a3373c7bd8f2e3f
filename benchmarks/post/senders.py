"""What sends to the consumers: each broker's plain library, and what FastStream's own format needs on Redis."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import uuid4

import aio_pika
import nats
from faststream.redis import RedisBroker
from redis.asyncio import Redis

BODY = json.dumps(
    {
        "customer": "123e4567-e89b-42d3-a456-426614174000",
        "lines": [
            {"item": f"Thing {number}", "quantity": number + 1, "price": 9.5}
            for number in range(4)
        ],
        "note": "Ring twice.",
    }
).encode()


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as it goes out."""

    body: bytes = BODY
    headers: dict[str, str] = field(default_factory=lambda: {"tenant": "one"})
    id: str = field(default_factory=lambda: uuid4().hex)


class Sender(Protocol):
    """Sends to a broker, and counts what is kept there."""

    async def start(self, url: str) -> None: ...

    async def send(self, address: str, messages: Sequence[Sent]) -> None: ...

    async def kept(self, address: str) -> int: ...

    async def stop(self) -> None: ...


class RabbitSender:
    """AMQP, to the queue of the address."""

    async def start(self, url: str) -> None:
        self.connection = await aio_pika.connect(url)
        self.channel = await self.connection.channel(publisher_confirms=False)

    async def send(self, address: str, messages: Sequence[Sent]) -> None:
        for one in messages:
            message = aio_pika.Message(
                one.body,
                message_id=one.id,
                content_type="application/json",
                headers={**one.headers},
                delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            )
            await self.channel.default_exchange.publish(
                message, address, mandatory=False
            )

    async def kept(self, address: str) -> int:
        queue = await self.channel.declare_queue(address, durable=True)
        return queue.declaration_result.message_count or 0

    async def stop(self) -> None:
        await self.connection.close()


class NatsSender:
    """NATS; what a stream keeps is published to it like anything else."""

    async def start(self, url: str) -> None:
        self.client = await nats.connect(url)

    async def send(self, address: str, messages: Sequence[Sent]) -> None:
        for one in messages:
            headers = {**one.headers, "message-id": one.id}
            await self.client.publish(address, one.body, headers=headers)
        await self.client.flush(60)

    async def kept(self, address: str) -> int:
        context = self.client.jetstream()
        stream = await context.find_stream_name_by_subject(address)
        counts = (await context.stream_info(stream, subjects_filter=address)).state
        return (counts.subjects or {}).get(address, 0)

    async def stop(self) -> None:
        await self.client.close()


class RedisSender:
    """Redis streams: FastStream has a format of its own there."""

    async def start(self, url: str) -> None:
        self.client = Redis.from_url(url)
        self.broker = RedisBroker(url, logger=None)
        await self.broker.connect()

    async def send(self, address: str, messages: Sequence[Sent]) -> None:
        pipeline = self.client.pipeline(transaction=False)
        for one in messages:
            if address.startswith("orders."):
                cells = {**one.headers, "message-id": one.id, "data": one.body}
                pipeline.xadd(address, cells)  # type: ignore[arg-type]
            else:
                await self.broker.publish(
                    one.body, stream=address, headers=one.headers, pipeline=pipeline
                )
        await pipeline.execute()

    async def kept(self, address: str) -> int:
        return int(await self.client.xlen(address))

    async def stop(self) -> None:
        await self.broker.stop()
        await self.client.aclose()


SENDERS: dict[str, type[Sender]] = {
    "amqp": RabbitSender,
    "nats": NatsSender,
    "redis": RedisSender,
}
