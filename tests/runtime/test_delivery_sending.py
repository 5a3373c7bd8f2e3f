"""Callbacks, webhooks and notices of real jobs, over HTTP, checked by the official verifiers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import standardwebhooks
import svix.webhooks
from aiohttp import web
from pydantic import BaseModel
from sqlalchemy import func, select

from runtime import deliveries, delivery_records, subscribers, subscriptions
from runtime.access import Caller
from runtime.callbacks import CallbackTarget, callbacks_of, check_callbacks
from runtime.contents import Json
from runtime.courier import Courier, CourierSettings
from runtime.deliveries import DeliveryStatus
from runtime.delivery_records import DeliveryRecord
from runtime.engine import Engine, EngineSettings
from runtime.working import together
from runtime.guard import TargetRefused
from runtime.job import Job, JobFailed
from runtime.jobs import JobRecord
from runtime.notices import check_callback_url, notices
from runtime.operation import AsyncOperation, Backoff, Policy
from runtime.outbox import Outbox, outbox
from runtime.owner_secrets import secret_of
from runtime.reader import Reader
from runtime.received import Received
from runtime.replies import Reply
from runtime.sender import HttpSender, Outgoing
from runtime.status import done
from runtime.store import Store
from runtime.webhooks import WebhookTarget, results_of


@dataclass(frozen=True)
class Rules:
    development: bool = True


class Order(BaseModel):
    id: str
    quantity: int = 1


class Refusal(BaseModel):
    title: str


class Placed(Reply):
    status_code = 201
    contents = {"application/json": Json(Order)}


class Unchanged(Reply):
    status_code = 204


class Refused(Reply):
    status_code = 402
    contents = {"application/problem+json": Json(Refusal)}


ORDER = {"application/json": Json(Order)}
PLACED: CallbackTarget[Order] = CallbackTarget(
    operation="placeOrder",
    name="placed",
    expression="{$request.body#/callbackUrl}",
    contents=ORDER,
    sends_on=(201,),
)
REFUSED: CallbackTarget[Refusal] = CallbackTarget(
    operation="placeOrder",
    name="refused",
    expression="{$request.body#/callbackUrl}/refused",
    contents={"application/json": Json(Refusal)},
    sends_on=range(400, 500),
)
PACKED: CallbackTarget[Order] = CallbackTarget(
    operation="placeOrder",
    name="packed",
    expression="{$request.header.X-Packed}",
    contents=ORDER,
)
LATER: CallbackTarget[Order] = CallbackTarget(
    operation="placeOrder",
    name="later",
    expression="{$response.body#/id}",
    contents=ORDER,
)
SHIPPED: WebhookTarget[Order] = WebhookTarget("orderShipped", ORDER)
DONE: WebhookTarget[Order] = WebhookTarget("orderDone", ORDER)

Handler = Callable[[Job], Awaitable[Reply]]


async def run_order(handler: Handler, reader: Reader, job: Job) -> Reply:
    return await handler(job)


def operation(name: str, callbacks: Sequence[Any], **policy: Any) -> Any:
    return AsyncOperation(
        name=name,
        method="POST",
        path="/orders",
        read=lambda reader: (),
        run=run_order,
        policy=Policy(
            attempts=2, backoff=Backoff(initial=0.01), webhook=policy.get("webhook")
        ),
        callbacks=tuple(callbacks),
        keeps=frozenset({"x-packed"}),
    )


PLACE_ORDER = operation("placeOrder", [PLACED, REFUSED, PACKED], webhook="orderDone")
REPORT = operation("report", [])
OPERATIONS = (PLACE_ORDER, REPORT)


@dataclass
class Got:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> str:
        return self.headers["webhook-event"]


@dataclass
class World:
    """A receiver, and a service's store, engine and courier that send to it."""

    store: Store
    engine: Engine[Handler]
    url: str
    got: list[Got] = field(default_factory=list)
    status: int = 204

    async def receive(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.got.append(Got(request.path, headers, await request.read()))
        return web.Response(status=self.status)

    async def run(
        self, body: object = None, of: Any = PLACE_ORDER, **fields: Any
    ) -> JobRecord:
        """The job, when it has ended."""
        request = Received(
            "POST",
            "https://api.example/orders",
            headers=(("content-type", "application/json"), *fields.pop("headers", ())),
            body=json.dumps(body or {"callbackUrl": f"{self.url}/placed"}).encode(),
        )
        check_callbacks(Rules(), of, request)
        url = check_callback_url(Rules(), of, request)
        accepted = await self.engine.accept(
            of, request, owner=fields.pop("owner", "anna"), callback_url=url, **fields
        )
        job: JobRecord | None = accepted.job
        while job is None or not done(job.status):
            version = 0 if job is None else job.version
            job = await self.engine.wait(accepted.job.id, version, 1)
        return job

    async def over(self) -> list[DeliveryRecord]:
        table = deliveries.deliveries
        waiting = select(func.count()).where(table.c.finished.is_(None))
        async with asyncio.timeout(10):
            while await self.store.read(lambda db: db.scalar(waiting)):
                await asyncio.sleep(0.005)
        ids = await self.store.read(lambda db: db.scalars(select(table.c.id)).all())
        found = [
            await self.store.read(partial(_get, id=id))  # one read each: few rows
            for id in ids
        ]
        return [one for one in found if one is not None]

    async def verified(self, owner: str | None = "anna") -> dict[str, Any]:
        """What arrived, by event; each is signed with the owner's callback secret."""
        secret = await self.store.write(lambda db: secret_of(db, owner))
        for got in self.got:
            standardwebhooks.Webhook(secret).verify(got.body, got.headers)
            svix.webhooks.Webhook(secret).verify(got.body, got.headers)
        return {got.event: json.loads(got.body) for got in self.got}


def _get(connection: Any, id: str) -> DeliveryRecord | None:
    return delivery_records.get(connection, id)


def document(job: JobRecord) -> dict[str, Any]:
    return {"id": job.id, "status": job.status, "version": job.version}


@asynccontextmanager
async def serving(path: Path, handler: Handler) -> AsyncIterator[World]:
    store = Store(f"sqlite:///{path}/test.db")
    await store.open()
    engine: Engine[Handler] = Engine(
        store,
        OPERATIONS,
        EngineSettings(poll=0.05),
        on_finish=together(
            [
                callbacks_of(OPERATIONS),
                results_of(OPERATIONS, (SHIPPED, DONE)),
                notices(document),
            ]
        ),
    )
    world = World(store, engine, "")
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", world.receive)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    world.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    sender = HttpSender(Rules())
    settings = CourierSettings(retries=(0.01,) * 3)
    courier = Courier(store, sender, settings, subscribers)
    Outbox(store, Rules()).enter()
    await courier.start()
    await engine.start(handler)
    try:
        yield world
    finally:
        await engine.stop(1)
        await courier.stop(1)
        await sender.close()
        await store.close()
        await runner.cleanup()


async def places(job: Job) -> Reply:
    return Placed(Order(id="o_1"))


def scenario(
    path: Path, handler: Handler, test: Callable[[World], Awaitable[None]]
) -> None:
    async def main() -> None:
        async with serving(path, handler) as world:
            await test(world)

    asyncio.run(main())


def test_the_result_goes_out_by_itself_and_official_verifiers_accept_it(
    tmp_path: Path,
) -> None:
    async def test(world: World) -> None:
        trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        job = await world.run(traceparent=trace)
        (record,) = await world.over()
        assert await world.verified() == {
            "placeOrder.placed": {"id": "o_1", "quantity": 1}
        }
        assert world.got[0].path == "/placed"
        assert world.got[0].headers["content-type"] == "application/json"
        assert world.got[0].headers["traceparent"] == trace
        assert world.got[0].body == job.result_body
        assert (record.job_id, record.owner) == (job.id, "anna")
        assert record.status is DeliveryStatus.SUCCEEDED

    scenario(tmp_path, places, test)


def test_a_declared_error_goes_out_as_the_callback_that_has_its_schema(
    tmp_path: Path,
) -> None:
    async def refuses(job: Job) -> Reply:
        return Refused(Refusal(title="no money"))

    async def test(world: World) -> None:
        await world.run()
        await world.over()
        assert await world.verified() == {"placeOrder.refused": {"title": "no money"}}
        assert world.got[0].path == "/placed/refused"
        assert world.got[0].headers["content-type"] == "application/json"

    scenario(tmp_path, refuses, test)


def test_a_job_that_was_given_no_url_tells_nobody(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        assert (await world.run({"callbackUrl": None})).status == "succeeded"
        assert not await world.over() and not world.got

    scenario(tmp_path, places, test)


def test_what_a_handler_sends_goes_out_with_the_attempt_that_ends_the_job(
    tmp_path: Path,
) -> None:
    async def handler(job: Job) -> Reply:
        PACKED.send(job, Order(id=f"attempt {job.attempt}"))
        PACKED.send(job, f"{urls[0]}/else", Order(id="else"))
        SHIPPED.publish(job, Order(id="mine"))
        SHIPPED.publish_all(Order(id="all"), job)
        if job.attempt == 1:
            raise RuntimeError("and nothing of this attempt may be sent")
        return Placed(Order(id="o_1"))

    urls: list[str] = []

    async def test(world: World) -> None:
        urls.append(world.url)

        def subscribe(db: Any) -> None:
            for owner in ("anna", "bert"):
                url = f"{world.url}/hook-{owner}"
                subscriptions.create(db, owner, url, ["orderShipped"])

        await world.store.write(subscribe)
        headers = [("x-packed", f"{world.url}/packed")]
        await world.run({"x": 1}, headers=headers)
        await world.over()
        told = sorted((got.path, json.loads(got.body)["id"]) for got in world.got)
        assert told == [
            ("/else", "else"),
            ("/hook-anna", "all"),
            ("/hook-anna", "mine"),
            ("/hook-bert", "all"),
            ("/packed", "attempt 2"),
        ]

    scenario(tmp_path, handler, test)


def test_the_webhook_an_operation_names_carries_its_result(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        made = await world.store.write(
            lambda db: subscriptions.create(
                db, "anna", f"{world.url}/hook", ["orderDone"]
            )
        )
        await world.run({"x": 1})
        await world.over()
        (got,) = world.got
        standardwebhooks.Webhook(made.secret).verify(got.body, got.headers)
        assert (got.path, got.event) == ("/hook", "orderDone")
        assert json.loads(got.body) == {"id": "o_1", "quantity": 1}

    scenario(tmp_path, places, test)


def test_a_result_without_a_body_is_no_webhook_that_has_one(tmp_path: Path) -> None:
    async def places_nothing(job: Job) -> Reply:
        return Unchanged()

    async def test(world: World) -> None:
        await world.store.write(
            lambda db: subscriptions.create(
                db, "anna", f"{world.url}/hook", ["orderDone"]
            )
        )
        job = await world.run({"x": 1})
        assert (job.status, await world.over()) == ("succeeded", [])

    scenario(tmp_path, places_nothing, test)


def test_without_callbacks_the_header_is_told_how_the_job_ended(tmp_path: Path) -> None:
    async def handler(job: Job) -> Reply:
        if "fail" in job.request.url or b"fail" in job.request.body:
            raise JobFailed("no_paper", "The printer has no paper.")
        if b"wait" in job.request.body:
            await asyncio.sleep(60)
        return Placed(Order(id="r"))

    async def test(world: World) -> None:
        async def cancel_soon() -> None:
            while not (
                page := await world.engine.list("anna", operation="report")
            ).jobs:
                await asyncio.sleep(0.01)
            await world.engine.cancel(page.jobs[0].id)

        headers = [("callback-url", f"{world.url}/notice")]
        canceling = asyncio.create_task(cancel_soon())
        ended = [await world.run({"wait": 1}, REPORT, headers=headers)]
        await canceling
        for body in ({"x": 1}, {"fail": 1}):
            ended.append(await world.run(body, REPORT, headers=headers))
        await world.over()
        told = await world.verified()
        assert set(told) == {"job.succeeded", "job.failed", "job.canceled"}
        for job in ended:
            notice = told[f"job.{job.status}"]
            assert notice["type"] == f"job.{job.status}"
            assert notice["timestamp"].endswith("Z")
            assert notice["data"] == document(job)

    scenario(tmp_path, handler, test)


def test_a_synchronous_handler_sends_at_once(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        anna = Caller("anna")
        await PACKED.send(anna, f"{world.url}/a", Order(id="1"))
        body = json.dumps({"callbackUrl": f"{world.url}/b"}).encode()
        kind = (("content-type", "application/json"),)
        request = Received("POST", "https://x/", headers=kind, body=body)
        await PLACED.send(anna, request, Order(id="2"))
        await PLACED.send(anna, Received("POST", "https://x/"), Order(id="3"))
        await world.over()
        await world.verified()
        assert sorted(got.path for got in world.got) == ["/a", "/b"]
        await world.store.write(
            lambda db: subscriptions.create(db, "anna", f"{world.url}/s", None)
        )
        await SHIPPED.publish(anna, Order(id="4"))
        await SHIPPED.publish(Caller("bert"), Order(id="5"))
        await SHIPPED.publish(None, Order(id="6"))
        await SHIPPED.publish_all(Order(id="7"))
        await world.over()
        assert sorted(json.loads(got.body)["id"] for got in world.got[2:]) == ["4", "7"]

    scenario(tmp_path, places, test)


def test_a_url_that_is_not_allowed_is_refused_before_anything_is_kept(
    tmp_path: Path,
) -> None:
    async def test(world: World) -> None:
        for bad in ("http://10.0.0.1/", "no url", "", "https://u@a.example/"):
            with pytest.raises(TargetRefused):
                await PACKED.send(None, bad, Order(id="1"))
            with pytest.raises(TargetRefused) as refusal:
                await world.run({"callbackUrl": bad})
            assert refusal.value.status == 422
            with pytest.raises(TargetRefused):
                await world.run({}, REPORT, headers=[("callback-url", bad)])
        assert not await world.over()

    scenario(tmp_path, places, test)


def test_a_url_out_of_the_answer_that_is_not_allowed_is_a_failed_delivery(
    tmp_path: Path,
) -> None:
    target: CallbackTarget[Order] = CallbackTarget(
        operation="placeOrder",
        name="placed",
        expression="{$response.body#/id}",
        contents=ORDER,
        sends_on=(201,),
    )
    # The hook is built with the operations, so this one is run by hand.
    hook = callbacks_of([operation("placeOrder", [target])])

    async def handler(job: Job) -> Reply:
        return Placed(Order(id="http://10.0.0.1/"))

    async def test(world: World) -> None:
        job = await world.run({"x": 1})
        from runtime.answer import Answer
        from runtime.ending import Ending
        from runtime.status import Status

        answer = Answer(201, (), "application/json", job.result_body or b"")
        writes = hook(job, Ending(Status.SUCCEEDED, answer))
        await world.store.write(lambda db: [write(db) for write in writes])
        (record,) = await world.over()
        assert record.status is DeliveryStatus.FAILED
        assert record.error == "refused: the URL may not lead to 10.0.0.1"
        assert len(record.attempts) == 1

    scenario(tmp_path, handler, test)


def test_a_callback_to_where_the_answer_says_needs_a_url_before_there_is_one(
    tmp_path: Path,
) -> None:
    async def handler(job: Job) -> Reply:
        with pytest.raises(ValueError, match="the answer says"):
            LATER.send(job, Order(id="1"))
        LATER.send(job, f"{urls[0]}/given", Order(id="2"))
        return Placed(Order(id="o"))

    urls: list[str] = []

    async def test(world: World) -> None:
        urls.append(world.url)
        await world.run({"x": 1})
        await world.over()
        assert [got.path for got in world.got] == ["/given"]

    scenario(tmp_path, handler, test)


def test_outside_of_a_service_nothing_can_be_sent() -> None:
    with pytest.raises(RuntimeError, match="running service"):
        outbox()


async def _answering(text: bytes, *, pause: float = 0.0, times: int = 0) -> Any:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(text)
            for _ in range(times):
                await asyncio.sleep(pause)
                writer.write(b"x" * 1000)
                await writer.drain()
            await asyncio.sleep(pause)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


@pytest.mark.parametrize(
    ("text", "pause", "times", "status", "error"),
    [
        (b"", 5.0, 0, None, "no answer in time"),
        (b"HTTP/1.1 200 OK\r\n", 5.0, 0, None, "no answer in time"),
        (b"HTTP/1.1 200 OK\r\n\r\n", 0.0, 1000, 200, None),
        (b"HTTP/1.1 200 OK\r\n\r\n", 0.05, 1000, 200, None),
        (
            b"HTTP/1.1 500 No\r\ncontent-length: 2\r\n\r\nno",
            0.0,
            0,
            500,
            "answered 500",
        ),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\nx", 0.0, 0, 200, None),
        (b"rubbish\r\n\r\n", 0.0, 0, None, "Bad status line"),
        (b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70000, 0.0, 0, None, ""),
        (b"", 0.0, 0, None, "ServerDisconnectedError"),
    ],
)
def test_an_endpoint_that_misbehaves_is_an_outcome_in_time_and_in_bounds(
    text: bytes, pause: float, times: int, status: int | None, error: str | None
) -> None:
    async def main() -> None:
        server = await _answering(text, pause=pause, times=times)
        sender = HttpSender(Rules(), connect=0.3, total=0.6)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with asyncio.timeout(4):
            outcome = await sender.send(Outgoing("POST", url, {}, b"{}"))
        assert outcome.status == status
        assert len(outcome.answer) <= 1024
        assert (error is None) == (outcome.error is None)
        assert error is None or error in (outcome.error or "")
        await sender.close()
        server.close()

    asyncio.run(main())


def test_nobody_listening_is_an_outcome_too() -> None:
    async def main() -> None:
        server = await _answering(b"")
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        sender = HttpSender(Rules())
        for url in (f"http://127.0.0.1:{port}/", "http://nowhere.invalid/"):
            outcome = await sender.send(Outgoing("POST", url, {}, b"{}"))
            assert outcome.status is None and outcome.error and not outcome.refused
        await sender.close()

    asyncio.run(main())
