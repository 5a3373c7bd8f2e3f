"""WebSocket channels: the service's end, the client's end, and foreign ones."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from channel_services import World, served
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from runtime.carrier import CannotConnect
from runtime.message_frames import opened, packed, plain
from runtime.socket_client_carrier import SocketClientCarrier
from tests.browsing import browsing


@pytest.fixture
def world() -> Iterator[World]:
    with served() as running:
        yield running


def dial(world: World, path: str, **options: Any) -> ClientConnection:
    return connect(f"ws://{world.url}{path}", proxy=None, **options)


def refusal(world: World, path: str, **options: Any) -> int:
    with pytest.raises(InvalidStatus) as error:
        with dial(world, path, **options):
            pass
    return error.value.response.status_code


def closed(connection: ClientConnection) -> int | None:
    try:
        while True:
            connection.recv(20)
    except ConnectionClosed as end:
        return end.rcvd.code if end.rcvd else None


def eventually(world: World, count: int) -> None:
    """Waits until so many messages were delivered."""

    async def wait() -> None:
        while len(world.heard) < count:
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(wait(), 10))


def test_a_frame_is_a_message_at_the_address_of_its_socket(world: World) -> None:
    with dial(world, "/rooms/a%20b") as socket:
        socket.send('{"move": 1}')
        socket.send(b"\x00\xff")
        eventually(world, 2)
    (address, body, headers), (_, other, _) = world.heard
    assert (address, body, other) == ("/rooms/a b", b'{"move": 1}', b"\x00\xff")
    assert headers["reply-to"].startswith("socket:")


def test_what_is_published_reaches_every_socket_of_the_address(world: World) -> None:
    with dial(world, "/rooms/1") as one, dial(world, "/rooms/1") as two:
        with dial(world, "/rooms/2") as elsewhere:
            for socket in (one, two, elsewhere):
                socket.send("?")
                socket.recv(10)
            world.publish(world.sockets, "/rooms/1", b'{"n": 1}')
            world.publish(world.sockets, "/rooms/2", b"\xff")
            assert one.recv(10) == two.recv(10) == '{"n": 1}'
            assert elsewhere.recv(10) == b"\xff"


def test_a_reply_goes_to_the_socket_that_asked(world: World) -> None:
    with dial(world, "/rooms/1") as one, dial(world, "/rooms/1") as two:
        one.send("?one")
        two.send("?two")
        assert json.loads(one.recv(10))["you"] == "?one"
        assert json.loads(two.recv(10))["you"] == "?two"


def test_a_bad_message_is_told_as_a_problem_and_the_socket_stays(world: World) -> None:
    with dial(world, "/rooms/1") as socket:
        socket.send("bad")
        told = json.loads(socket.recv(10))
        assert (told["type"], told["status"]) == ("about:blank", 422)
        assert told["errors"][0]["code"] == "bad"
        socket.send("broken")
        assert json.loads(socket.recv(10))["status"] == 503
        socket.send("?")
        assert json.loads(socket.recv(10))["you"] == "?"


def test_the_frames_of_a_socket_are_handled_in_order(world: World) -> None:
    with dial(world, "/rooms/1") as socket:
        socket.send("slow")
        for number in range(50):
            socket.send(str(number))
        eventually(world, 1)
        world.call(world.slow.set)
        eventually(world, 51)
    assert [body for _, body, _ in world.heard[1:]] == [b"%d" % n for n in range(50)]


def test_headers_travel_between_two_that_know_how(world: World) -> None:
    with dial(world, "/rooms/1", subprotocols=["messages.v1"]) as socket:
        headers = {"correlation-id": "c1", "x-size": "3", "reply-to": "socket:other"}
        socket.send(packed(b"?", {**headers, "x-attempt": "9", "x-caller": "eve"}))
        body, back = opened(socket.recv(10))
        assert back["correlation-id"] == "c1"
        assert json.loads(body) == {"you": "?", "x": "3"}
        for bad in ("no line", "[]\n", '{"a": 1}\n', "[" * 60_000 + "\n"):
            socket.send(bad)
            told, _ = opened(socket.recv(10))
            assert json.loads(told)["status"] == 400
    _, _, heard = world.heard[0]
    assert heard["reply-to"] != "socket:other"
    assert not {"x-attempt", "x-caller"} & set(heard)


def test_the_query_that_the_binding_asks_for_is_checked(world: World) -> None:
    assert refusal(world, "/level") == 400
    assert refusal(world, "/level?level=x") == 400
    assert refusal(world, "/level?level=0") == 400
    with dial(world, "/level?level=2") as socket:
        socket.send("?")
        socket.recv(10)
    address, _, headers = world.heard[0]
    assert (address, headers["query-level"]) == ("level", "2")


def test_only_known_callers_come_to_a_secured_channel(world: World) -> None:
    assert refusal(world, "/vault") == 401
    assert refusal(world, "/vault", additional_headers={"x-key": "no"}) == 401
    with dial(world, "/vault", additional_headers={"x-key": "k1"}) as socket:
        socket.send("?")
        socket.recv(10)
    assert world.heard[0][2]["x-caller"] == "alice"


def test_strangers_are_not_let_in(world: World) -> None:
    assert refusal(world, "/rooms/1", origin=Origin("https://evil.example")) == 403
    assert refusal(world, "/nowhere") in (403, 404)


def test_the_size_and_the_number_of_what_comes_in_are_bounded() -> None:
    with served(max_body=1000, max_waiters=1) as world:
        with dial(world, "/rooms/1") as socket:
            with dial(world, "/rooms/1") as second:
                assert closed(second) == 1013
            socket.send("x" * 1001)
            assert closed(socket) == 1009


def test_who_does_not_listen_is_closed_and_nobody_waits_for_it(world: World) -> None:
    async def deaf() -> int | None:
        from websockets.asyncio.client import connect

        url = f"ws://{world.url}/rooms/1"
        body = json.dumps("x" * 100_000).encode()
        async with connect(url, proxy=None, max_queue=1, compression=None) as socket:
            await socket.send("?")
            await socket.recv()
            for _ in range(400):
                await asyncio.to_thread(world.publish, world.sockets, "/rooms/1", body)
            try:
                while True:
                    await socket.recv()
            except ConnectionClosed as end:
                return end.rcvd.code if end.rcvd else None

    assert asyncio.run(deaf()) == 4408


def test_when_the_service_stops_sockets_are_told_and_work_in_hand_ends() -> None:
    with served() as world:
        with dial(world, "/rooms/1") as socket:
            socket.send("slow")
            socket.send("after")
            eventually(world, 1)
            world.call(world.service.stop_streams)
            assert closed(socket) == 1012
            world.call(world.slow.set)
    assert [body for _, body, _ in world.heard] == [b"slow", b"after"]


class Ear:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.news: asyncio.Queue[tuple[str, bytes, Mapping[str, str]]] = asyncio.Queue()

    async def __call__(
        self, address: str, body: bytes, headers: Mapping[str, str]
    ) -> None:
        self.news.put_nowait((address, body, headers))

    async def next(self) -> tuple[str, bytes, Mapping[str, str]]:
        return await asyncio.wait_for(self.news.get(), 20)


INBOX = "me.inbox." + "0" * 32


def test_our_client_publishes_subscribes_and_asks_on_one_socket(world: World) -> None:
    async def converse() -> None:
        carrier = SocketClientCarrier(f"ws://{world.url}")
        await carrier.start()
        room, inbox = Ear(), Ear()
        await carrier.subscribe("/rooms/1", "a", room)
        await carrier.subscribe(INBOX, "a", inbox)
        headers = {"reply-to": INBOX, "correlation-id": "c", "x-size": "3"}
        await carrier.publish("/rooms/1", b"?", headers)
        _, body, told = await inbox.next()
        assert (json.loads(body)["x"], told["correlation-id"]) == ("3", "c")
        await asyncio.to_thread(
            world.publish, world.sockets, "/rooms/1", b"all", color="red"
        )
        assert await room.next() == ("/rooms/1", b"all", {"color": "red"})
        with pytest.raises(ValueError):
            await carrier.subscribe("/rooms/{room-id}", "a", room)
        with pytest.raises(CannotConnect):
            await carrier.subscribe("/vault", "a", room)
        await carrier.stop(1)

    asyncio.run(converse())


def test_the_query_of_the_services_url_goes_with_every_handshake(world: World) -> None:
    async def converse() -> None:
        carrier = SocketClientCarrier(f"ws://{world.url}?level=1", query={"level": "3"})
        await carrier.publish("/level", b"?", {})
        while not world.heard:
            await asyncio.sleep(0.01)
        await carrier.stop(1)

    asyncio.run(converse())
    assert world.heard[0][2]["query-level"] == "3"


def test_our_client_comes_back_when_the_service_does() -> None:
    async def converse() -> None:
        with served() as world:
            carrier = SocketClientCarrier(f"ws://{world.url}")
            room = Ear()
            await carrier.subscribe("/rooms/1", "a", room)
            port = int(world.url.rpartition(":")[2])
        with served(port) as world:
            while not world.heard:
                try:
                    await carrier.publish("/rooms/1", b"hello", {})
                except ConnectionError:
                    continue
                await asyncio.sleep(0.2)
            await asyncio.to_thread(world.publish, world.sockets, "/rooms/1", b"again")
            assert (await room.next())[1] == b"again"
            await carrier.stop(1)

    asyncio.run(converse())


def test_bodies_are_texts_where_they_are_said_to_be() -> None:
    assert plain(b"{}", {"content-type": "application/json"}) == "{}"
    assert plain(b"{}", {"content-type": "application/vnd.x+json; a=b"}) == "{}"
    assert plain(b"{}", {"content-type": "application/octet-stream"}) == b"{}"
    assert plain(b"\xff", {}) == b"\xff"


PAGE = """<!doctype html><title>A browser</title><script>
const socket = new WebSocket("ws://%s/rooms/browser");
socket.onopen = () => socket.send("?hello");
socket.onmessage = (event) => fetch("/told", {method: "POST", body: event.data});
</script>"""


def test_a_browser_speaks_to_a_channel(world: World, tmp_path: Path) -> None:
    told: Queue[bytes] = Queue()

    async def page(request: Request) -> HTMLResponse:
        return HTMLResponse(PAGE % world.url)

    async def tell(request: Request) -> Response:
        told.put(await request.body())
        return Response()

    routes = [Route("/page", page), Route("/told", tell, methods=["POST"])]
    world.app.router.routes.extend(routes)
    with browsing(f"http://{world.url}/page", tmp_path):
        assert b'"you": "?hello"' in told.get(timeout=60)
