"""Events over SSE, and how the service stops while streams are open."""

from __future__ import annotations

import re
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from httpx_sse import EventSource, ServerSentEvent, connect_sse
from wished_running import Running, assemble


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return assemble(tmp_path_factory.mktemp("wished"))


@pytest.fixture(scope="module")
def service(project: Path) -> Iterator[Running]:
    with Running(project, project / "events.db", HEARTBEAT="300ms") as running:
        yield running


@pytest.fixture
def http(service: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.url, timeout=30, trust_env=False) as client:
        yield client


def submit(http: httpx.Client, **body: Any) -> dict[str, Any]:
    response = http.post("/reports", json={"rows": 3, **body})
    assert response.status_code == 202, response.text
    found: dict[str, Any] = response.json()
    return found


class Raw:
    """A GET on a plain socket: what an EventSource would see, byte by byte."""

    def __init__(self, url: str, path: str) -> None:
        host, port = url.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), 10)
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
        self.socket.sendall(head.encode())
        self.received = b""

    def until(self, text: bytes, seconds: float = 10) -> bytes:
        limit = time.monotonic() + seconds
        while text not in self.received:
            assert time.monotonic() < limit, self.received
            more = self.socket.recv(65536)
            assert more, self.received
            self.received += more
        return self.received

    def ended(self, seconds: float) -> bool:
        """Whether the other side closes the connection in time."""
        limit = time.monotonic() + seconds
        while (left := limit - time.monotonic()) > 0:
            if select.select([self.socket], [], [], left)[0] and not self.socket.recv(
                65536
            ):
                return True
        return False

    def close(self) -> None:
        self.socket.close()


def test_the_events_of_a_job_lead_to_its_end(http: httpx.Client) -> None:
    job = submit(http, seconds=0.4)
    with connect_sse(http, "GET", job["links"]["events"]) as source:
        assert source.response.headers["x-accel-buffering"] == "no"
        assert source.response.headers["cache-control"] == "no-store"
        events = list(source.iter_sse())
    assert events[-1].event == "job.succeeded"
    assert events[0].json()["id"] == job["id"]
    versions = [int(event.id) for event in events]
    assert versions == sorted(set(versions))
    assert [event.json()["version"] for event in events] == versions
    assert events[0].retry == 2000


def test_an_ended_job_is_one_frame_and_then_204(http: httpx.Client) -> None:
    job = submit(http)
    with connect_sse(http, "GET", job["links"]["events"]) as source:
        *_, last = source.iter_sse()
    with connect_sse(http, "GET", job["links"]["events"]) as source:
        (again,) = source.iter_sse()
    assert (again.event, again.id) == ("job.succeeded", last.id)
    response = http.get(job["links"]["events"], headers={"Last-Event-ID": last.id})
    assert (response.status_code, response.content) == (204, b"")


def test_nothing_is_missed_over_a_dropped_connection(http: httpx.Client) -> None:
    """The connection is dropped after the first event; the rest comes with Last-Event-ID."""
    job = submit(http, seconds=0.6)
    seen: list[ServerSentEvent] = []
    with connect_sse(http, "GET", job["links"]["events"]) as source:
        seen.append(next(iter(source.iter_sse())))
    time.sleep(0.9)
    headers = {"Last-Event-ID": seen[0].id}
    with http.stream("GET", job["links"]["events"], headers=headers) as response:
        seen += EventSource(response).iter_sse()
    assert [event.event for event in seen][-1] == "job.succeeded"
    assert int(seen[1].id) > int(seen[0].id)
    missed = [
        event.json()["progress"] for event in seen if event.event == "job.progress"
    ]
    assert missed[-1] == {"done": 3, "total": 3, "message": "done"}


def test_the_query_resumes_like_the_header(http: httpx.Client) -> None:
    job = submit(http, seconds=0.3)
    url = f"{job['links']['events']}?lastEventId=1"
    with connect_sse(http, "GET", url) as source:
        events = list(source.iter_sse())
    assert int(events[0].id) > 1 and events[-1].event == "job.succeeded"


def test_an_idle_stream_shows_that_it_is_alive(
    service: Running, http: httpx.Client
) -> None:
    job = submit(http, seconds=5)
    raw = Raw(service.url, f"/jobs/{job['id']}/events")
    received = raw.until(b": alive", 3)
    assert received.index(b"retry: 2000") < received.index(b"id: ")
    raw.close()
    http.delete(job["links"]["self"])


