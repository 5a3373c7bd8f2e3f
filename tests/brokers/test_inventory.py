"""The inventory example on RabbitMQ, met by plain aio-pika programs that know only the document."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue
from conftest import BrokerOf
from emitted import Example, readiness
from place import eventually
from servers import Rabbit, Server

pytestmark = pytest.mark.brokers
MANY, KILLS = 2000, 4


@pytest.fixture
def rabbit(broker_of: BrokerOf) -> Server:
    return broker_of(Rabbit)


@pytest.fixture
def inventory(rabbit: Server, tmp_path: Path) -> Example:
    return Example("inventory", rabbit.url, tmp_path)


@asynccontextmanager
async def connected(server: Server) -> AsyncIterator[AbstractChannel]:
    async with await aio_pika.connect(server.url) as connection:
        yield await connection.channel()


async def stock_of(channel: AbstractChannel, item: str) -> AbstractQueue:
    """Hears what is left of an item, or of all."""
    queue = await channel.declare_queue(exclusive=True)
    await queue.bind("amq.topic", f"inventory.stock.{item}")
    return queue


async def tell(
    channel: AbstractChannel, address: str, body: object, **properties: object
) -> None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    message = aio_pika.Message(content, **properties)  # type: ignore[arg-type]
    await channel.default_exchange.publish(message, address)


async def arrive(channel: AbstractChannel, item: str, quantity: int) -> None:
    body = {"delivery": f"d-{item}", "item": item, "quantity": quantity}
    identity = f"{item}-{quantity}"
    await tell(channel, "inventory.arrivals", body, message_id=identity)


async def first(queue: AbstractQueue) -> AbstractIncomingMessage:
    """The next message of a queue."""
    async with asyncio.timeout(20):
        async with queue.iterator() as messages:
            async for message in messages:
                await message.ack()
                return message
    raise AssertionError("the queue has gone")


async def left(queue: AbstractQueue) -> int:
    found: int = json.loads((await first(queue)).body)["left"]
    return found


def test_who_never_asks_is_told_of_every_change(
    inventory: Example, rabbit: Server
) -> None:
    async def go() -> None:
        async with connected(rabbit) as channel:
            stock = await stock_of(channel, "lamp")
            await arrive(channel, "lamp", 10)
            told = await first(stock)
        assert json.loads(told.body) == {"item": "lamp", "left": 10}
        assert told.content_type == "application/json" and told.message_id

    with inventory.ready():
        asyncio.run(go())


def test_goods_are_set_aside_and_the_answer_goes_where_the_message_says(
    inventory: Example, rabbit: Server
) -> None:
    async def go() -> None:
        async with connected(rabbit) as channel:
            stock = await stock_of(channel, "vase")
            answers = await channel.declare_queue("orders.answers", exclusive=True)
            await arrive(channel, "vase", 3)
            await first(stock)
            for quantity, status in ((2, "reserved"), (2, "refused")):
                body = {"order": "o-1", "item": "vase", "quantity": quantity}
                headers = {"replyTo": answers.name, "correlationId": f"c-{status}"}
                await tell(channel, "inventory.reservations", body, headers=headers)
                answer = await first(answers)
                assert json.loads(answer.body)["status"] == status
                assert answer.headers["correlationId"] == f"c-{status}"
                assert answer.correlation_id == f"c-{status}"

    with inventory.ready():
        asyncio.run(go())


@pytest.mark.parametrize("body", [b"{", b'{"delivery": "d-1"}', b"\xff"])
def test_a_bad_message_is_a_dead_letter_and_the_next_one_is_handled(
    inventory: Example, rabbit: Server, body: bytes
) -> None:
    async def go() -> None:
        async with connected(rabbit) as channel:
            stock = await stock_of(channel, "pen")
            dead = await channel.declare_queue("inventory.arrivals.dead", durable=True)
            await tell(channel, "inventory.arrivals", body, message_id="bad-1")
            await arrive(channel, "pen", 1)
            letter = await first(dead)
            assert (letter.body, letter.message_id) == (body, "bad-1")
            problem = json.loads(str(letter.headers["x-problem"]))
            assert problem["status"] in (400, 422) and problem["title"]
            assert json.loads(str(letter.headers["x-history"]))[0]["attempt"] == 1
            assert await left(stock) == 1

    with inventory.ready():
        asyncio.run(go())


def test_what_had_no_room_finds_it_when_it_is_replayed(
    inventory: Example, rabbit: Server
) -> None:
    async def go() -> None:
        async with connected(rabbit) as channel:
            stock = await stock_of(channel, "sofa")
            await arrive(channel, "sofa", 1000)
            assert await left(stock) == 1000
            await arrive(channel, "sofa", 7)
            dead = await channel.declare_queue("inventory.arrivals.dead", durable=True)
            await waiting(dead)
            body = {"order": "o-1", "item": "sofa", "quantity": 100}
            await tell(channel, "inventory.reservations", body)
            assert await left(stock) == 900
            told = await asyncio.to_thread(
                inventory.told, "replay", "inventory.arrivals"
            )
            assert told == "1 message sent to inventory.arrivals again"
            assert await left(stock) == 907
            await arrive(channel, "sofa", 999)
            assert (await first(dead)).message_id == "sofa-999"

    with inventory.ready():
        asyncio.run(go())


async def waiting(queue: AbstractQueue) -> None:
    """Returns once a message waits in the queue."""
    async with asyncio.timeout(20):
        while (message := await queue.get(fail=False)) is None:
            await asyncio.sleep(0.05)
    await message.nack(requeue=True)


def test_a_service_that_is_killed_in_mid_traffic_loses_nothing(
    inventory: Example, rabbit: Server
) -> None:
    heard: dict[str, set[str]] = {}

    async def hear(message: AbstractIncomingMessage) -> None:
        item = json.loads(message.body)["item"]
        heard.setdefault(item, set()).add(str(message.message_id))

    async def go(life: Iterator[object]) -> None:
        async with connected(rabbit) as channel:
            await (await stock_of(channel, "*")).consume(hear, no_ack=True)
            next(life)
            for number in range(MANY):
                await arrive(channel, f"item-{number}", 1)
            for share in range(1, KILLS + 1):
                part = share * MANY // (KILLS + 1)
                await eventually(lambda: len(heard) >= part, 120)
                await asyncio.to_thread(next, life)
            await eventually(lambda: len(heard) == MANY, 120)

    lives = lived(inventory, KILLS + 1)
    try:
        asyncio.run(go(lives))
    finally:
        lives.close()
    # Told twice perhaps, but under one id: nothing was handled twice.
    assert {len(ids) for ids in heard.values()} == {1}


def lived(example: Example, times: int) -> Generator[None]:
    """Each step kills the service and starts it again with what it had kept."""
    for _ in range(times):
        with example.ready():
            yield


def test_a_service_that_is_there_before_its_broker_waits_for_it(
    inventory: Example, rabbit: Server
) -> None:
    async def go() -> None:
        async with connected(rabbit) as channel:
            stock = await stock_of(channel, "rug")
            await arrive(channel, "rug", 5)
            assert await left(stock) == 5

    rabbit.stop()
    try:
        with inventory.running() as url:
            assert readiness(url) == 503
            rabbit.start()
            inventory.until_ready(url)
            asyncio.run(go())
    finally:
        if not rabbit.processes:
            rabbit.start()
