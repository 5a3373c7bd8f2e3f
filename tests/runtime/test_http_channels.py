"""HTTP and SSE channels: the service's end, the client's end, and foreign ones."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator, Mapping

import httpx
import pytest
from channel_services import World, served
from httpx_sse import connect_sse

from runtime.carrier import CannotConnect, Undelivered
from runtime.feed import REMEMBERED, Feeds
from runtime.http_client_carrier import HttpClientCarrier

KEY = {"x-key": "k1"}
INBOX = "me.inbox." + "0" * 32


@pytest.fixture
def world() -> Iterator[World]:
    with served(heartbeat=0.2) as running:
        yield running


@pytest.fixture
def http(world: World) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=f"http://{world.url}", timeout=20, trust_env=False
    ) as client:
        yield client


def test_a_request_is_a_message(world: World, http: httpx.Client) -> None:
    headers = {
        "content-type": "application/json",
        "x-size": "3",
        "x-attempt": "7",
        "x-caller": "eve",
        "authorization": "Bearer secret",
        "idempotency-key": '"k"',
    }
    answer = http.put("/v1/orders", content=b"{}", headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    ((address, body, heard),) = world.heard
    assert (address, body) == ("/orders", b"{}")
    assert heard["x-size"] == "3" and heard["message-id"] == "k"
    assert heard["content-type"] == "application/json"
    assert not {"authorization", "x-attempt", "x-caller", "host"} & set(heard)
    assert http.post("/v1/orders").status_code == 405


def test_the_reply_is_the_answer(http: httpx.Client) -> None:
    answer = http.put("/v1/orders", content="?", headers={"correlation-id": "c"})
    assert answer.status_code == 200
    assert answer.json()["you"] == "?"
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["correlation-id"] == "c"


def test_what_is_wrong_with_a_message_is_the_answer(http: httpx.Client) -> None:
    bad = http.put("/v1/orders", content="bad")
    assert bad.status_code == 422 and bad.json()["errors"][0]["code"] == "bad"
    broken = http.put("/v1/orders", content="broken")
    assert broken.status_code == 503 and broken.headers["retry-after"]
    assert "broken" not in broken.text


def test_a_body_that_is_too_big_is_not_read() -> None:
    with served(max_body=1000) as world:
        url = f"http://{world.url}/v1/orders"
        assert httpx.put(url, content=b"x" * 1001, trust_env=False).status_code == 413
        assert not world.heard


def test_only_known_callers_send_and_listen(world: World, http: httpx.Client) -> None:
    assert http.post("/safe").status_code == http.get("/safe").status_code == 401
    assert http.post("/safe", headers=KEY).status_code == 204
    assert world.heard[0][2]["x-caller"] == "alice"
    assert "x-key" not in world.heard[0][2]


def test_what_is_published_is_an_event_at_its_address(
    world: World, http: httpx.Client
) -> None:
    with connect_sse(http, "GET", "/ticker/a%20b") as source:
        assert source.response.headers["cache-control"] == "no-store"
        world.publish(world.http, "/ticker/other", b"{}")
        world.publish(world.http, "/ticker/a b", b'{"n":\n 1}', color="red")
        event = next(source.iter_sse())
    assert event.event == "message" and event.json() == {"n": 1}


def test_an_address_is_utf_8(http: httpx.Client) -> None:
    assert http.get("/ticker/%FF").status_code == 400


def test_who_comes_back_is_told_what_it_missed(
    world: World, http: httpx.Client
) -> None:
    with connect_sse(http, "GET", "/ticker/x") as source:
        world.publish(world.http, "/ticker/x", b"1")
        first = next(source.iter_sse())
    for number in (b"2", b"3"):
        world.publish(world.http, "/ticker/x", number)
    headers = {"Last-Event-ID": first.id}
    with connect_sse(http, "GET", "/ticker/x", headers=headers) as source:
        missed = list(itertools.islice(source.iter_sse(), 2))
    assert [event.data for event in missed] == ["2", "3"]
    assert int(first.id) < int(missed[0].id) < int(missed[1].id)


def test_an_idle_stream_shows_that_it_is_alive(http: httpx.Client) -> None:
    with http.stream("GET", "/ticker/x") as response:
        for text in response.iter_text():
            if ": alive" in text:
                break


def test_streams_are_bounded_and_those_who_left_are_forgotten() -> None:
    with served(max_waiters=1, heartbeat=0.05) as world:
        with httpx.Client(
            base_url=f"http://{world.url}", trust_env=False, timeout=20
        ) as http:

            def turned_away() -> bool:
                with http.stream("GET", "/ticker/x") as response:
                    return response.status_code == 503

            with http.stream("GET", "/ticker/x"):
                eventually(turned_away)
            eventually(lambda: not turned_away())


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_streams_end_when_the_service_stops() -> None:
    with served() as world:
        with httpx.Client(trust_env=False, timeout=20) as http:
            with http.stream("GET", f"http://{world.url}/ticker/x") as response:
                pieces = response.iter_raw()
                next(pieces)
                world.call(world.service.stop_streams)
                assert list(pieces) == []


def test_a_feed_remembers_so_much_and_no_more() -> None:
    async def listen() -> list[bytes]:
        feeds = Feeds()
        for number in range(REMEMBERED + 5):
            feeds.publish("/a", b"%d" % number)
        heard = feeds.listen("/a", 0)
        found = [(await anext(heard))[1] for _ in range(REMEMBERED)]
        await heard.aclose()
        return found

    found = asyncio.run(listen())
    assert (found[0], found[-1]) == (b"5", b"%d" % (REMEMBERED + 4))


def test_who_comes_back_with_the_id_of_no_event_yet_hears_what_comes() -> None:
    async def listen() -> bytes:
        feeds = Feeds()
        feeds.publish("/a", b"old")
        heard = feeds.listen("/a", 10**18)
        first = asyncio.ensure_future(anext(heard))
        await asyncio.sleep(0)
        feeds.publish("/a", b"new")
        found = await first
        await heard.aclose()
        return found[1]

    assert asyncio.run(listen()) == b"new"


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


def test_our_client_posts_asks_and_listens(world: World) -> None:
    async def converse() -> None:
        carrier = HttpClientCarrier(f"http://{world.url}/v1")
        inbox = Ear()
        await carrier.subscribe(INBOX, "g", inbox)
        put = {"method": "PUT"}
        await carrier.publish("/orders", b"{}", {"x-size": "3"}, put)
        headers = {"reply-to": INBOX, "correlation-id": "c"}
        await carrier.publish("/orders", b"?", headers, put)
        _, body, told = await inbox.next()
        assert b"you" in body and told["correlation-id"] == "c"
        await carrier.publish("/orders", b"bad", headers, put)
        _, body, told = await inbox.next()
        assert told["content-type"] == "application/problem+json"
        with pytest.raises(Undelivered):
            await carrier.publish("/orders", b"bad", {}, put)
        await carrier.stop(1)

    asyncio.run(converse())
    assert world.heard[0][2]["x-size"] == "3"


def test_our_client_hears_headers_too_and_must_be_known(world: World) -> None:
    async def converse() -> None:
        url = f"http://{world.url}"
        stranger, known = HttpClientCarrier(url), HttpClientCarrier(url, headers=KEY)
        with pytest.raises(CannotConnect):
            await stranger.subscribe("/safe", "g", Ear())
        with pytest.raises(ValueError):
            await known.subscribe("/ticker/{symbol}", "g", Ear())
        ear = Ear()
        leave = await known.subscribe("/safe", "g", ear)
        await asyncio.to_thread(world.publish, world.http, "/safe", b"{}", color="red")
        assert await ear.next() == ("/safe", b"{}", {"color": "red"})
        await leave()
        for carrier in (stranger, known):
            await carrier.stop(1)

    asyncio.run(converse())


def test_our_client_comes_back_when_the_service_does() -> None:
    async def converse() -> None:
        with served() as world:
            carrier = HttpClientCarrier(f"http://{world.url}")
            ear = Ear()
            await carrier.subscribe("/ticker/x", "g", ear)
            port = int(world.url.rpartition(":")[2])
        with served(port) as world:
            while ear.news.empty():
                await asyncio.to_thread(
                    world.publish, world.http, "/ticker/x", b"again"
                )
                await asyncio.sleep(0.1)
            assert (await ear.next())[1] == b"again"
            await carrier.stop(1)

    asyncio.run(converse())
