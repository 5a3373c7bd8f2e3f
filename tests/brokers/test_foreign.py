"""Programs that know only the document: plain clients of each broker, with plain payloads."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Awaitable, Callable

import aio_pika
import aiokafka
import nats
import pytest
import redis.asyncio
from paho.mqtt import publish as paho
from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from place import Heard, Place

BODY = b'{"lumens": 7}'
VERSION2 = CallbackAPIVersion.VERSION2
Write = Callable[[str, str], Awaitable[None]]


async def rabbit(url: str, address: str) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        message = aio_pika.Message(BODY, message_id="f-1", headers={"count": 3})
        await channel.default_exchange.publish(message, address)


async def core(url: str, address: str) -> None:
    client = await nats.connect(url)
    await client.publish(address, BODY, headers={"Message-Id": "f-1", "Count": "3"})
    await client.drain()


async def entry(url: str, address: str) -> None:
    async with redis.asyncio.from_url(url) as client:
        fields: dict[str, str | bytes] = {"message-id": "f-1", "count": "3"}
        await client.xadd(address, {"data": BODY, **fields})  # type: ignore[dict-item]


async def push(url: str, address: str) -> None:
    async with redis.asyncio.from_url(url) as client:
        await client.rpush(address, BODY)


async def shout(url: str, address: str) -> None:
    async with redis.asyncio.from_url(url) as client:
        await client.publish(address, BODY)


async def record(url: str, address: str) -> None:
    producer = aiokafka.AIOKafkaProducer(bootstrap_servers=url.partition("://")[2])
    await producer.start()
    headers = [("Message-Id", b"f-1"), ("count", b"3")]
    await producer.send_and_wait(address, BODY, headers=headers)
    await producer.stop()


async def mqtt(url: str, address: str) -> None:
    port = int(url.rpartition(":")[2])
    await asyncio.to_thread(
        paho.single, address, BODY, 1, hostname="127.0.0.1", port=port
    )


WRITERS: dict[str, Write] = {
    "rabbit": rabbit,
    "nats": core,
    "jetstream": core,
    "redis-stream": entry,
    "redis-list": push,
    "redis-pubsub": shout,
    "kafka": record,
    "mqtt": mqtt,
    "mqtt-3": mqtt,
}
BARE = {"redis-list", "redis-pubsub", "mqtt", "mqtt-3"}
"""Where the foreign program sends no headers."""


@pytest.mark.rows(lambda row: row.name in WRITERS)
def test_a_foreign_program_is_understood(place: Place) -> None:
    async def go() -> None:
        heard = Heard()
        async with place.carrier() as carrier:
            await carrier.subscribe(
                place.address, "g", heard.deliver, options=place.row.options
            )
            await WRITERS[place.row.name](place.server.url, place.address)  # type: ignore[union-attr]
            await heard.until(1)
        [(address, body, headers)] = heard.messages
        assert (address, body) == (place.address, BODY)
        if place.row.name not in BARE:
            assert (headers["message-id"], headers["count"]) == ("f-1", "3")

    asyncio.run(go())


@pytest.mark.rows(lambda row: row.name == "rabbit")
def test_a_foreign_reader_of_a_queue_gets_what_nobody_listened_to(place: Place) -> None:
    async def go() -> None:
        headers = {"content-type": "application/json", "message-id": "o-1", "note": "n"}
        async with place.carrier() as carrier:
            await place.sent(carrier, place.address, BODY, headers)
        assert place.server is not None
        async with await aio_pika.connect(place.server.url) as connection:
            channel = await connection.channel()
            kept = await channel.declare_queue(place.address, durable=True)
            message = await kept.get(timeout=10)
            assert message is not None
            await message.ack()
        assert (message.body, message.message_id) == (BODY, "o-1")
        assert message.headers["note"] == "n"

    asyncio.run(go())


@pytest.mark.rows(lambda row: row.name == "nats")
def test_a_foreign_listener_hears_plain_messages_with_headers(place: Place) -> None:
    async def go() -> None:
        assert place.server is not None
        client = await nats.connect(place.server.url)
        ear = await client.subscribe(place.address)
        await client.flush()
        async with place.carrier() as carrier:
            await place.sent(carrier, place.address, BODY, {"message-id": "o-1"})
        message = await ear.next_msg(10)
        await client.drain()
        assert (message.data, message.headers) == (BODY, {"message-id": "o-1"})

    asyncio.run(go())


@pytest.mark.rows(lambda row: row.name == "kafka")
def test_a_foreign_consumer_gets_plain_records_with_headers(place: Place) -> None:
    async def go() -> None:
        assert place.server is not None
        async with place.carrier() as carrier:
            await place.sent(carrier, place.address, BODY, {"message-id": "o-1"})
        consumer = aiokafka.AIOKafkaConsumer(
            place.address,
            bootstrap_servers=place.server.url.partition("://")[2],
            auto_offset_reset="earliest",
        )
        await consumer.start()
        record = await asyncio.wait_for(consumer.getone(), 20)
        await consumer.stop()
        assert (record.value, record.key) == (BODY, None)
        assert dict(record.headers)["message-id"] == b"o-1"

    asyncio.run(go())


@pytest.mark.rows(lambda row: row.name == "redis-stream")
def test_a_foreign_reader_of_a_stream_finds_the_payload_and_headers_as_fields(
    place: Place,
) -> None:
    async def go() -> None:
        assert place.server is not None
        async with place.carrier() as carrier:
            await place.sent(carrier, place.address, BODY, {"message-id": "o-1"})
        async with redis.asyncio.from_url(place.server.url) as client:
            [(_, fields)] = await client.xrange(place.address)
        assert fields == {b"data": BODY, b"message-id": b"o-1"}

    asyncio.run(go())


@pytest.mark.rows(lambda row: row.name == "mqtt")
def test_a_foreign_client_hears_the_payload_and_headers_as_properties(
    place: Place,
) -> None:
    headers = {"content-type": "application/json", "correlation-id": "c-1", "a": "b"}
    heard: queue.Queue[MQTTMessage] = queue.Queue()

    async def go() -> None:
        assert place.server is not None
        client, listening = Client(VERSION2, protocol=MQTTv5), asyncio.Event()
        loop = asyncio.get_running_loop()
        client.on_message = lambda client, data, message: heard.put(message)
        client.on_subscribe = lambda *told: loop.call_soon_threadsafe(listening.set)
        client.connect("127.0.0.1", place.server.port)
        client.loop_start()
        client.subscribe(place.address, 1)
        await asyncio.wait_for(listening.wait(), 20)
        async with place.carrier() as carrier:
            await place.sent(carrier, place.address, BODY, headers)
        message = await asyncio.to_thread(heard.get, timeout=20)
        client.disconnect()
        client.loop_stop()
        assert message.payload == BODY and message.properties is not None
        given = vars(message.properties)
        assert given["ContentType"] == "application/json"
        assert given["CorrelationData"] == b"c-1"
        assert given["UserProperty"] == [("a", "b")]

    asyncio.run(go())


@pytest.mark.rows(lambda row: row.name == "redis-pubsub")
def test_a_foreign_subscriber_hears_the_bare_payload(place: Place) -> None:
    async def go() -> None:
        assert place.server is not None
        async with redis.asyncio.from_url(place.server.url) as client:
            async with client.pubsub(ignore_subscribe_messages=True) as ear:
                await ear.subscribe(place.address)
                await ear.get_message(timeout=5)
                async with place.carrier() as carrier:
                    headers = {"content-type": "application/json", "message-id": "o-1"}
                    await place.sent(carrier, place.address, BODY, headers)
                message = await ear.get_message(timeout=10)
        assert message is not None and message["data"] == BODY

    asyncio.run(go())
