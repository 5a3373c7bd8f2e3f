"""RabbitMQ (AMQP 0-9-1), reached through FastStream's broker; on the wire every message is a plain AMQP message.

Where the binding names no exchange, a message goes to `amq.topic` under its address, `/` written `.`, and each
group has a durable queue `<group>.<address>` bound there. A message that no queue takes is kept in the durable
queue that is named as its address (`mandatory: false` drops it where there is no such queue). Every group reads
that queue too, so that a foreign program may publish to the default exchange, or read what nobody listened to,
knowing nothing but the address. A group without a name listens from now on and leaves no queue behind. Dead
letters are only ever in the queue that is named as their address.

What is not acknowledged goes to another consumer as soon as its connection is gone.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from aio_pika import DeliveryMode, Message
from aio_pika.abc import (
    AbstractChannel,
    AbstractExchange,
    AbstractIncomingMessage,
    AbstractQueue,
    AbstractRobustConnection,
)
from aio_pika.exceptions import AMQPError, PublishError
from faststream.rabbit import RabbitBroker

from .address import DEAD
from .binding import Options, fields, flag, number, text
from .carrier import NO_OPTIONS, CannotConnect, Deliver, Undelivered, Unsubscribe
from .carrier_subscriptions import Subscriptions, told_as
from .intake import PAUSE, Arrival, Intake
from .native_headers import besides, received
from .rabbit_acks import Acks
from .wildcards import Spelling

CONNECT_TIMEOUT = 5.0
PUBLISH_TIMEOUT = 30.0
NATIVE = ("content-type", "message-id", "correlation-id", "reply-to")
TOPIC = "amq.topic"
# aio-pika tells of a closed channel with a RuntimeError.
TROUBLES = (AMQPError, RuntimeError)


class RabbitCarrier:
    """Moves messages over one connection, with a channel for each subscription."""

    def __init__(self, url: str) -> None:
        self._broker = RabbitBroker(url, logger=None, reconnect_interval=0.5)
        self._connection: AbstractRobustConnection | None = None
        self._sender: _Sender | None = None
        self._subscriptions = Subscriptions()

    async def start(self) -> None:
        """Returns once connected; raises CannotConnect to be tried again."""
        failed = CannotConnect("RabbitMQ does not answer")
        async with told_as(failed, TROUBLES, CONNECT_TIMEOUT):
            self._connection = await self._broker.connect()
            self._sender = _Sender(
                await self._connection.channel(on_return_raises=True)
            )

    async def stop(self, grace: float) -> None:
        """Takes nothing more, lets what is in hand end, then closes."""
        await self._subscriptions.stop(grace)
        await self._broker.stop()

    async def publish(
        self,
        address: str,
        body: bytes,
        headers: Mapping[str, str],
        options: Options = NO_OPTIONS,
    ) -> None:
        """Returns once the broker has confirmed the message; raises Undelivered otherwise."""
        failed = Undelivered(f"RabbitMQ did not take a message for {address}")
        if self._sender is None:
            raise failed
        async with told_as(failed, TROUBLES, PUBLISH_TIMEOUT):
            message = _message(body, headers, options)
            await self._sender.send(address, message, options)

    async def subscribe(
        self,
        address: str,
        group: str,
        deliver: Deliver,
        limit: int = 8,
        options: Options = NO_OPTIONS,
    ) -> Unsubscribe:
        """Takes the messages of an address for a group; gives what ends that."""
        failed = CannotConnect(f"RabbitMQ does not give out {address}")
        if self._connection is None:
            raise failed
        if address.endswith(DEAD) and Spelling(address).open:
            raise CannotConnect(f"no one queue has all of {address}: name one address")
        async with told_as(failed, TROUBLES, CONNECT_TIMEOUT):
            channel = await self._connection.channel()
            await channel.set_qos(prefetch_count=limit, global_=True)
            queues = await _queues(channel, address, group, options)
            subscription = _Subscription(address, channel, Intake(deliver, limit))
            await subscription.start(queues)
        return self._subscriptions.add(subscription)


class _Subscription:
    """The queues of one address and group, read over a channel of its own."""

    def __init__(self, address: str, channel: AbstractChannel, intake: Intake) -> None:
        self._spellings = (Spelling(address, "."), Spelling(address))
        self._channel = channel
        self._intake = intake
        self._acks = Acks()
        self._consumers: list[tuple[AbstractQueue, str]] = []

    async def start(self, queues: list[AbstractQueue]) -> None:
        for queue in queues:
            self._consumers.append((queue, await queue.consume(self._take)))

    async def stop(self, grace: float) -> None:
        if not self._channel.is_closed:
            for queue, tag in self._consumers:
                await queue.cancel(tag)
        await self._intake.finish(grace)
        # What was not acknowledged goes back with the channel.
        await self._channel.close()

    async def _take(self, message: AbstractIncomingMessage) -> None:
        address = self._address(message.routing_key or "")
        if address is None:
            await message.ack()
            return

        async def taken() -> None:
            await self._acks.ack(message)

        async def refused() -> None:
            await asyncio.sleep(PAUSE)
            self._acks.left(message)
            await message.nack(requeue=True)

        self._acks.arrived(message)
        arrival = Arrival(address, message.body, _headers(message), taken, refused)
        await self._intake.put(arrival)

    def _address(self, key: str) -> str | None:
        """A queue of an address without parameters holds nothing else, whatever the routing key."""
        dotted, plain = self._spellings
        if not plain.open:
            return plain.template
        return dotted.address(key) or plain.address(key)


@dataclass(frozen=True, slots=True)
class _Exchange:
    """Where the messages of a channel go, as its binding has it."""

    name: str
    type: str
    durable: bool
    auto_delete: bool

    @classmethod
    def of(cls, options: Options) -> _Exchange:
        bound = fields(options, "exchange")
        name = text(bound, "name")
        return cls(
            name or TOPIC,
            text(bound, "type", "topic"),
            flag(bound, "durable", True),
            flag(bound, "autoDelete", False),
        )

    async def declared(self, channel: AbstractChannel) -> AbstractExchange:
        if self.name.startswith("amq."):
            return await channel.get_exchange(self.name, ensure=False)
        return await channel.declare_exchange(
            self.name, self.type, durable=self.durable, auto_delete=self.auto_delete
        )

    def key(self, address: str) -> str:
        return Spelling(address, "." if self.type == "topic" else "/").key

    def patterns(self, address: str) -> set[str]:
        """What to bind: a foreign publisher may leave an address as it is written."""
        plain = set() if Spelling(address).open else {address}
        separator = "." if self.type == "topic" else "/"
        return {Spelling(address, separator).wildcard("*"), *plain}


class _Sender:
    """Publishes with confirmation; declares each exchange and queue once."""

    def __init__(self, channel: AbstractChannel) -> None:
        self._channel = channel
        self._exchanges: dict[_Exchange, AbstractExchange] = {}
        self._declared: set[str] = set()

    async def send(self, address: str, message: Message, options: Options) -> None:
        if _is_queue(options):
            await self._to_queue(_queue_name(options) or address, message, options)
            return
        where = _Exchange.of(options)
        if where not in self._exchanges:
            self._exchanges[where] = await where.declared(self._channel)
        exchange, ours = self._exchanges[where], where.name == TOPIC
        wanted = flag(options, "mandatory", ours)
        try:
            await exchange.publish(
                message, where.key(address), mandatory=ours or wanted
            )
        except PublishError:
            if not ours:
                raise
            await self._keep(address, message, wanted)

    async def _keep(self, address: str, message: Message, wanted: bool) -> None:
        """Puts what no exchange's queue took into the queue named as the address, made if it is wanted."""
        default = self._channel.default_exchange
        try:
            await default.publish(message, _legal(address), mandatory=True)
        except PublishError:
            # Names of this kind are the server's: such a reply queue has gone with its reader.
            if wanted and not address.startswith("amq."):
                await self._channel.declare_queue(address, durable=True)
                await default.publish(message, _legal(address), mandatory=True)

    async def _to_queue(self, name: str, message: Message, options: Options) -> None:
        if name not in self._declared:
            await _declared_queue(self._channel, name, fields(options, "queue"))
            self._declared.add(name)
        await self._channel.default_exchange.publish(message, name)


