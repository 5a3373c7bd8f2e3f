"""Messaging from start to stop: brokers that come late, handlers that are slow, messages that must not get lost."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

import runtime.messaging
from messaging_shop import (
    ALERT,
    ASK_STOCK,
    PONGED,
    Away,
    Bench,
    Measured,
    Ping,
    Pong,
    Shop,
    awaited,
    create_app,
    open_shop,
    until,
)
from runtime.carrier import Carrier, Undelivered
from runtime.channel import Channel
from runtime.consumer import Consumer, Replies
from runtime.contents import Json
from runtime.incoming import Incoming
from runtime.lifespan import CannotStart
from runtime.memory_carrier import MemoryBroker, broker_of
from runtime.message import Message, MessageFailed
from runtime.message_kind import MessageKind
from runtime.messaging import Messaging
from runtime.replaying import asked_for
from runtime.server import main
from runtime.storing import storing

C1 = {"correlationId": "c1"}


def on(monkeypatch: pytest.MonkeyPatch, carrier: Carrier) -> None:
    """Every service of the test is on this carrier."""
    monkeypatch.setattr(runtime.messaging, "carrier_of", lambda *_: carrier)


def test_the_service_is_ready_once_its_broker_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @awaited
    async def check() -> None:
        away = Away(MemoryBroker())
        on(monkeypatch, away)
        app = create_app(Shop(), tmp_path, "memory://")
        await away.broker.publish(
            "ping.v3", b'{"event": "hi"}', {"message-id": "m1", **C1}
        )
        transport = httpx2.ASGITransport(app=app)
        async with (
            app.running(),
            httpx2.AsyncClient(
                transport=transport, base_url="http://localhost"
            ) as http,
        ):
            assert (await http.get("/readyz")).status_code == 503
            assert (await http.get("/healthz")).status_code == 200
            alerts: list[bytes] = []

            async def keep(address: str, body: bytes, headers: object) -> None:
                alerts.append(body)

            await away.broker.subscribe("lights/{id}/alerts", "test", keep)
            # What is published before goes out then.
            await ALERT.send(Measured(lumens=1), {"id": "1"})
            away.there.set()
            await until(lambda: not app.service.awaits)
            assert (await http.get("/readyz")).status_code == 200
            await until(lambda: bool(app.service.handlers.taken))
            await until(lambda: bool(alerts))

    check()


def test_a_service_stops_though_its_broker_never_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @awaited
    async def check() -> None:
        on(monkeypatch, Away(MemoryBroker()))
        app = create_app(Shop(), tmp_path, "memory://", grace=1.0)
        async with asyncio.timeout(10), app.running():
            await asyncio.sleep(0.05)

    check()


def test_what_the_broker_does_not_take_is_published_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing(Away):
        """Takes nothing at first."""

        def __init__(self, broker: MemoryBroker) -> None:
            super().__init__(broker)
            self.there.set()
            self.refused = 0
            self.publish = self.refuse  # type: ignore[method-assign]

        async def refuse(self, address: str, *rest: Any) -> None:
            if self.refused < 3:
                self.refused += 1
                raise Undelivered("no room")
            await self.broker.publish(address, *rest)

    @awaited
    async def check() -> None:
        refusing = Refusing(MemoryBroker())
        on(monkeypatch, refusing)
        async with open_shop(tmp_path) as bench:
            bench.broker = refusing.broker
            alerts = await bench.listen("lights/1/alerts")
            await ALERT.send(Measured(lumens=1), {"id": "1"})
            await until(lambda: bool(alerts))
        assert refusing.refused == 3

    check()


@awaited
async def test_a_slow_handlers_message_is_delivered_again_after_a_stop(
    tmp_path: Path,
) -> None:
    began = asyncio.Event()

    async def slow(body: Any, message: Message[Any]) -> object:
        began.set()
        await asyncio.sleep(60)
        return None

    url = f"memory://{uuid4()}"
    async with open_shop(tmp_path, Shop(slow), url=url, grace=0.1) as bench:
        await bench.send("ping.v3", {"event": "hi"}, id="m1", **C1)
        await began.wait()
    async with open_shop(tmp_path, url=url) as bench:
        pongs = await bench.listen("pong.v3")
        await until(lambda: len(pongs) == 1)
        assert [message.attempt for _, message in bench.shop.taken] == [1]


@awaited
async def test_a_handler_may_end_within_the_grace(tmp_path: Path) -> None:
    began = asyncio.Event()

    async def slow(body: Any, message: Message[Any]) -> object:
        began.set()
        await asyncio.sleep(0.3)
        return Pong(event="late")

    async with open_shop(tmp_path, Shop(slow), grace=10.0) as bench:
        pongs = await bench.listen("pong.v3")
        await bench.send("ping.v3", {"event": "hi"}, id="m1", **C1)
        await began.wait()
    await until(lambda: len(pongs) == 1)


@awaited
async def test_no_more_are_in_flight_than_the_policy_allows(tmp_path: Path) -> None:
    running, most = 0, 0

    async def work(body: Any, message: Message[Any]) -> object:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return None

    async with open_shop(tmp_path, Shop(light=work)) as bench:
        for number in range(50):
            await bench.send("lights/1/seen", {"lumens": number}, id=str(number))
        await until(lambda: len(bench.shop.taken) == 50 and not running)
    assert most == 8


@awaited
async def test_nothing_is_lost_when_the_consumer_stops_five_times(
    tmp_path: Path,
) -> None:
    url, total = f"memory://{uuid4()}", 10_000
    broker = broker_of(url)
    done: list[str] = []

    async def work(body: Any, message: Message[Any]) -> object:
        await asyncio.sleep(0)
        done.append(message.id)
        return None

    for number in range(total):
        body = json.dumps({"lumens": number}).encode()
        await broker.publish("lights/1/seen", body, {"message-id": str(number)})
    for stop in range(5):
        async with open_shop(tmp_path, Shop(light=work), url=url, grace=0.0):
            await until(lambda: len(done) >= (stop + 1) * total // 8, 60)
    async with open_shop(tmp_path, Shop(light=work), url=url):
        await until(lambda: len(set(done)) == total, 60)
    assert len(set(done)) == total


@awaited
async def test_a_publisher_may_ask_and_is_answered(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as bench:

        async def stock(address: str, body: bytes, headers: Any) -> None:
            ids = {"correlation-id": headers["correlation-id"]}
            answer = json.dumps({"event": f"{address} yes"}).encode()
            await bench.broker.publish(headers["reply-to"], answer, ids)

        await bench.broker.subscribe("stock.{item}.asked", "stock", stock)
        answers = await asyncio.gather(
            *(
                ASK_STOCK.request(Pong(event="?"), {"item": f"lamp{n}"}, timeout=10.0)
                for n in range(5)
            )
        )
    assert [one.event for one in answers] == [
        f"stock.lamp{n}.asked yes" for n in range(5)
    ]


@awaited
async def test_a_question_that_nobody_answers_times_out(tmp_path: Path) -> None:
    async with open_shop(tmp_path):
        with pytest.raises(TimeoutError):
            await ASK_STOCK.request(Pong(event="?"), {"item": "lamp"}, timeout=0.05)


@awaited
async def test_a_problem_that_comes_as_an_answer_is_raised(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as bench:

        async def stock(address: str, body: bytes, headers: Any) -> None:
            ids = {
                "correlation-id": headers["correlation-id"],
                "content-type": "application/problem+json",
            }
            problem = {"title": "Gone", "status": 410, "code": "gone", "detail": "No."}
            await bench.broker.publish(
                headers["reply-to"], json.dumps(problem).encode(), ids
            )

        await bench.broker.subscribe("stock.{item}.asked", "stock", stock)
        with pytest.raises(MessageFailed, match="No.") as raised:
            await ASK_STOCK.request(Pong(event="?"), {"item": "lamp"}, timeout=10.0)
    assert (raised.value.code, raised.value.status) == ("gone", 410)


@pytest.mark.parametrize("value", ["", "a/b", "a b", "*", "#", "a.b", "x.dead", "{y}"])
def test_a_parameter_cannot_lead_elsewhere(tmp_path: Path, value: str) -> None:
    @awaited
    async def check() -> None:
        async with open_shop(tmp_path):
            with pytest.raises(ValueError, match="item"):
                await ASK_STOCK.request(Pong(event="?"), {"item": value})

    check()


@awaited
async def test_a_publisher_is_found_from_another_thread(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as bench:
        alerts = await bench.listen("lights/1/alerts")

        def elsewhere() -> None:
            asyncio.run(ALERT.send(Measured(lumens=1), {"id": "1"}))

        thread = threading.Thread(target=elsewhere)
        thread.start()
        await until(lambda: bool(alerts))
        thread.join()


def test_nothing_can_be_published_where_no_service_runs() -> None:
    with pytest.raises(RuntimeError, match="while the service runs"):
        asyncio.run(ALERT.send(Measured(lumens=1), {"id": "1"}))


@awaited
async def test_messages_wait_for_the_first_group_and_reach_every_group() -> None:
    broker = MemoryBroker()
    got: dict[str, list[bytes]] = {"a": [], "b": []}

    async def a(address: str, body: bytes, headers: Any) -> None:
        got["a"].append(body)

    async def b(address: str, body: bytes, headers: Any) -> None:
        got["b"].append(body)

    await broker.publish("x/1", b"early", {})
    await broker.subscribe("x/{n}", "a", a)
    await broker.subscribe("x/{n}", "b", b)
    await broker.publish("x/2", b"late", {})
    await until(lambda: got == {"a": [b"early", b"late"], "b": [b"late"]})


@awaited
async def test_the_members_of_a_group_compete() -> None:
    broker = MemoryBroker()
    taken: list[str] = []

    async def first(address: str, body: bytes, headers: Any) -> None:
        taken.append(f"first {body.decode()}")
        await asyncio.sleep(0.01)

    async def second(address: str, body: bytes, headers: Any) -> None:
        taken.append(f"second {body.decode()}")
        await asyncio.sleep(0.01)

    await broker.subscribe("x", "group", first, 1)
    leave = await broker.subscribe("x", "group", second, 1)
    for number in range(10):
        await broker.publish("x", str(number).encode(), {})
    await until(lambda: len(taken) == 10)
    assert sorted(one.split()[1] for one in taken) == sorted(map(str, range(10)))
    assert {one.split()[0] for one in taken} == {"first", "second"}
    await leave()
    for number in range(5):
        await broker.publish("x", "after".encode(), {})
    await until(lambda: len(taken) == 15)
    assert {one for one in taken if "after" in one} == {"first after"}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["a.b"], ("a.b", None)),
        (["a.b", "--limit", "3"], ("a.b", 3)),
        (["--limit", "3", "a.b"], ("a.b", 3)),
    ],
)
def test_replay_reads_its_arguments(
    arguments: list[str], expected: tuple[str, int | None]
) -> None:
    assert asked_for(arguments) == expected


def test_replay_is_a_command_of_the_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = create_app(Shop(), tmp_path, "memory://")
    for arguments, code, said in [
        (["replay"], 2, "expected ADDRESS [--limit N]"),
        (["replay", "ping.v3"], 1, "set BROKER_URL"),
        (["reply"], 2, "replay ADDRESS [--limit N]"),
    ]:
        with pytest.raises(SystemExit) as left:
            main(app, arguments)
        assert left.value.code == code
        assert said in capsys.readouterr().err


@pytest.mark.parametrize("url", ["smtp://localhost", "nothing", "amqp://u:p@localhost"])
def test_a_broker_that_nothing_carries_is_named(tmp_path: Path, url: str) -> None:
    @awaited
    async def check() -> None:
        async with create_app(Shop(), tmp_path, url).running():
            pass

    with pytest.raises(CannotStart, match="memory://") as raised:
        check()
    assert "u:p" not in str(raised.value)


def test_on_a_socket_the_sender_itself_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = Channel("chat", "chat/{room}", carrier="socket")
    pinged = Consumer(
        "ping",
        chat,
        (MessageKind("ping", Json(Ping)),),
        run_chat,
        reply=Replies(chat, (PONGED,)),
    )

    @awaited
    async def check() -> None:
        sockets = MemoryBroker()
        app = create_app(Shop(), tmp_path, f"memory://{uuid4()}")
        messaging = Messaging((pinged,), carriers={}, group="shop", sockets=sockets)
        app.parts = (storing, messaging)
        async with app.running():
            await until(lambda: not app.service.awaits)
            bench = Bench(app, app.service.handlers, sockets)
            answers = await bench.listen("socket:1")
            asked = {"reply-to": "socket:1", "correlation-id": "c1"}
            await bench.send("chat/lamps", {"event": "hi"}, **asked)
            await bench.send("chat/lamps", {"event": 7}, **asked)
            await until(lambda: len(answers) == 2)
        told = sorted(json.loads(body).get("status", 0) for _, body, _ in answers)
        assert told == [0, 422]
        assert {headers["correlation-id"] for _, _, headers in answers} == {"c1"}

    check()


async def run_chat(handlers: Shop, incoming: Incoming) -> object:
    body, message = incoming.take(MessageKind[Ping]("ping", Json(Ping)))
    return Pong(event=f"{incoming.parameter('room')} {body.event}")
