"""The client's end of the job socket, against a service that runs, stops and comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.server import Request, Response, ServerConnection, serve
from wished_running import Running, assemble

from runtime.call import Remote
from runtime.credentials import ApiKey, Bearer
from runtime.errors import ConnectionFailed, JobUnknown
from runtime.handle import JobHandle, resume_job
from runtime.job_socket_client import JobSocket
from runtime.job_status import JobStatus, Progress
from runtime.remote_job import JobOperation
from runtime.transport import AsyncSession

REPORT: JobOperation[Any, Progress] = JobOperation(
    name="createReport", method="POST", path="/reports"
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return assemble(tmp_path_factory.mktemp("wished"))


@pytest.fixture(scope="module")
def service(project: Path) -> Iterator[Running]:
    with Running(project, project / "client.db", WORKERS="16") as running:
        yield running


def submit(url: str, path: str = "/reports", **options: Any) -> str:
    answer = httpx.post(f"{url}{path}", trust_env=False, **options)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def handle(client: AsyncSession, id: str) -> JobHandle[Any, Progress]:
    return resume_job(client._connection, REPORT, id)


async def followed(
    socket: JobSocket, job: JobHandle[Any, Progress], after: int | None = None
) -> list[JobStatus[Progress]]:
    async with aclosing(socket.follow(job, after)) as statuses:
        return [status async for status in statuses]


def test_many_jobs_are_followed_over_one_socket(service: Running) -> None:
    ids = [submit(service.url, json={"rows": 2, "seconds": 0.3}) for _ in range(5)]

    async def follow() -> list[list[JobStatus[Progress]]]:
        async with AsyncSession(Remote(service.url)) as client:
            async with JobSocket(client) as socket:
                jobs = [handle(client, id) for id in ids]
                return await asyncio.gather(*(followed(socket, job) for job in jobs))

    for id, statuses in zip(ids, asyncio.run(follow()), strict=True):
        assert statuses[-1].status == "succeeded"
        versions = [status.version for status in statuses]
        assert versions == sorted(set(versions))
        assert {status.id for status in statuses} == {id}


def test_following_goes_on_after_a_version(service: Running) -> None:
    id = submit(service.url, json={"rows": 2})

    async def follow() -> None:
        async with AsyncSession(Remote(service.url)) as client:
            async with JobSocket(client) as socket:
                job = handle(client, id)
                last = (await followed(socket, job))[-1].version
                again = await followed(socket, job, 1)
                assert again[0].version > 1 and again[-1].version == last
                assert await followed(socket, job, last) == []

    asyncio.run(follow())


def test_an_unknown_job_does_not_end_the_others(service: Running) -> None:
    id = submit(service.url, json={"rows": 2, "seconds": 1})
    remote = Remote(service.url, {"bearer": Bearer()}, {"bearer": "alice"})

    async def follow() -> None:
        async with AsyncSession(remote) as client:
            async with JobSocket(client) as socket:
                known = asyncio.create_task(followed(socket, handle(client, id)))
                with pytest.raises(JobUnknown):
                    await followed(socket, handle(client, "job_nothing"))
                assert (await known)[-1].status == "succeeded"

    asyncio.run(follow())


def test_who_is_not_let_in_is_told(service: Running) -> None:
    remote = Remote(service.url, {"bearer": Bearer()}, {"bearer": "nobody"})

    async def follow() -> None:
        async with AsyncSession(remote) as client, JobSocket(client) as socket:
            with pytest.raises(ConnectionFailed, match="401"):
                await followed(socket, handle(client, "job_nothing"))

    asyncio.run(follow())


def test_nothing_is_missed_while_the_service_is_away(
    project: Path, tmp_path: Path
) -> None:
    async def follow() -> None:
        with Running(project, tmp_path / "a.db", "api") as running:
            port = running.url.rpartition(":")[2]
            id = submit(running.url, json={"rows": 2})
            client = AsyncSession(Remote(running.url))
            socket = JobSocket(client)
            statuses = socket.follow(handle(client, id))
            assert (await anext(statuses)).status == "queued"
        with Running(project, tmp_path / "a.db", PORT=port):
            assert [status async for status in statuses][-1].status == "succeeded"
            await socket.__aexit__()
            await client.close()

    asyncio.run(follow())


async def failing(port: int) -> str:
    """Why a job cannot be followed that a strange service has."""
    remote = Remote(
        f"http://127.0.0.1:{port}", {"key": ApiKey("header", "X-Key")}, {"key": "k"}
    )
    async with AsyncSession(remote) as client, JobSocket(client) as socket:
        with pytest.raises(ConnectionFailed) as raised:
            await followed(socket, handle(client, "job_1"))
    return str(raised.value)


def test_a_redirect_is_not_followed_with_credentials() -> None:
    asked: list[Request] = []

    async def elsewhere(socket: ServerConnection) -> None:
        await socket.wait_closed()

    async def follow() -> str:
        def note(socket: ServerConnection, request: Request) -> None:
            asked.append(request)

        async with serve(elsewhere, "127.0.0.1", 0, process_request=note) as other:
            place = f"ws://127.0.0.1:{port_of(other)}/"

            def point(socket: ServerConnection, request: Request) -> Response:
                response = socket.respond(307, "over there")
                response.headers["Location"] = place
                return response

            async with serve(elsewhere, "127.0.0.1", 0, process_request=point) as first:
                told = await failing(port_of(first))
            assert place in told
            return told

    assert "307, and points to ws://" in asyncio.run(follow())
    assert asked == []


@pytest.mark.parametrize(
    "frame", ["[1]", "nothing", '{"type": "error", "id": "job_1"}']
)
def test_what_cannot_be_read_is_an_error_and_not_waited_over(frame: str) -> None:
    async def talk(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(frame)
        await socket.wait_closed()

    async def follow() -> str:
        async with serve(talk, "127.0.0.1", 0) as server:
            return await failing(port_of(server))

    assert "cannot be read" in asyncio.run(follow())


def port_of(server: Any) -> int:
    return int(next(iter(server.sockets)).getsockname()[1])
