"""Kafka, reached through FastStream's broker; on the wire every message is a plain record with headers.

`/` in an address is written `.` in a topic. The records of a partition are handed over one after the other, those
of several side by side; what was handed over is committed, what was not is read again by whoever gets the partition.
A message with a `key` goes to that key's partition. A group that is new reads from the beginning; a group without
a name listens from now on. Topics that are missing are made, where the server lets us.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from aiokafka.errors import KafkaError  # type: ignore[import-untyped]
from faststream.exceptions import FastStreamException
from faststream.kafka import KafkaBroker, Topic
from faststream.middlewares import AckPolicy
from faststream.security import BaseSecurity, SASLPlaintext

from .binding import Options, number, text
from .carrier import NO_OPTIONS, CannotConnect, Deliver, Undelivered, Unsubscribe
from .carrier_subscriptions import Subscriptions, told_as
from .intake import PAUSE, Arrival, Intake
from .native_headers import received
from .tasks import ended
from .wildcards import Spelling

CONNECT_TIMEOUT = 15.0
JOIN_TIMEOUT = 45.0
PUBLISH_TIMEOUT = 30.0
POLL = 500
# How soon topics that fit an address with parameters are noticed.
METADATA_AGE = 2000
TROUBLES = (KafkaError, FastStreamException)
# FastStream's own header, which it puts on every record.
FOREIGN = "correlation_id"


class Record(Protocol):
    """What is read of one of aiokafka's records."""

    topic: str
    partition: int
    offset: int
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class Consumer(Protocol):
    """What is asked of aiokafka's consumer, which has no types of its own."""

    def assignment(self) -> Collection[Partition]: ...
    async def position(self, partition: Partition) -> int: ...
    async def getmany(
        self, *, timeout_ms: int, max_records: int
    ) -> Mapping[Partition, Sequence[Record]]: ...
    def pause(self, *partitions: Partition) -> None: ...
    def resume(self, *partitions: Partition) -> None: ...
    async def commit(self, offsets: Mapping[Partition, int]) -> None: ...
    async def stop(self) -> None: ...


class Partition(Protocol):
    """Which partition of which topic."""

    def __hash__(self) -> int: ...


class KafkaCarrier:
    """Moves messages with one producer, and a consumer for each subscription."""

    def __init__(self, url: str) -> None:
        self._servers = urlsplit(url).netloc.rpartition("@")[2].split(",")
        self._broker = KafkaBroker(
            self._servers,
            security=_security(url),
            acks="all",
            metadata_max_age_ms=METADATA_AGE,
            logger=None,
        )
        self._connected = False
        self._subscriptions = Subscriptions()

    async def start(self) -> None:
        """Returns once connected; raises CannotConnect to be tried again."""
        failed = CannotConnect("Kafka does not answer")
        async with told_as(failed, TROUBLES, CONNECT_TIMEOUT):
            await _knock(self._servers)
            await self._broker.connect()
        self._connected = True

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
        """Returns once the brokers have the message; raises Undelivered otherwise."""
        failed = Undelivered(f"Kafka did not take a message for {address}")
        if not self._connected:
            raise failed
        key = text(options, "key").encode() or None
        own = headers.get("correlation-id") or headers.get("message-id") or "none"
        async with told_as(failed, TROUBLES, PUBLISH_TIMEOUT):
            await self._broker.publish(
                body,
                _topic(address, options),
                key=key,
                headers=dict(headers),
                correlation_id=own,
            )

    async def subscribe(
        self,
        address: str,
        group: str,
        deliver: Deliver,
        limit: int = 8,
        options: Options = NO_OPTIONS,
    ) -> Unsubscribe:
        """Takes the messages of an address for a group; gives what ends that."""
        failed = CannotConnect(f"Kafka does not give out {address}")
        if not self._connected:
            raise failed
        group = text(options, "groupId", f"{group}.{address}" if group else "")
        spelling = _spelling(address, options)
        topic = Topic(spelling.key, num_partitions=number(options, "partitions", 1))
        subscriber = self._broker.subscriber(
            *([] if spelling.open else [topic]),
            pattern=spelling.regex() if spelling.open else None,
            group_id=group or f"listener-{uuid4().hex}",
            auto_offset_reset="earliest" if group else "latest",
            ack_policy=AckPolicy.MANUAL,
        )
        async with told_as(failed, TROUBLES, JOIN_TIMEOUT):
            await subscriber.start()
            assert subscriber.consumer is not None
            reader = _Reader(
                subscriber.consumer, spelling, Intake(deliver, limit), limit
            )
            await reader.start()
        return self._subscriptions.add(reader)