def _is_queue(options: Options) -> bool:
    """Whether the binding says that the channel is a queue, with only the default exchange before it."""
    default = text(fields(options, "exchange"), "type") == "default"
    return default or text(options, "is") == "queue"


def _queue_name(options: Options) -> str:
    return text(fields(options, "queue"), "name")


async def _queues(
    channel: AbstractChannel, address: str, group: str, options: Options
) -> list[AbstractQueue]:
    """The queues that a group reads for an address, declared and bound."""
    bound = fields(options, "queue")
    if address.endswith(DEAD):
        return [await _declared_queue(channel, address, {})]
    if _is_queue(options):
        return [await _declared_queue(channel, _queue_name(options) or address, bound)]
    where = _Exchange.of(options)
    name = _queue_name(options) or (f"{group}.{address}" if group else "")
    queue = await _declared_queue(channel, name, bound)
    exchange = await where.declared(channel)
    for pattern in where.patterns(address):
        await queue.bind(exchange, pattern)
    if where.name != TOPIC or not group or Spelling(address).open:
        return [queue]
    return [queue, await _declared_queue(channel, address, {})]


async def _declared_queue(
    channel: AbstractChannel, name: str, bound: Options
) -> AbstractQueue:
    """A queue as its binding has it; without a name, one that goes with its only reader."""
    return await channel.declare_queue(
        _legal(name) or f"listener.{uuid4().hex}",
        durable=bool(name) and flag(bound, "durable", True),
        exclusive=not name or flag(bound, "exclusive", False),
        auto_delete=not name or flag(bound, "autoDelete", False),
    )


def _legal(name: str) -> str:
    """A queue's name without what aio-pika does not let through."""
    return re.sub(r"[^\w\-.:@#,/+ ]", "_", re.sub("[{}]", "+", name), flags=re.ASCII)


def _message(body: bytes, headers: Mapping[str, str], options: Options) -> Message:
    transient = number(options, "deliveryMode", 2) == 1
    return Message(
        body,
        content_type=headers.get("content-type"),
        message_id=headers.get("message-id"),
        correlation_id=headers.get("correlation-id"),
        reply_to=headers.get("reply-to"),
        headers={**besides(headers, NATIVE)},
        delivery_mode=(
            DeliveryMode.NOT_PERSISTENT if transient else DeliveryMode.PERSISTENT
        ),
        priority=number(options, "priority", 0) or None,
        expiration=number(options, "expiration", 0) / 1000 or None,
    )


def _headers(message: AbstractIncomingMessage) -> dict[str, str]:
    native = (
        message.content_type,
        message.message_id,
        message.correlation_id,
        message.reply_to,
    )
    # Properties win over headers of the same name.
    return received([*message.headers.items(), *zip(NATIVE, native, strict=True)])


def carrier(url: str) -> RabbitCarrier:
    """The carrier for a URL."""
    return RabbitCarrier(url)