def test_a_ticket_opens_the_events_of_one_job_once(
    service: Running, http: httpx.Client
) -> None:
    headers = {"Authorization": "Bearer alice", "Idempotency-Key": "ticket"}
    job = http.post("/exports", headers=headers).json()
    assert http.post(job["links"]["ticket"]).status_code == 401
    ticket = http.post(job["links"]["ticket"], headers=headers)
    assert ticket.status_code == 201 and ticket.json()["expiresIn"] == 60
    other = submit(http)
    wrong = http.get(f"{other['links']['events']}?ticket={ticket.json()['ticket']}")
    assert wrong.status_code == 401
    ticket = http.post(job["links"]["ticket"], headers=headers)
    with connect_sse(http, "GET", ticket.json()["url"]) as source:
        assert list(source.iter_sse())[-1].event == "job.succeeded"
    assert http.get(ticket.json()["url"]).status_code == 401


def test_all_events_of_a_caller_rise_in_one_sequence(http: httpx.Client) -> None:
    alice = {"Authorization": "Bearer alice"}
    ids: list[str] = []
    seen: list[ServerSentEvent] = []
    with connect_sse(http, "GET", "/events", headers=alice) as source:
        events = source.iter_sse()
        for number in range(2):
            headers = {**alice, "Idempotency-Key": f"all{number}"}
            ids.append(http.post("/exports", headers=headers).json()["id"])
        headers = {"Authorization": "Bearer bob", "Idempotency-Key": "all"}
        http.post("/exports", headers=headers)
        while [event.event for event in seen].count("job.succeeded") < 2:
            seen.append(next(events))
    assert {event.json()["id"] for event in seen} == set(ids)
    sequence = [int(event.id) for event in seen]
    assert sequence == sorted(set(sequence))
    headers = {**alice, "Last-Event-ID": str(sequence[0])}
    with connect_sse(http, "GET", "/events", headers=headers) as source:
        again = source.iter_sse()
        assert [next(again).id for _ in seen[1:]] == [event.id for event in seen[1:]]
    assert http.get("/events").status_code == 401


def test_a_caller_who_leaves_is_forgotten(project: Path, tmp_path: Path) -> None:
    with Running(project, tmp_path / "a.db", "api", MAX_WAITERS="3") as running:
        with httpx.Client(base_url=running.url, trust_env=False) as http:
            job = submit(http)

            def turned_away() -> bool:
                with http.stream("GET", job["links"]["events"]) as response:
                    return response.status_code == 503

            for path in ("/events", "?wait=60&version=1"):
                raws: list[Raw] = []
                while not turned_away():
                    raws.append(Raw(running.url, f"/jobs/{job['id']}{path}"))
                    time.sleep(0.05)
                assert len(raws) >= 3
                for raw in raws:
                    raw.close()
                eventually(lambda: not turned_away())


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def resident(pid: int) -> int:
    """The memory of a process in KiB."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1])


def test_an_idle_stream_is_small(project: Path, tmp_path: Path) -> None:
    with Running(project, tmp_path / "a.db", "api") as running, ExitStack() as stack:
        with httpx.Client(base_url=running.url, trust_env=False) as http:
            job = submit(http)

        def opened(count: int) -> None:
            raws = [Raw(running.url, f"/jobs/{job['id']}/events") for _ in range(count)]
            for raw in raws:
                stack.callback(raw.close)
                raw.until(b"job.queued")

        opened(100)
        before = resident(running.process.pid)
        opened(400)
        each = (resident(running.process.pid) - before) / 400
    print(f"{each:.1f} KiB a stream")
    assert each <= 20


def test_it_stops_with_a_hundred_streams_open(project: Path, tmp_path: Path) -> None:
    with Running(project, tmp_path / "a.db", GRACE="5s") as running:
        with httpx.Client(base_url=running.url, trust_env=False) as http:
            job = submit(http, seconds=1.5)
        raws = [Raw(running.url, f"/jobs/{job['id']}/events") for _ in range(80)]
        polls = [
            Raw(running.url, f"/jobs/{job['id']}?wait=60&version=99") for _ in range(20)
        ]
        for raw in raws:
            raw.until(b"id: ")
        time.sleep(0.3)
        running.tell(signal.SIGTERM)
        # All streams end while the job, and with it the process, still goes on.
        assert all(raw.ended(30) for raw in raws + polls)
        assert running.process.poll() is None
        assert running.wait(60) == 0
    assert running.log == ""
    for raw in raws + polls:
        raw.close()
    with Running(project, tmp_path / "a.db") as again:
        status = httpx.get(
            f"{again.url}/jobs/{job['id']}?wait=5&version=9", trust_env=False
        )
        assert status.json()["status"] == "succeeded"


def test_a_second_signal_does_not_wait(project: Path, tmp_path: Path) -> None:
    with Running(project, tmp_path / "a.db", GRACE="30s") as running:
        with httpx.Client(base_url=running.url, trust_env=False) as http:
            job = submit(http, seconds=25)
            http.get(job["links"]["self"] + "?wait=5&version=2")
        running.tell(signal.SIGTERM)
        time.sleep(0.5)
        assert running.process.poll() is None
        running.tell(signal.SIGTERM)
        assert running.wait(3) == -signal.SIGTERM
