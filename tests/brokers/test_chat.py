"""The chat example on NATS: two servers, people at each, and a plain nats-py program between them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import nats
import pytest
from conftest import BrokerOf
from emitted import Example, readiness
from servers import Nats, Server
from websockets.asyncio.client import ClientConnection, connect

pytestmark = pytest.mark.brokers


@pytest.fixture
def hub(broker_of: BrokerOf) -> Server:
    return broker_of(Nats)


@pytest.fixture
def rooms(hub: Server, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Where the sockets of two servers are."""
    with ExitStack() as running:
        urls = [
            running.enter_context(Example("chat", hub.url, tmp_path, group).ready())
            for group in ("left", "right")
        ]
        left, right = (url.replace("http", "ws", 1) + "/rooms" for url in urls)
        yield left, right


async def line(socket: ClientConnection) -> dict[str, object]:
    """The next frame."""
    async with asyncio.timeout(20):
        found: dict[str, object] = json.loads(await socket.recv())
    return found


def test_what_is_said_at_one_server_is_heard_at_both(rooms: tuple[str, str]) -> None:
    async def go() -> None:
        left, right = rooms
        async with connect(f"{left}/hall") as ada, connect(f"{right}/hall") as bob:
            await ada.send(json.dumps({"type": "say", "name": "Ada", "text": "Hello"}))
            for person in (ada, bob):
                heard = await line(person)
                assert (heard["name"], heard["text"]) == ("Ada", "Hello")
            await bob.send(json.dumps({"type": "who", "id": "w1"}))
            assert await line(bob) == {"type": "people", "id": "w1", "names": ["Ada"]}

    asyncio.run(go())


def test_a_program_on_nats_hears_and_is_heard(
    rooms: tuple[str, str], hub: Server
) -> None:
    async def go() -> None:
        left, right = rooms
        client = await nats.connect(hub.url)
        ear = await client.subscribe("chat.rooms.*")
        await client.flush()
        async with connect(f"{left}/den") as ada, connect(f"{right}/den") as bob:
            said = {
                "type": "line",
                "name": "Bot",
                "text": "Hi",
                "said": "2026-05-01T08:00:00Z",
            }
            await client.publish("chat.rooms.den", json.dumps(said).encode())
            assert [(await line(one))["name"] for one in (ada, bob)] == ["Bot", "Bot"]
            await ear.next_msg(20)
            await ada.send(json.dumps({"type": "say", "name": "Ada", "text": "Ah"}))
            message = await ear.next_msg(20)
        await client.drain()
        assert message.subject == "chat.rooms.den"
        assert json.loads(message.data)["text"] == "Ah"

    asyncio.run(go())


def test_a_line_that_is_none_is_kept_and_the_next_one_is_heard(
    rooms: tuple[str, str], hub: Server
) -> None:
    async def go() -> None:
        client = await nats.connect(hub.url)
        async with connect(f"{rooms[0]}/attic") as ada:
            await client.publish("chat.rooms.attic", b"{}")
            said = {
                "type": "line",
                "name": "Bot",
                "text": "Hi",
                "said": "2026-05-01T08:00:00Z",
            }
            await client.publish("chat.rooms.attic", json.dumps(said).encode())
            assert (await line(ada))["name"] == "Bot"
        kept = await client.jetstream().pull_subscribe(
            "chat.rooms.attic.dead", "reader", stream="messages"
        )
        # Each server's group has its own copy, and so its own dead letter.
        letters = await kept.fetch(2, 20)
        await client.drain()
        problems = [json.loads((one.headers or {})["x-problem"]) for one in letters]
        assert {problem["status"] for problem in problems} == {422}

    asyncio.run(go())


def test_a_service_that_is_there_before_its_broker_waits_for_it(
    hub: Server, tmp_path: Path
) -> None:
    chat = Example("chat", hub.url, tmp_path)
    hub.stop()
    try:
        with chat.running() as url:
            assert readiness(url) == 503
            hub.start()
            chat.until_ready(url)
    finally:
        if not hub.processes:
            hub.start()
