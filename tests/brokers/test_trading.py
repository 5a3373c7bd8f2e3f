"""The trading example on Kafka, met by a plain aiokafka program that knows only the document."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import aiokafka
import httpx2
import pytest
from conftest import BrokerOf
from emitted import Example, readiness
from servers import Kafka, Server

pytestmark = pytest.mark.brokers
ORDER = {"symbol": "ACME", "side": "buy", "quantity": 10, "limit": 500.0}
PRICELESS = {**ORDER, "limit": 0.5}


@pytest.fixture
def kafka(broker_of: BrokerOf) -> Server:
    return broker_of(Kafka)


@pytest.fixture
def trading(kafka: Server, tmp_path: Path) -> Example:
    return Example("trading", kafka.url, tmp_path)


class Peer:
    """A producer, and a consumer of what follows from its orders."""

    def __init__(
        self, producer: aiokafka.AIOKafkaProducer, consumer: aiokafka.AIOKafkaConsumer
    ) -> None:
        self.producer = producer
        self.consumer = consumer

    async def order(self, body: object, correlation: str, identity: str) -> None:
        headers = [
            ("correlationId", correlation.encode()),
            ("message-id", identity.encode()),
        ]
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        await self.producer.send_and_wait(
            "trading.orders", content, key=b"ACME", headers=headers
        )

    async def next(self, topic: str) -> aiokafka.ConsumerRecord:
        """The next record of a topic."""
        async with asyncio.timeout(40):
            async for record in self.consumer:
                if record.topic == topic:
                    return record
        raise AssertionError("the consumer has stopped")


@asynccontextmanager
async def peer(server: Server) -> AsyncIterator[Peer]:
    where = server.url.partition("://")[2]
    producer = aiokafka.AIOKafkaProducer(bootstrap_servers=where)
    topics = ("trading.answers", "trading.fills", "trading.orders.dead")
    consumer = aiokafka.AIOKafkaConsumer(*topics, bootstrap_servers=where)
    await producer.start()
    for topic in topics:
        await producer.client.add_topic(topic)
    await consumer.start()
    await consumer.seek_to_end()
    try:
        yield Peer(producer, consumer)
    finally:
        await consumer.stop()
        await producer.stop()


def named(record: aiokafka.ConsumerRecord) -> dict[str, str]:
    return {name: value.decode() for name, value in record.headers}


def test_an_order_is_accepted_filled_and_a_job_over_http(
    trading: Example, kafka: Server
) -> None:
    async def go(url: str) -> None:
        async with peer(kafka) as trader, httpx2.AsyncClient(base_url=url) as http:
            identity = uuid4().hex
            await trader.order(ORDER, "c-1", identity)
            accepted = await trader.next("trading.answers")
            job = json.loads(accepted.value)
            assert named(accepted)["correlationId"] == "c-1"
            fill = await trader.next("trading.answers")
            assert json.loads(fill.value)["order"] == job["id"]
            assert named(fill)["correlationId"] == "c-1"
            status = (await http.get(f"/jobs/{job['id']}")).json()
            assert (status["status"], status["operation"]) == (
                "succeeded",
                "placeOrder",
            )
            again = await http.post(
                "/orders", json=ORDER, headers={"Idempotency-Key": identity}
            )
            assert again.json()["id"] == job["id"]

    with trading.ready() as url:
        asyncio.run(go(url))


def test_every_fill_is_told_for_the_books(trading: Example, kafka: Server) -> None:
    async def go() -> None:
        async with peer(kafka) as trader:
            await trader.order(ORDER, "c-2", uuid4().hex)
            fill = json.loads((await trader.next("trading.fills")).value)
            assert (fill["symbol"], fill["quantity"]) == ("ACME", 10)

    with trading.ready():
        asyncio.run(go())


def test_who_cannot_be_served_is_told_and_so_is_who_sends_nonsense(
    trading: Example, kafka: Server
) -> None:
    async def go() -> None:
        async with peer(kafka) as trader:
            await trader.order(PRICELESS, "c-3", uuid4().hex)
            await trader.next("trading.answers")
            refusal = await trader.next("trading.answers")
            assert json.loads(refusal.value)["title"] == "No fill"
            identity = uuid4().hex
            await trader.order(b"nonsense", "c-4", identity)
            letter = await trader.next("trading.orders.dead")
            assert (letter.value, named(letter)["message-id"]) == (
                b"nonsense",
                identity,
            )
            assert json.loads(named(letter)["x-problem"])["status"] == 400

    with trading.ready():
        asyncio.run(go())


def test_a_service_that_is_there_before_its_broker_waits_for_it(
    trading: Example, kafka: Server
) -> None:
    kafka.stop()
    try:
        with trading.running() as url:
            assert readiness(url) == 503
            kafka.start()
            trading.until_ready(url)
    finally:
        if not kafka.processes:
            kafka.start()
