"""What a document's bindings ask of a broker, as plain programs of that broker see it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from uuid import uuid4

import aio_pika
import nats
import pytest
from conftest import BrokerOf
from place import Heard, eventually
from runtime.nats_carrier import NatsCarrier
from runtime.rabbit_carrier import RabbitCarrier
from servers import Nats, Rabbit, Server

pytestmark = pytest.mark.brokers


@pytest.fixture
def rabbit(broker_of: BrokerOf) -> Server:
    return broker_of(Rabbit)


@pytest.fixture
def hub(broker_of: BrokerOf) -> Server:
    return broker_of(Nats)


@pytest.fixture
def name() -> str:
    """A name that no other test has."""
    return f"b{uuid4().hex[:8]}"


@pytest.mark.parametrize(
    ("kind", "template", "key"),
    [
        ("direct", "{name}/orders", "{name}/orders"),
        ("fanout", "{name}/orders", "whatever"),
        ("headers", "{name}/orders", "whatever"),
        ("topic", "{name}/orders", "{name}.orders"),
        ("topic", "{name}/{{id}}/orders", "{name}.7.orders"),
    ],
)
def test_an_exchange_of_each_type_brings_and_takes_messages(
    rabbit: Server, name: str, kind: str, template: str, key: str
) -> None:
    exchange = {"name": name, "type": kind, "durable": False, "autoDelete": True}
    options: Mapping[str, object] = {"is": "routingKey", "exchange": exchange}
    template, key = template.format(name=name), key.format(name=name)
    address = template.format(id="7")

    async def go() -> None:
        heard, carrier = Heard(), RabbitCarrier(rabbit.url)
        await carrier.start()
        await carrier.subscribe(template, "g", heard.deliver, 8, options)
        async with await aio_pika.connect(rabbit.url) as connection:
            channel = await connection.channel()
            theirs = await channel.get_exchange(name)
            await theirs.publish(aio_pika.Message(b"in"), key)
            await heard.until(1)
            queue = await channel.declare_queue(exclusive=True)
            await queue.bind(theirs, key if kind == "topic" else address)
            await carrier.publish(address, b"out", {}, options)
            message = await queue.get(timeout=20)
            assert message is not None and message.body == b"out"
            await message.ack()
        await carrier.stop(5)
        assert heard.messages[0][:2] == (address, b"in")

    asyncio.run(go())


def queue_alone(name: str) -> dict[str, object]:
    return {"is": "queue", "queue": {"name": name, "durable": False}}


def queue_of_exchange(name: str) -> dict[str, object]:
    return {
        "is": "routingKey",
        "exchange": {"name": f"{name}.x", "type": "direct"},
        "queue": {"name": name, "durable": False, "autoDelete": True},
    }


@pytest.mark.parametrize("binding", [queue_alone, queue_of_exchange])
def test_a_queue_that_is_named_is_the_one_that_is_read(
    rabbit: Server, name: str, binding: Callable[[str], dict[str, object]]
) -> None:
    options, address = binding(name), f"{name}/orders"

    async def go() -> None:
        heard, carrier = Heard(), RabbitCarrier(rabbit.url)
        await carrier.start()
        await carrier.subscribe(address, "g", heard.deliver, 8, options)
        async with await aio_pika.connect(rabbit.url) as connection:
            channel = await connection.channel()
            await channel.default_exchange.publish(aio_pika.Message(b"theirs"), name)
            await carrier.publish(address, b"ours", {}, options)
            await heard.until(2)
        await carrier.stop(5)
        assert {where for where, _, _ in heard.messages} == {address}

    asyncio.run(go())


def test_the_default_exchange_leads_to_the_queue_of_the_address(
    rabbit: Server, name: str
) -> None:
    options = {"is": "routingKey", "exchange": {"name": "", "type": "default"}}

    async def go() -> None:
        heard, carrier = Heard(), RabbitCarrier(rabbit.url)
        await carrier.start()
        await carrier.publish(f"{name}/orders", b"ours", {}, options)
        await carrier.subscribe(f"{name}/orders", "g", heard.deliver, 8, options)
        async with await aio_pika.connect(rabbit.url) as connection:
            channel = await connection.channel()
            await channel.default_exchange.publish(
                aio_pika.Message(b"theirs"), f"{name}/orders"
            )
            await heard.until(2)
        await carrier.stop(5)

    asyncio.run(go())


def test_a_stream_is_made_where_there_is_none(hub: Server, name: str) -> None:
    options = {"x-jetstream": {"stream": name}}

    async def go() -> None:
        heard, carrier = Heard(), NatsCarrier(hub.url)
        await carrier.start()
        await carrier.subscribe(f"{name}/{{id}}", "g", heard.deliver, 8, options)
        await carrier.subscribe(f"{name}-other", "g", heard.deliver, 8, options)
        client = await nats.connect(hub.url)
        acknowledged = await client.jetstream().publish(f"{name}.1", b"in")
        await client.jetstream().publish(f"{name}-other", b"in, too")
        await heard.until(2)
        config = (await client.jetstream().stream_info(name)).config
        await client.drain()
        await carrier.stop(5)
        assert acknowledged.stream == name
        assert set(config.subjects or ()) == {f"{name}.*", f"{name}-other"}

    asyncio.run(go())


def test_a_stream_that_is_there_is_used_whatever_its_name(
    hub: Server, name: str
) -> None:
    options = {"x-jetstream": {"stream": f"{name}-of-ours"}}

    async def go() -> None:
        heard, carrier = Heard(), NatsCarrier(hub.url)
        client = await nats.connect(hub.url)
        await client.jetstream().add_stream(name=name, subjects=[f"{name}.>"])
        await client.jetstream().publish(f"{name}.early", b"1")
        await carrier.start()
        await carrier.subscribe(f"{name}/{{id}}", "g", heard.deliver, 8, options)
        await carrier.publish(f"{name}/late", b"2", {}, options)
        await heard.until(2)
        await carrier.stop(5)
        kept = await client.jetstream().stream_info(name)
        names = [one.config.name for one in await client.jetstream().streams_info()]
        await client.drain()
        assert kept.state.messages == 2
        assert f"{name}-of-ours" not in names

    asyncio.run(go())


def test_the_binding_s_queue_is_the_group(hub: Server, name: str) -> None:
    async def go() -> None:
        one, other, carrier = Heard(), Heard(), NatsCarrier(hub.url)
        await carrier.start()
        for group, heard in (("a", one), ("b", other)):
            await carrier.subscribe(name, group, heard.deliver, 8, {"queue": "shared"})
        client = await nats.connect(hub.url)
        for number in range(50):
            await client.publish(name, str(number).encode())
        await client.drain()
        await eventually(lambda: len(one.bodies) + len(other.bodies) == 50)
        await carrier.stop(5)
        assert not set(one.bodies) & set(other.bodies)

    asyncio.run(go())
