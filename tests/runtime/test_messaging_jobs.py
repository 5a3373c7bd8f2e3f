"""Messages that become jobs: acceptance, result and error as replies, one job whichever way it came."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text
from starlette.types import ASGIApp

from messaging_shop import (
    ALERT,
    ORDER_BY_MESSAGE,
    PLACE_ORDER,
    Measured,
    NewOrder,
    Order,
    Shop,
    awaited,
    create_app,
    open_shop,
    until,
)
from runtime.engine import Engine
from runtime.incoming import Incoming
from runtime.job import Job, JobFailed
from runtime.memory_carrier import broker_of
from runtime.problem import HttpProblem
from runtime.store import Store
from runtime.submission import Submissions

ASKED = {"replyTo": "inbox.1", "correlation-id": "c1"}


def http(app: ASGIApp) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=app)
    return httpx2.AsyncClient(transport=transport, base_url="http://localhost")


@awaited
async def test_a_job_is_accepted_at_once_and_answered_when_it_ends(
    tmp_path: Path,
) -> None:
    go = asyncio.Event()

    async def order(body: NewOrder, job: Job) -> Order:
        await go.wait()
        return Order(number=f"{body.item}-{job.request.method}")

    shop = Shop()
    shop.order = order
    async with open_shop(tmp_path, shop) as bench:
        inbox = await bench.listen("inbox.1")
        await bench.send("orders.new", {"item": "lamp"}, id="m1", **ASKED)
        await until(lambda: len(inbox) == 1)
        accepted = json.loads(inbox[0][1])
        assert accepted["status"] == "queued" and accepted["id"].startswith("job_")
        go.set()
        await until(lambda: len(inbox) == 2)
    _, body, headers = inbox[1]
    assert json.loads(body) == {"number": "lamp-MESSAGE"}
    assert headers["correlation-id"] == "c1"


@awaited
async def test_a_failed_job_is_answered_with_its_problem(tmp_path: Path) -> None:
    async def order(body: NewOrder, job: Job) -> Order:
        raise JobFailed("no_stock", "There are no lamps left.", status=409)

    shop = Shop()
    shop.order = order
    async with open_shop(tmp_path, shop) as bench:
        inbox = await bench.listen("inbox.1")
        await bench.send("orders.new", {"item": "lamp"}, id="m1", **ASKED)
        await until(lambda: len(inbox) == 2)
    _, body, headers = inbox[1]
    assert headers["content-type"] == "application/problem+json"
    assert headers["correlation-id"] == "c1"
    assert json.loads(body)["code"] == "no_stock"


@awaited
async def test_a_message_that_can_be_no_job_is_a_dead_letter(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as bench:
        dead = await bench.listen("orders.new.dead")
        inbox = await bench.listen("inbox.1")
        await bench.send("orders.new", {"item": 7}, id="m1", **ASKED)
        await until(lambda: bool(dead) and bool(inbox))
    assert inbox[0][2]["content-type"] == "application/problem+json"


@awaited
async def test_the_same_message_is_the_same_job(tmp_path: Path) -> None:
    ran: list[str] = []

    async def order(body: NewOrder, job: Job) -> Order:
        ran.append(job.id)
        return Order(number="1")

    shop = Shop()
    shop.order = order
    async with open_shop(tmp_path, shop) as bench:
        inbox = await bench.listen("inbox.1")
        for _ in range(3):
            await bench.send("orders.new", {"item": "lamp"}, id="m1", **ASKED)
        await until(lambda: len(inbox) >= 2)
        await asyncio.sleep(0.1)
    assert len(ran) == 1
    results = [body for _, body, _ in inbox if b"number" in body]
    assert len(results) == 1


@awaited
async def test_an_id_that_belongs_to_another_message_is_refused(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as bench:
        dead = await bench.listen("orders.new.dead")
        await bench.send("orders.new", {"item": "lamp"}, id="m1", **ASKED)
        await until(lambda: len(bench.boxes["orders.new.dead"]) == 0)
        inbox = await bench.listen("inbox.1")
        await until(lambda: len(inbox) >= 1)
        await bench.send(
            "orders.new", {"item": "sofa"}, id="m1", x_attempt="2", **ASKED
        )
        await until(lambda: bool(dead))
    assert json.loads(dead[0][2]["x-problem"])["code"] == "message_id_reused"


@awaited
async def test_http_and_a_queue_lead_to_one_job(tmp_path: Path) -> None:
    ran: list[str] = []

    async def order(body: NewOrder, job: Job) -> Order:
        ran.append(job.request.method)
        return Order(number="1")

    shop = Shop()
    shop.order = order
    async with open_shop(tmp_path, shop) as bench, http(bench.app) as client:
        inbox = await bench.listen("inbox.1")
        await bench.send("orders.new", {"item": "lamp"}, id="k1", **ASKED)
        await until(lambda: len(inbox) == 2)
        answer = await client.post(
            "/orders", json={"item": "lamp"}, headers={"Idempotency-Key": "k1"}
        )
        accepted = json.loads(inbox[0][1])
        assert answer.status_code == 202
        assert answer.headers["idempotency-replayed"] == "true"
        assert answer.json()["id"] == accepted["id"]
        result = await client.get(f"/jobs/{accepted['id']}/result")
        assert result.json() == {"number": "1"}
    assert ran == ["MESSAGE"]


@awaited
async def test_a_job_of_http_is_not_answered_by_message(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as bench, http(bench.app) as client:
        inbox = await bench.listen("inbox.1")
        headers = {"replyTo": "inbox.1", "reply-to": "inbox.1"}
        answer = await client.post("/orders", json={"item": "lamp"}, headers=headers)
        engine = bench.app.service.part(Engine)
        await engine.ended(answer.json()["id"], 10.0)
        await asyncio.sleep(0.05)
        assert inbox == []


@awaited
async def test_what_a_job_publishes_goes_out_with_its_end(tmp_path: Path) -> None:
    async def order(body: NewOrder, job: Job) -> Order:
        await ALERT.send(Measured(lumens=job.attempt), {"id": "1"})
        if job.attempt < 2:
            raise ValueError("not yet")
        return Order(number="1")

    shop = Shop()
    shop.order = order
    async with open_shop(tmp_path, shop) as bench:
        alerts = await bench.listen("lights/1/alerts")
        await bench.send("orders.new", {"item": "lamp"}, id="m1")
        await until(lambda: bool(alerts))
        await asyncio.sleep(0.1)
    assert [json.loads(body) for _, body, _ in alerts] == [{"lumens": 2}]


@awaited
async def test_a_full_queue_lets_a_message_come_again(tmp_path: Path) -> None:
    go = asyncio.Event()

    async def order(body: NewOrder, job: Job) -> Order:
        await go.wait()
        return Order(number=body.item)

    narrow = replace(PLACE_ORDER, policy=replace(PLACE_ORDER.policy, queue=1))
    consumer = replace(ORDER_BY_MESSAGE, operation=narrow)
    shop = Shop()
    shop.order = order
    async with open_shop(tmp_path, shop, (consumer,), workers=1) as bench:
        inbox = await bench.listen("inbox.1")
        dead = await bench.listen("orders.new.dead")
        for number in range(4):
            await bench.send(
                "orders.new", {"item": str(number)}, id=f"m{number}", **ASKED
            )
        await until(lambda: len(inbox) == 2)
        store = bench.app.service.part(Store)
        waiting = text("SELECT count(*) FROM outgoing WHERE due > 0")
        while not await store.read(lambda db: db.execute(waiting).scalar_one()):
            await asyncio.sleep(0.005)
        go.set()
        while sum(b"number" in body for _, body, _ in inbox) < 4:
            # It would come by itself, as late as the engine asks for.
            soon = text("UPDATE outgoing SET due = 0 WHERE address = 'orders.new'")
            await store.write(lambda db: db.execute(soon))
            await asyncio.sleep(0.05)
        assert not dead


@awaited
async def test_a_full_queue_is_told_to_who_sent_where_nothing_keeps_a_message(
    tmp_path: Path,
) -> None:
    go = asyncio.Event()

    async def order(body: NewOrder, job: Job) -> Order:
        await go.wait()
        return Order(number=body.item)

    narrow = replace(PLACE_ORDER, policy=replace(PLACE_ORDER.policy, queue=1))
    channel = replace(ORDER_BY_MESSAGE.channel, carrier="socket")
    consumer = replace(ORDER_BY_MESSAGE, operation=narrow, channel=channel)
    shop = Shop()
    shop.order = order
    async with open_shop(tmp_path, shop, (ORDER_BY_MESSAGE,), workers=1) as bench:
        submissions = Submissions(bench.app.service, "shop")
        with pytest.raises(HttpProblem, match="The queue is full") as refused:
            for number in range(3):
                headers = {"content-type": "application/json"}
                body = b'{"item": "lamp"}'
                message = Incoming(f"m{number}", channel, "orders.new", body, headers)
                await submissions.submit(consumer, message)
        go.set()
    assert refused.value.status == 503
    assert int((refused.value.headers or {})["Retry-After"]) >= 1


@awaited
async def test_a_process_that_only_takes_requests_leaves_messages_alone(
    tmp_path: Path,
) -> None:
    app = create_app(Shop(), tmp_path, "memory://api-only")
    app.service.works = False
    broker = broker_of("memory://api-only")
    await broker.publish("orders.new", b'{"item": "lamp"}', {"message-id": "m1"})
    async with app.running(), http(app) as client:
        await until(lambda: not app.service.awaits)
        answer = await client.post("/orders", json={"item": "sofa"})
        assert answer.status_code == 202
    seen: list[bytes] = []

    async def keep(address: str, body: bytes, headers: object) -> None:
        seen.append(body)

    await broker.subscribe("orders.new", "late", keep)
    await until(lambda: seen == [b'{"item": "lamp"}'])
