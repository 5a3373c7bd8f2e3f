"""The job socket, spoken to with the plain `websockets` library."""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol
from wished_running import Running, assemble

JOBS = Subprotocol("jobs.v1.json")
ALICE = {"Authorization": "Bearer alice"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return assemble(tmp_path_factory.mktemp("wished"))


@pytest.fixture(scope="module")
def service(project: Path) -> Iterator[Running]:
    with Running(project, project / "socket.db", WORKERS="16") as running:
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


def export(http: httpx.Client, key: str) -> dict[str, Any]:
    headers = {**ALICE, "Idempotency-Key": key}
    found: dict[str, Any] = http.post("/exports", headers=headers).json()
    return found


class Caller:
    """One socket, and what came over it."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def say(self, **command: Any) -> None:
        self.connection.send(json.dumps(command))

    def hear(self, seconds: float = 10) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.connection.recv(seconds))
        return found

    def until(self, event: str, id: str) -> list[dict[str, Any]]:
        """The frames about a job up to an event."""
        heard: list[dict[str, Any]] = []
        while not heard or heard[-1].get("event") != event:
            frame = self.hear()
            heard += [frame] if frame.get("id") == id else []
        return heard

    def closed(self, seconds: float = 10) -> int | None:
        """The code that the service closes with; what it says before is dropped."""
        try:
            while True:
                self.connection.recv(seconds)
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else None


def address(service: Running) -> str:
    return f"{service.url.replace('http', 'ws', 1)}/jobs/socket"


@pytest.fixture
def caller(service: Running) -> Iterator[Caller]:
    with connect(address(service), subprotocols=[JOBS], proxy=None) as connection:
        assert connection.subprotocol == JOBS
        yield Caller(connection)


def refused(url: str, **options: Any) -> httpx.Response:
    """The answer to a handshake that is not taken."""
    with pytest.raises(InvalidStatus) as error:
        with connect(url, proxy=None, **options):
            pass
    told = error.value.response
    return httpx.Response(told.status_code, content=bytes(told.body or b""))


def test_a_refused_handshake_is_no_fault_of_the_service(
    project: Path, tmp_path: Path
) -> None:
    with Running(project, tmp_path / "refused.db") as running:
        assert refused(f"{address(running)}?ticket=spent").status_code == 401
    assert running.log == ""


def test_a_status_document_leads_to_the_socket(
    service: Running, http: httpx.Client
) -> None:
    assert submit(http)["links"]["socket"] == address(service)


def test_the_events_of_several_jobs_come_over_one_socket(
    caller: Caller, http: httpx.Client
) -> None:
    jobs = [submit(http, seconds=0.3) for _ in range(3)]
    for job in jobs:
        caller.say(type="subscribe", id=job["id"], ref="r")
    frames: list[dict[str, Any]] = []
    while [one.get("event") for one in frames].count("job.succeeded") < 3:
        frames.append(caller.hear())
    for job in jobs:
        ack, *events = [one for one in frames if one["id"] == job["id"]]
        assert (ack["type"], ack["of"], ack["ref"]) == ("ack", "subscribe", "r")
        versions = [one["version"] for one in events]
        assert versions == sorted(set(versions))
        last = events[-1]
        assert last["type"] == "event" and last["data"]["done"]
        assert last["data"]["links"]["self"] == job["links"]["self"]


def test_nothing_is_missed_after_a_version(caller: Caller, http: httpx.Client) -> None:
    job = submit(http)
    caller.say(type="subscribe", id=job["id"])
    first = caller.until("job.succeeded", job["id"])
    caller.say(type="subscribe", id=job["id"], after=1)
    again = caller.until("job.succeeded", job["id"])
    assert again[1]["version"] > 1
    assert again[-1]["data"] == first[-1]["data"]
    caller.say(type="subscribe", id=job["id"], after=again[-1]["version"])
    caller.say(type="ping")
    ack, pong = caller.hear(), caller.hear()
    assert ack["done"] and ack["status"] == "succeeded"
    assert pong == {"type": "ack", "of": "ping"}


def test_who_has_unsubscribed_hears_no_more(caller: Caller, http: httpx.Client) -> None:
    job = submit(http, seconds=0.4)
    caller.say(type="subscribe", id=job["id"], after=10_000)
    caller.say(type="unsubscribe", id=job["id"])
    while caller.hear().get("of") != "unsubscribe":
        pass
    http.get(job["links"]["self"] + "?wait=5&version=3")
    caller.say(type="ping")
    assert caller.hear()["of"] == "ping"


def test_a_job_is_canceled_over_the_socket(caller: Caller, http: httpx.Client) -> None:
    job = submit(http, seconds=20)
    caller.say(type="subscribe", id=job["id"])
    caller.say(type="cancel", id=job["id"], ref="c")
    frames = caller.until("job.canceled", job["id"])
    (ack,) = [one for one in frames if one.get("of") == "cancel"]
    assert ack["ref"] == "c"
    assert frames[-1]["data"]["status"] == "canceled"


def test_an_ended_job_cannot_be_canceled(caller: Caller, http: httpx.Client) -> None:
    job = submit(http)
    http.get(job["links"]["result"] + "")
    caller.say(type="subscribe", id=job["id"])
    caller.until("job.succeeded", job["id"])
    caller.say(type="cancel", id=job["id"])
    told = caller.hear()
    assert told["type"] == "error" and told["problem"]["status"] == 409
    caller.say(type="ping")
    assert caller.hear()["of"] == "ping"


@pytest.mark.parametrize(
    "frame",
    [
        "{",
        "[]",
        '{"type": "dance"}',
        '{"type": "subscribe"}',
        '{"type": "subscribe", "id": 1}',
        '{"type": "subscribe", "id": "a", "after": -1}',
        '{"type": "subscribe", "id": "a", "after": "1"}',
        b"\xff\x00",
    ],
)
def test_what_is_no_command_is_told_and_ends_the_socket(
    caller: Caller, frame: str | bytes
) -> None:
    caller.connection.send(frame)
    told = caller.hear()
    assert told["type"] == "error" and told["problem"]["status"] == 400
    assert caller.closed() == 4400


def test_an_unknown_job_is_told_and_ends_the_socket(caller: Caller) -> None:
    caller.say(type="subscribe", id="job_nothing", ref="x")
    told = caller.hear()
    # Without credentials nobody learns whether a job exists.
    assert told["problem"]["status"] == 401 and told["ref"] == "x"
    assert caller.closed() == 4401


def test_a_caller_sees_only_its_own_jobs(service: Running, http: httpx.Client) -> None:
    job = export(http, "socket-own")
    bob = {"Authorization": "Bearer bob"}
    with connect(address(service), additional_headers=bob, proxy=None) as connection:
        caller = Caller(connection)
        caller.say(type="subscribe", id=job["id"])
        assert caller.hear()["problem"]["status"] == 404
        assert caller.closed() == 4404
    with connect(address(service), additional_headers=ALICE, proxy=None) as connection:
        caller = Caller(connection)
        caller.say(type="subscribe", id=job["id"])
        assert caller.until("job.succeeded", job["id"])


def test_wrong_credentials_are_not_let_in(service: Running) -> None:
    wrong = {"Authorization": "Bearer nobody"}
    answer = refused(address(service), additional_headers=wrong)
    assert (answer.status_code, answer.json()["status"]) == (401, 401)


def test_a_ticket_opens_one_job_once_and_only_to_look(
    service: Running, http: httpx.Client
) -> None:
    job = export(http, "socket-ticket")
    ticket = http.post(job["links"]["ticket"], headers=ALICE).json()["ticket"]
    url = f"{address(service)}?ticket={ticket}"
    with connect(url, proxy=None) as connection:
        caller = Caller(connection)
        caller.say(type="cancel", id=job["id"])
        assert caller.hear()["problem"]["status"] == 403
        caller.say(type="subscribe", id=job["id"])
        assert caller.until("job.succeeded", job["id"])
        assert caller.closed() == 1000
    assert refused(url).status_code == 401


def test_a_second_ticket_opens_another_job(
    service: Running, http: httpx.Client
) -> None:
    jobs = [export(http, f"socket-more-{number}") for number in range(2)]
    one, other = (
        http.post(job["links"]["ticket"], headers=ALICE).json()["ticket"]
        for job in jobs
    )
    with connect(f"{address(service)}?ticket={one}", proxy=None) as connection:
        caller = Caller(connection)
        caller.say(type="subscribe", id=jobs[1]["id"], ticket=other)
        caller.say(type="subscribe", id=jobs[0]["id"])
        ended = set()
        while len(ended) < 2:
            frame = caller.hear()
            ended |= {frame["id"]} if frame.get("event") == "job.succeeded" else set()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "file://"])
def test_a_page_of_elsewhere_is_not_let_in(service: Running, origin: str) -> None:
    answer = refused(address(service), origin=Origin(origin))
    assert answer.status_code == 403


def test_a_page_of_the_service_is_let_in(service: Running) -> None:
    with connect(address(service), origin=Origin(service.url), proxy=None) as own:
        Caller(own).say(type="ping")
        assert Caller(own).hear()["of"] == "ping"


def test_a_strange_host_is_not_let_in(service: Running) -> None:
    host, port = service.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as plain:
        url = f"ws://evil.example:{port}/jobs/socket"
        assert refused(url, sock=plain).status_code == 400


def test_another_subprotocol_is_not_spoken(service: Running) -> None:
    answer = refused(address(service), subprotocols=[Subprotocol("chat")])
    assert answer.status_code == 400


def test_a_frame_that_is_too_big_ends_the_socket(caller: Caller) -> None:
    caller.say(type="ping", ref="x" * (64 << 10))
    assert caller.closed() == 1009


def test_one_socket_too_many_is_told_so(project: Path, tmp_path: Path) -> None:
    with Running(project, tmp_path / "a.db", MAX_WAITERS="1") as running:
        with connect(address(running), proxy=None) as first:
            Caller(first).say(type="ping")
            assert Caller(first).hear()["of"] == "ping"
            with connect(address(running), proxy=None) as second:
                assert Caller(second).closed() == 1013


def test_a_caller_who_does_not_listen_is_closed(project: Path, tmp_path: Path) -> None:
    with Running(project, tmp_path / "a.db", HEARTBEAT="200ms") as running:
        assert asyncio.run(chatter(address(running))) == 4408


async def chatter(url: str) -> int | None:
    """Says as much as it can without listening, again and again; then the code it is closed with."""
    text = json.dumps({"type": "ping", "ref": secrets.token_hex(100)})
    async with (
        asyncio.timeout(60),
        connect_async(url, max_queue=1, compression=None, proxy=None) as connection,
    ):
        try:
            while True:
                await until_stuck(lambda: connection.send(text))
                await until_stuck(connection.recv)
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else None


async def until_stuck(act: Callable[[], Awaitable[object]]) -> None:
    """Acts until that takes longer than a second."""
    with suppress(TimeoutError):
        while True:
            async with asyncio.timeout(1):
                await act()


def test_a_service_that_stops_says_so_at_once(project: Path, tmp_path: Path) -> None:
    with Running(project, tmp_path / "a.db", GRACE="20s") as running:
        with httpx.Client(base_url=running.url, trust_env=False) as http:
            job = submit(http, seconds=2)
        with connect(address(running), proxy=None) as connection:
            caller = Caller(connection)
            caller.say(type="subscribe", id=job["id"])
            caller.until("job.progress", job["id"])
            running.tell(signal.SIGTERM)
            assert caller.closed() == 1012
            assert running.process.poll() is None, "the job goes on"
        assert running.wait(60) == 0
    assert running.log == ""


def test_a_follower_of_a_service_that_came_back_misses_nothing(
    project: Path, tmp_path: Path
) -> None:
    with Running(project, tmp_path / "a.db", "api") as running:
        with httpx.Client(base_url=running.url, trust_env=False) as http:
            job = submit(http)
        with connect(address(running), proxy=None) as connection:
            caller = Caller(connection)
            caller.say(type="subscribe", id=job["id"])
            (version,) = [
                one["version"] for one in caller.until("job.queued", job["id"])[1:]
            ]
    with Running(project, tmp_path / "a.db") as again:
        time.sleep(0.5)
        with connect(address(again), proxy=None) as connection:
            caller = Caller(connection)
            caller.say(type="subscribe", id=job["id"], after=version)
            events = caller.until("job.succeeded", job["id"])[1:]
            assert events[0]["version"] == version + 1
