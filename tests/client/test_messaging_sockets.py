"""The client of messages over WebSocket and HTTP, against servers that nobody of ours wrote."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from building import HERE, importable, write_client

Playing = Callable[[ServerConnection, dict[str, Any]], Awaitable[None]]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The package table_client."""
    folder: Path = tmp_path_factory.mktemp("table")
    write_client(HERE / "table.yaml", "table_client", folder)
    with importable(folder, "table_client"):
        import table_client

        yield table_client


class Server:
    """A plain server of the game."""

    def __init__(self, playing: Playing) -> None:
        self.playing = playing
        self.sockets: list[ServerConnection] = []
        self.port = 0

    async def talk(self, socket: ServerConnection) -> None:
        self.sockets.append(socket)
        with suppress(ConnectionClosed):
            async for frame in socket:
                await self.playing(socket, json.loads(frame))


@asynccontextmanager
async def playing(table: Any, how: Playing) -> AsyncIterator[tuple[Any, Server]]:
    server = Server(how)
    async with serve(server.talk, "127.0.0.1", 0) as listening:
        server.port = next(iter(listening.sockets)).getsockname()[1]
        url = f"ws://127.0.0.1:{server.port}"
        async with table.Client(url, timeout=10) as client:
            yield client, server


def run(test: Any) -> None:
    asyncio.run(asyncio.wait_for(test, 30))


async def silent(socket: ServerConnection, frame: dict[str, Any]) -> None:
    """Say nothing."""


def test_a_reply_is_found_by_the_id_in_its_payload(table: Any) -> None:
    async def how(socket: ServerConnection, frame: dict[str, Any]) -> None:
        await socket.send('{"kind": "state", "turn": 1}')
        moved = {"kind": "moved", "ok": frame["to"] == "e4", "id": frame["id"]}
        await socket.send(json.dumps(moved))

    async def test() -> None:
        async with playing(table, how) as (client, server):
            moves = [table.models.Move(kind="move", to=to) for to in ("e4", "e5")]
            told = await asyncio.gather(*(client.move("t-1", one) for one in moves))
            assert [one.ok for one in told] == [True, False]
            assert server.sockets[0].request is not None
            assert server.sockets[0].request.path == "/tables/t-1"
            assert len(server.sockets) == 1

    run(test())


def test_a_reply_without_any_id_is_the_next_one_of_its_kind(table: Any) -> None:
    async def how(socket: ServerConnection, frame: dict[str, Any]) -> None:
        await socket.send('{"kind": "state", "turn": 1}')
        await socket.send(f'{{"kind": "seen", "cards": {len(cards)}}}')
        cards.append(frame)

    cards: list[dict[str, Any]] = []

    async def test() -> None:
        async with playing(table, how) as (client, _):
            look = table.models.Look(kind="look")
            assert (await client.look("t-1", look)).cards == 0
            assert (await client.look("t-1", look)).cards == 1

    run(test())


def test_a_problem_on_the_socket_is_raised_by_the_call_that_it_is_about(
    table: Any,
) -> None:
    async def how(socket: ServerConnection, frame: dict[str, Any]) -> None:
        problem = {"type": "about:blank", "title": "Not your turn", "status": 409}
        await socket.send(json.dumps(problem))

    async def test() -> None:
        async with playing(table, how) as (client, _):
            move = table.models.Move(kind="move", to="e4")
            with pytest.raises(table.errors.MessageRefused, match="Not your turn"):
                await client.move("t-1", move)

    run(test())


def test_what_is_told_to_all_at_a_table_comes_as_messages(table: Any) -> None:
    async def test() -> None:
        async with playing(table, silent) as (client, server):
            async with client.state(table_id="t-1") as states:
                for turn in range(3):
                    frame = json.dumps({"kind": "state", "turn": turn})
                    await server.sockets[0].send(frame)
                turns = [(await anext(states)).body.turn for _ in range(3)]
                assert turns == [0, 1, 2]

    run(test())


def test_a_call_can_be_made_while_a_message_is_being_handled(table: Any) -> None:
    async def how(socket: ServerConnection, frame: dict[str, Any]) -> None:
        await socket.send(f'{{"kind": "moved", "ok": true, "id": "{frame["id"]}"}}')

    async def test() -> None:
        async with playing(table, how) as (client, server):
            async with client.state(table_id="t-1") as states:
                for _ in range(20):
                    await server.sockets[0].send('{"kind": "state", "turn": 1}')
                await anext(states)
                move = table.models.Move(kind="move", to="e4")
                assert (await client.move("t-1", move)).ok

    run(test())


def test_a_broken_socket_is_opened_again_and_the_messages_go_on(table: Any) -> None:
    async def test() -> None:
        async with playing(table, silent) as (client, server):
            async with client.state(table_id="t-1") as states:
                await server.sockets[0].send('{"kind": "state", "turn": 1}')
                assert (await anext(states)).body.turn == 1
                await server.sockets[0].close(1012)
                while len(server.sockets) < 2:
                    await asyncio.sleep(0.01)
                await server.sockets[1].send('{"kind": "state", "turn": 2}')
                assert (await anext(states)).body.turn == 2

    run(test())


def test_a_server_that_refuses_is_an_error(table: Any) -> None:
    def refuse(socket: ServerConnection, request: Request) -> Response:
        return socket.respond(403, "not you")

    async def test() -> None:
        async with serve(
            Server(silent).talk, "127.0.0.1", 0, process_request=refuse
        ) as listening:
            port = next(iter(listening.sockets)).getsockname()[1]
            async with table.Client(f"ws://127.0.0.1:{port}") as client:
                with pytest.raises(table.errors.ConnectionFailed, match="403"):
                    async with client.state(table_id="t-1"):
                        pass

    run(test())


def test_headers_go_with_the_handshake(table: Any) -> None:
    async def test() -> None:
        async with playing(table, silent) as (_, server):
            url = f"ws://127.0.0.1:{server.port}"
            told = {"Authorization": "Bearer t"}
            async with table.Client(url, headers=told, query={"seat": "2"}) as client:
                async with client.state(table_id="t-1"):
                    request = server.sockets[0].request
                    assert request is not None
                    assert request.headers["Authorization"] == "Bearer t"
                    assert request.path == "/tables/t-1?seat=2"

    run(test())


EVENTS = b"""HTTP/1.1 200 OK
content-type: text/event-stream
connection: close

data: {"text": "one"}

data: {"text": "two"}

"""


async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Two events for whoever reads the news; 204 or a problem for whoever brings some."""
    head = await reader.readuntil(b"\r\n\r\n")
    if head.startswith(b"GET /news "):
        writer.write(EVENTS.replace(b"\n", b"\r\n"))
        await writer.drain()
        await reader.read()
    else:
        told = b"204 No Content" if b"/news" in head else b"404 Not Found"
        writer.write(b"HTTP/1.1 " + told + b"\r\nconnection: close\r\n\r\n")
    writer.close()


def test_events_over_http_come_as_messages_and_tips_are_posted(table: Any) -> None:
    async def test() -> None:
        server = await asyncio.start_server(answering, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server:
            news = f"http://127.0.0.1:{port}"
            async with table.Client("ws://127.0.0.1:1", http=news) as client:
                await client.tip(table.models.Headline(text="psst"))
                async with client.headlines() as headlines:
                    texts = [(await anext(headlines)).body.text for _ in range(2)]
                    assert texts == ["one", "two"]
            async with table.Client("ws://127.0.0.1:1", http=f"{news}/no") as client:
                with pytest.raises(table.errors.ConnectionFailed):
                    async with client.headlines():
                        pass

    run(test())
