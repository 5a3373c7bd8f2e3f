"""What becomes of a message: handled once, answered, tried again, or given up with its history."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from messaging_shop import (
    ALERT,
    PING,
    PING_REQUEST,
    PONGED,
    Bench,
    Measured,
    Ping,
    Pong,
    Shop,
    Work,
    awaited,
    open_shop,
    until,
)
from runtime.address import DEAD
from runtime.consumer import Replies
from runtime.contents import Binary, Json
from runtime.incoming import Incoming
from runtime.message import Message, MessageFailed
from runtime.message_kind import MessageKind
from runtime.replaying import replay
from runtime.store import Store

C1 = {"correlationId": "c1"}


class Flash(Ping):
    lumens: int


SEVERAL: tuple[MessageKind[Any], ...] = (
    MessageKind("raw", Binary()),
    MessageKind("ping", Json(Ping)),
    MessageKind("flash", Json(Flash)),
    MessageKind("measured", Json(Measured)),
)
Box = list[tuple[str, bytes, Mapping[str, str]]]


def failing(times: int, error: Exception | None = None) -> Work:
    """A handler that raises so often, and then answers."""
    left = [times]

    async def work(body: Any, message: Message[Any]) -> object:
        if left[0]:
            left[0] -= 1
            raise error or ValueError("no lamps")
        return Pong(event=body.event)

    return work


async def rows(bench: Bench, table: str) -> int:
    """How many rows a table has."""
    store = bench.app.service.part(Store)
    query = text(f"SELECT count(*) FROM {table}")
    return int(await store.read(lambda db: db.execute(query).scalar_one()))


@awaited
async def test_a_request_is_answered_with_its_correlation_id(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as bench:
        pongs = await bench.listen("pong.v3")
        await bench.send("ping.v3", {"event": "hi"}, id="m1", **C1)
        await until(lambda: len(pongs) == 1)
    _, body, headers = pongs[0]
    assert json.loads(body) == {"event": "hi"}
    assert headers["correlation-id"] == "c1"
    assert headers["content-type"] == "application/json"
    assert headers["message-id"].startswith("msg_")


@awaited
async def test_a_handler_sees_typed_headers_and_what_comes_with_the_body(
    tmp_path: Path,
) -> None:
    async with open_shop(tmp_path) as bench:
        headers = {**C1, "x-retries": "3", "traceparent": "00-1-2-01"}
        await bench.send("ping.v3", {"event": "hi"}, id="m1", **headers)
        await until(lambda: bool(bench.shop.taken))
    body, message = bench.shop.taken[0]
    assert (body.event, message.id, message.address) == ("hi", "m1", "ping.v3")
    assert (message.headers.correlation_id, message.headers.retries) == ("c1", 3)
    assert (message.attempt, message.traceparent) == (1, "00-1-2-01")


@awaited
async def test_one_address_may_bring_several_kinds(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as bench:
        await bench.send("lights/lamp.1/measured", {"lumens": 7})
        await bench.send("lights/lamp.1/seen", {"percentage": 50})
        await until(lambda: len(bench.shop.taken) == 2)
    assert {type(body).__name__ for body, _ in bench.shop.taken} == {
        "Measured",
        "Dimmed",
    }
    assert bench.shop.taken[0][1].parameters["id"] == "lamp.1"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"lumens": 3}', Measured(lumens=3)),
        (b'{"event": "on"}', Ping(event="on")),
        (b'{"event": "on", "lumens": 3}', Flash(event="on", lumens=3)),
        (b"\0\1", b"\0\1"),
    ],
)
def test_a_message_is_the_kind_that_knows_most_of_it(
    body: bytes, expected: object
) -> None:
    incoming = Incoming("m1", PING, "ping.v3", body, {})
    assert incoming.take(*SEVERAL)[0] == expected


@awaited
async def test_a_value_that_the_address_may_not_have_is_refused(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as bench:
        dead = await bench.listen("lights/1/broken.dead")
        await bench.send("lights/1/broken", {"lumens": 7})
        await until(lambda: len(dead) == 1)
    assert json.loads(dead[0][2]["x-problem"])["errors"][0]["in"] == "address"


@awaited
async def test_a_handler_that_raises_is_called_again(tmp_path: Path) -> None:
    async with open_shop(tmp_path, Shop(failing(2))) as bench:
        pongs = await bench.listen("pong.v3")
        await bench.send("ping.v3", {"event": "hi"}, id="m1", **C1)
        await until(lambda: len(pongs) == 1)
    assert [message.attempt for _, message in bench.shop.taken] == [1, 2, 3]
    assert {message.id for _, message in bench.shop.taken} == {"m1"}


@awaited
async def test_spent_attempts_make_a_dead_letter_with_its_history(
    tmp_path: Path,
) -> None:
    async with open_shop(tmp_path, Shop(failing(9))) as bench:
        dead = await bench.listen("ping.v3.dead")
        pongs = await bench.listen("pong.v3")
        await bench.send("ping.v3", {"event": "hi"}, id="m1", **C1)
        await until(lambda: len(dead) == 1 and len(pongs) == 1)
        await asyncio.sleep(0.1)
    assert len(bench.shop.taken) == 3
    _, body, headers = dead[0]
    assert (json.loads(body), headers["message-id"]) == ({"event": "hi"}, "m1")
    assert headers["x-first-address"] == "ping.v3"
    history = json.loads(headers["x-history"])
    assert [entry["attempt"] for entry in history] == [1, 2, 3]
    assert history[0]["error"] == "ValueError: no lamps"
    assert "no lamps" not in headers["x-problem"]
    assert pongs[0][2]["content-type"] == "application/problem+json"


@awaited
async def test_a_message_that_is_given_up_is_not_tried_again(tmp_path: Path) -> None:
    work = failing(9, MessageFailed("no_stock", "There are no lamps left."))
    async with open_shop(tmp_path, Shop(work)) as bench:
        dead = await bench.listen("ping.v3.dead")
        await bench.send("ping.v3", {"event": "hi"}, id="m1", **C1)
        await until(lambda: len(dead) == 1)
    assert len(bench.shop.taken) == 1
    problem = json.loads(dead[0][2]["x-problem"])
    assert (problem["code"], problem["detail"]) == (
        "no_stock",
        "There are no lamps left.",
    )


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        pytest.param(b"{nope", C1, 400, id="no JSON"),
        pytest.param(b"", C1, 400, id="empty"),
        pytest.param(b"\xff\xfe", C1, 400, id="no text"),
        pytest.param(b'{"event": 7}', C1, 422, id="wrong schema"),
        pytest.param(b'{"event": "hi"}', {}, 422, id="missing header"),
        pytest.param(
            b'{"event": "hi"}', {**C1, "x-retries": "many"}, 422, id="wrong header"
        ),
        pytest.param(b'"' + b"x" * 10_000_000 + b'"', C1, 413, id="10 MB"),
        pytest.param(b"[" * 100_000, C1, 400, id="deep"),
    ],
)
def test_a_bad_message_costs_a_dead_letter_and_the_consumer_lives(
    tmp_path: Path, body: bytes, headers: dict[str, str], status: int
) -> None:
    @awaited
    async def check() -> None:
        async with open_shop(tmp_path, max_body=1 << 20) as bench:
            dead = await bench.listen("ping.v3.dead")
            await bench.send("ping.v3", body, id="bad", **headers)
            await bench.send("ping.v3", {"event": "hi"}, id="good", **C1)
            await until(lambda: bool(dead) and bool(bench.shop.taken))
            assert dead[0][1] == body
            assert json.loads(dead[0][2]["x-problem"])["status"] == status
            assert bench.shop.taken[0][1].id == "good"

    check()


@awaited
async def test_a_violation_says_where_it_is(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as bench:
        dead = await bench.listen("ping.v3.dead")
        await bench.send("ping.v3", {"event": 7}, id="m1")
        await until(lambda: bool(dead))
    errors = json.loads(dead[0][2]["x-problem"])["errors"]
    assert [one.get("pointer", one.get("parameter")) for one in errors] == [
        "#/event",
        "correlationId",
    ]


@awaited
async def test_a_problem_is_not_answered_with_a_problem(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as bench:
        pongs = await bench.listen("pong.v3")
        told = {"content-type": "application/problem+json", **C1}
        await bench.send("ping.v3", {"status": 422}, id="told", **told)
        await bench.send("ping.v3", {"event": "hi"}, id="good", **C1)
        await until(lambda: bool(pongs))
    assert [json.loads(body) for _, body, _ in pongs] == [{"event": "hi"}]


@awaited
async def test_replies_that_come_where_requests_come_are_left_to_who_asked(
    tmp_path: Path,
) -> None:
    shared = replace(PING_REQUEST, reply=Replies(PING, (PONGED,)))
    async with open_shop(tmp_path, consumers=(shared,)) as bench:
        seen, dead = await bench.listen("ping.v3"), await bench.listen("ping.v3.dead")
        await bench.send("ping.v3", {"event": "one"}, id="m1", **C1)
        await until(lambda: len(seen) == 2)
        await bench.send("ping.v3", {"event": "two"}, id="m2", **C1)
        await until(lambda: len(seen) == 4)
    assert [message.id for _, message in bench.shop.taken] == ["m1", "m2"]
    assert dead == []


@awaited
async def test_a_message_delivered_twice_is_handled_once(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as bench:
        pongs = await bench.listen("pong.v3")
        for _ in range(5):
            await bench.send("ping.v3", {"event": "hi"}, id="m1", **C1)
        await bench.send("ping.v3", {"event": "last"}, id="m2", **C1)
        await until(lambda: len(pongs) == 2)
        await asyncio.sleep(0.05)
        assert len(bench.shop.taken) == 2 and len(pongs) == 2
    async with open_shop(tmp_path) as bench:
        # Another process knows it from the database.
        await bench.send("ping.v3", {"event": "hi"}, id="m1", **C1)
        await bench.send("ping.v3", {"event": "new"}, id="m3", **C1)
        await until(lambda: bool(bench.shop.taken))
        assert [message.id for _, message in bench.shop.taken] == ["m3"]


@awaited
async def test_what_a_failing_handler_publishes_is_not_sent(tmp_path: Path) -> None:
    tries: list[int] = []

    async def work(body: Any, message: Message[Any]) -> object:
        await ALERT.send(Measured(lumens=message.attempt), {"id": "1"})
        tries.append(message.attempt)
        if message.attempt < 3:
            raise ValueError("not yet")
        return None

    async with open_shop(tmp_path, Shop(light=work)) as bench:
        alerts = await bench.listen("lights/1/alerts")
        await bench.send("lights/1/measured", {"lumens": 7}, id="m1")
        await until(lambda: bool(alerts))
        await asyncio.sleep(0.1)
        assert await rows(bench, "outgoing") == 0
    assert tries == [1, 2, 3]
    assert [json.loads(body) for _, body, _ in alerts] == [{"lumens": 3}]


@awaited
async def test_a_trace_goes_on_with_what_a_handler_publishes(tmp_path: Path) -> None:
    async def work(body: Any, message: Message[Any]) -> object:
        await ALERT.send(Measured(lumens=1), {"id": "1"})
        return None

    async with open_shop(tmp_path, Shop(light=work)) as bench:
        alerts = await bench.listen("lights/1/alerts")
        await bench.send("lights/1/seen", {"lumens": 7}, traceparent="00-a-b-01")
        await until(lambda: bool(alerts))
    assert alerts[0][2]["traceparent"] == "00-a-b-01"


@awaited
async def test_another_groups_second_attempt_is_none_of_ours(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as bench:
        await bench.send("ping.v3", {"event": "theirs"}, x_group="other", **C1)
        await bench.send("ping.v3", {"event": "ours"}, **C1)
        await until(lambda: bool(bench.shop.taken))
        await asyncio.sleep(0.05)
    assert [body.event for body, _ in bench.shop.taken] == ["ours"]


@awaited
async def test_a_handler_past_its_deadline_has_failed(tmp_path: Path) -> None:
    async def work(body: Any, message: Message[Any]) -> object:
        await asyncio.sleep(60)
        return None

    quick = replace(PING_REQUEST.policy, deadline=0.05, attempts=1)
    consumer = replace(PING_REQUEST, policy=quick)
    async with open_shop(tmp_path, Shop(work), (consumer,)) as bench:
        dead = await bench.listen("ping.v3.dead")
        await bench.send("ping.v3", {"event": "hi"}, id="m1", **C1)
        await until(lambda: bool(dead))
    assert json.loads(dead[0][2]["x-problem"])["code"] == "deadline_exceeded"


@awaited
async def test_a_handler_cannot_end_the_service(tmp_path: Path) -> None:
    async def work(body: Ping, message: Message[Any]) -> object:
        if body.event == "exit":
            raise SystemExit(3)
        if body.event == "cancel":
            raise asyncio.CancelledError
        return Pong(event=body.event)

    async with open_shop(tmp_path, Shop(work)) as bench:
        dead = await bench.listen("ping.v3.dead")
        pongs = await bench.listen("pong.v3")
        await bench.send("ping.v3", {"event": "exit"}, id="m1", **C1)
        await bench.send("ping.v3", {"event": "cancel"}, id="m2", **C1)
        await until(lambda: len(dead) == 2)
        await bench.send("ping.v3", {"event": "hi"}, id="m3", **C1)
        await until(lambda: any(b"hi" in body for _, body, _ in pongs))


@awaited
async def test_an_undeclared_reply_is_the_handlers_failure(tmp_path: Path) -> None:
    async def work(body: Any, message: Message[Any]) -> object:
        return Measured(lumens=1)

    async with open_shop(tmp_path, Shop(work)) as bench:
        dead = await bench.listen("ping.v3.dead")
        await bench.send("ping.v3", {"event": "hi"}, id="m1", **C1)
        await until(lambda: bool(dead))


@awaited
async def test_dead_letters_can_be_taken_back(tmp_path: Path) -> None:
    async with open_shop(tmp_path, Shop(failing(3))) as bench:
        pongs = await bench.listen("pong.v3")
        await bench.send("ping.v3", {"event": "hi"}, id="m1", **C1)
        await until(lambda: len(pongs) == 1)
        assert await replay(bench.broker, "ping.v3", "shop") == 1
        await until(lambda: len(pongs) == 2)
    assert json.loads(pongs[1][1]) == {"event": "hi"}
    last = bench.shop.taken[-1][1]
    assert (last.attempt, last.id) == (1, "m1")
    assert len(json.loads(last.received["x-history"])) == 3
    assert "x-problem" not in last.received


@awaited
async def test_only_so_many_dead_letters_are_taken_back(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as bench:
        for number in range(5):
            await bench.send("elsewhere" + DEAD, {"number": number})
        back = await bench.listen("elsewhere")
        assert await replay(bench.broker, "elsewhere", "shop", 2) == 2
        await asyncio.sleep(0.05)
        assert len(back) == 2
        assert await replay(bench.broker, "elsewhere", "shop") == 3