class _Reader:
    """One consumer: its poll loop, and a task for each partition that has records in hand."""

    def __init__(
        self, consumer: Consumer, spelling: Spelling, intake: Intake, limit: int
    ) -> None:
        self._consumer = consumer
        self._spelling = spelling
        self._intake = intake
        self._limit = limit
        self._partitions: dict[Partition, asyncio.Task[None]] = {}
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Fixes where reading begins before anyone is told that it has begun."""
        for partition in self._consumer.assignment():
            await self._consumer.position(partition)
        self._running = asyncio.create_task(self._run())

    async def stop(self, grace: float) -> None:
        await ended(self._running)
        await self._intake.finish(grace)
        await ended(*self._partitions.values())
        await self._consumer.stop()

    async def _run(self) -> None:
        while True:
            try:
                batches = await self._consumer.getmany(
                    timeout_ms=POLL, max_records=self._limit
                )
            except KafkaError:
                await asyncio.sleep(PAUSE)
                continue
            for partition, records in batches.items():
                self._consumer.pause(partition)
                task = asyncio.create_task(self._hand_over(partition, records))
                self._partitions[partition] = task

    async def _hand_over(self, partition: Partition, records: Sequence[Record]) -> None:
        """The records of one partition, in their order; then more of them may come."""
        for record in records:
            address = self._spelling.address(record.topic)
            if address is not None:
                body = record.value or b""
                await (await self._intake.put(Arrival(address, body, _headers(record))))
        try:
            await self._consumer.commit({partition: records[-1].offset + 1})
        except KafkaError:
            # The partition is another's by now, who reads these records again.
            pass
        if partition in self._consumer.assignment():
            self._consumer.resume(partition)


async def _knock(servers: Sequence[str]) -> None:
    """Raises OSError where no server listens: FastStream would leave half a producer behind."""
    for number, server in enumerate(servers, 1):
        host, _, port = server.rpartition(":")
        try:
            _, writer = await asyncio.open_connection(host, int(port))
        except OSError:
            if number == len(servers):
                raise
        else:
            writer.close()
            return


def _spelling(address: str, options: Options) -> Spelling:
    """A binding may give a topic another name than its channel's address."""
    return Spelling(text(options, "topic", address), ".", "_2E")


def _topic(address: str, options: Options) -> str:
    return _spelling(address, options).key


def _headers(record: Record) -> dict[str, str]:
    """The headers of a record; its place is the id of a message that has none."""
    place = f"{record.topic}/{record.partition}/{record.offset}"
    given = received((name, value) for name, value in record.headers if value)
    given.pop(FOREIGN, None)
    return {"message-id": place, **given}


def _security(url: str) -> BaseSecurity | None:
    """The URL's user and password as SASL; TLS where its scheme says so."""
    place = urlsplit(url)
    secure = place.scheme in ("kafka-secure", "kafkas")
    if place.username is not None:
        password = unquote(place.password or "")
        return SASLPlaintext(unquote(place.username), password, use_ssl=secure)
    return BaseSecurity(use_ssl=True) if secure else None


def carrier(url: str) -> KafkaCarrier:
    """The carrier for a URL."""
    return KafkaCarrier(url)
