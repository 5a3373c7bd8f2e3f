"""Streams over real HTTP: by the emitted client, by a foreign one, and by a bare socket."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from httpx_sse import connect_sse

from generator.build import build

HERE = Path(__file__).parent
sys.path += [str(HERE.parent / "runtime"), str(HERE.parent / "client")]
from building import importable  # noqa: E402
from wished_running import Running  # noqa: E402


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("streams") / "project"
    build(HERE / "streams.yaml", folder).apply()
    (folder / "handlers.py").write_text((HERE / "project_handlers.py").read_text())
    return folder


@pytest.fixture(scope="module")
def service(project: Path) -> Iterator[Running]:
    running = Running(project, project / "streams.db", HEARTBEAT="200ms")
    with importable(project, "streams_client"), running:
        yield running


@pytest.fixture
def client(service: Running) -> Iterator[Any]:
    from streams_client.sync import Client

    with Client(service.url) as client:
        yield client


def numbers(items: Any) -> list[int]:
    return [item.number for item in items]


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.02)


def opened(service: Running, path: str) -> socket.socket:
    """A GET whose answer nobody reads yet."""
    host, port = service.url.removeprefix("http://").split(":")
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    held.settimeout(20)
    held.connect((host, int(port)))
    held.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return held


def read_until(held: socket.socket, text: bytes) -> bytes:
    received = b""
    while text not in received:
        more = held.recv(65536)
        assert more, received
        received += more
    return received


# Items, whichever way they travel


def test_events_arrive_typed(client: Any) -> None:
    from streams_client import models

    with client.ticks(2) as ticks:
        assert next(ticks) == models.Tick(number=1)
        assert ticks.last_event_id == "1"


def test_lines_arrive_typed(client: Any) -> None:
    assert numbers(client.lines()) == [1, 2, 3]


def test_records_arrive_typed(client: Any) -> None:
    assert numbers(client.records()) == [1, 2, 3]


def test_texts_are_sent_as_they_are(service: Running, client: Any) -> None:
    assert list(client.words("two\nlines and  ")) == ["two\nlines", "and", "", ""]
    answer = httpx.post(f"{service.url}/words", json="a\nb")
    assert answer.text.endswith("data: a\ndata: b\n\n")


def test_the_asyncio_client_gets_the_same(service: Running) -> None:
    from streams_client import Client

    async def all_of() -> list[list[int]]:
        async with Client(service.url) as client:
            streams = [client.lines(), client.records(), client.ticks(4)]
            return [[item.number async for item in each] for each in streams]

    assert asyncio.run(all_of()) == [[1, 2, 3], [1, 2, 3], [1, 2, 3, 4]]


def test_the_caller_chooses_between_representations(service: Running) -> None:
    answer = httpx.get(
        f"{service.url}/lines", headers={"Accept": "application/json-seq"}
    )
    assert answer.headers["content-type"] == "application/json-seq"
    assert answer.content.startswith(b'\x1e{"number":1}\n\x1e')


def test_the_head_carries_what_the_handler_says(service: Running) -> None:
    answer = httpx.get(f"{service.url}/lines")
    assert answer.headers["x-total"] == "3"
    assert answer.headers["content-type"] == "application/jsonl"
    assert [json.loads(line) for line in answer.text.splitlines()][0] == {"number": 1}


def test_another_declared_answer_comes_instead_of_the_stream(client: Any) -> None:
    from streams_client import errors

    with pytest.raises(errors.Ticks404Error) as raised:
        next(client.ticks(0))
    assert raised.value.body.title == "No ticks"


def test_a_bad_request_is_refused_before_any_item(client: Any) -> None:
    from streams_client import errors

    with pytest.raises(errors.ApiError) as raised:
        next(client.ticks("many"))
    assert raised.value.status == 422


# Breaks


def test_events_go_on_where_they_broke_off(client: Any) -> None:
    assert numbers(client.ticks(8, breaks=True)) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_later_call_goes_on_after_an_event(client: Any) -> None:
    assert numbers(client.ticks(6, last_event_id="4")) == [5, 6]


def test_a_foreign_client_resumes_across_a_drop(service: Running) -> None:
    seen: list[str] = []
    with httpx.Client(base_url=service.url, timeout=20) as http:
        while len(seen) < 8:
            last = {"Last-Event-ID": seen[-1]} if seen else {}
            parameters = {"count": 8, "breaks": "true"}
            call = connect_sse(http, "GET", "/ticks", params=parameters, headers=last)
            with call as source, suppress(httpx.RemoteProtocolError):
                for event in source.iter_sse():
                    seen.append(event.id)
        assert seen == [str(number) for number in range(1, 9)]
        answer = http.get("/ticks?count=8", headers={"Last-Event-ID": "8"})
        assert answer.status_code == 204


def test_lines_that_break_off_are_no_whole(client: Any) -> None:
    from streams_client import errors

    stream = client.lines(breaks=True)
    assert next(stream).number == 1
    with pytest.raises(errors.ConnectionFailed):
        next(stream)


# Callers that are slow, silent or gone


def test_a_handler_waits_for_a_slow_caller(service: Running, client: Any) -> None:
    before = client.state().flooded
    held = opened(service, "/flood")
    read_until(held, b"\r\n\r\n")
    flooded = [before]

    def held_back() -> bool:
        time.sleep(0.3)
        flooded.append(client.state().flooded)
        return before < flooded[-1] == flooded[-2]

    until(held_back)
    assert flooded[-1] - before < 500  # of 64 KiB: what sockets hold, and no more
    closed = client.state().closed
    while client.state().flooded < flooded[-1] + 10:
        held.recv(1 << 20)
    held.close()
    until(lambda: bool(client.state().closed > closed))


def test_a_silent_stream_shows_that_it_is_alive(service: Running, client: Any) -> None:
    closed = client.state().closed
    held = opened(service, "/silence")
    head = read_until(held, b": alive")
    assert b"text/event-stream" in head and b"retry: 2000" in head
    held.close()
    until(lambda: bool(client.state().closed > closed))


def test_streams_end_when_the_service_stops(project: Path) -> None:
    with Running(project, project / "stop.db", GRACE="5s") as service, ExitStack() as s:
        silent = [opened(service, "/silence") for _ in range(20)]
        flood = opened(service, "/flood")
        for held in (*silent, flood):
            s.callback(held.close)
            read_until(held, b"\r\n\r\n")
        service.tell(signal.SIGTERM)
        assert service.wait(10) == 0
        assert all(read_until(held, b"0\r\n\r\n") for held in silent)
        rest = b""
        while more := flood.recv(1 << 20):
            rest += more
        assert not rest.endswith(b"0\r\n\r\n")


def test_too_many_streams_are_told_to_come_later(project: Path) -> None:
    with Running(project, project / "few.db", MAX_WAITERS="1") as service:
        with opened(service, "/silence") as held:
            read_until(held, b"\r\n\r\n")
            answer = httpx.get(f"{service.url}/silence")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
