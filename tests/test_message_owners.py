"""Whose job a message becomes, where callers show over HTTP who they are: the emitted service, run."""

from __future__ import annotations

import importlib
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from generator.build import build

HERE = Path(__file__).parent
sys.path += [str(HERE / "runtime"), str(HERE / "client")]
from building import importable  # noqa: E402
from messaging_shop import awaited, until  # noqa: E402

DOCUMENTS = [HERE / "messages" / "owned-http.yaml", HERE / "messages" / "owned.yaml"]
ORDER = b'{"item": "lamp", "customer": "ann"}'


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("owned")
    build(DOCUMENTS, folder).apply()
    with importable(folder, "owned_service"):
        yield importlib.import_module("owned_service")


@dataclass(frozen=True)
class Bench:
    """A running service, its broker, and the ids of the jobs that ran."""

    http: httpx2.AsyncClient
    broker: Any
    ran: list[str]

    async def order(self, id: str, **headers: str) -> str:
        """The job of an order that comes by message."""
        await self.broker.publish("orders.new", ORDER, {"message-id": id, **headers})
        await until(lambda: bool(self.ran))
        return self.ran[-1]

    async def seen_by(self, token: str, job: str) -> int:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer = await self.http.get(f"/jobs/{job}", headers=headers)
        return answer.status_code


@asynccontextmanager
async def opened(package: Any, path: Path, **methods: Any) -> AsyncIterator[Bench]:
    """The service with handlers that know every token as the caller of that name."""
    ran: list[str] = []

    async def place_order(self: Any, body: Any, job: Any) -> str:
        ran.append(job.id)
        return "done"

    async def take_letter(self: Any, body: str, job: Any) -> None:
        ran.append(job.id)

    async def authenticate_token(self: Any, token: str) -> Any:
        return package.Caller(token)

    own = {f.__name__: f for f in (place_order, take_letter, authenticate_token)}
    handlers = type("Handlers", (package.Handlers,), {**own, **methods})()
    url = f"memory://{path}"
    settings = package.Settings(
        database_url=f"sqlite:///{path}/owned.db", broker_url=url, grace=2.0
    )
    app = package.create_app(handlers, settings)
    transport = httpx2.ASGITransport(app=app)
    async with app.running():
        await until(lambda: not app.service.awaits)
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://localhost"
        ) as http:
            yield Bench(http, package.broker_of(url), ran)


async def owner_of(self: Any, body: Any, message: Any) -> str | None:
    return getattr(body, "customer", None)


@awaited
async def test_the_owner_of_a_message_sees_its_job_and_nobody_else(
    package: Any, tmp_path: Path
) -> None:
    async with opened(package, tmp_path, owner_of=owner_of) as bench:
        job = await bench.order("m1")
        assert await bench.seen_by("ann", job) == 200
        assert await bench.seen_by("bob", job) == 404
        assert await bench.seen_by("", job) == 401


@awaited
async def test_a_message_and_a_call_of_its_owner_are_one_job(
    package: Any, tmp_path: Path
) -> None:
    async with opened(package, tmp_path, owner_of=owner_of) as bench:
        job = await bench.order("m1")
        for token, same in (("ann", True), ("bob", False)):
            headers = {"authorization": f"Bearer {token}", "idempotency-key": "m1"}
            kind = {"content-type": "application/json"}
            answer = await bench.http.post(
                "/orders", content=ORDER, headers=headers | kind
            )
            assert answer.status_code == 202
            assert (answer.json()["id"] == job) is same


@awaited
async def test_without_an_owner_nobody_sees_the_job_of_a_message(
    package: Any, tmp_path: Path
) -> None:
    async with opened(package, tmp_path) as bench:
        job = await bench.order("m1", **{"x-caller": "ann"})
        assert await bench.seen_by("ann", job) == 404
        assert await bench.seen_by("", job) == 401


@awaited
async def test_what_is_no_id_of_a_caller_gives_the_message_up_in_the_end(
    package: Any, tmp_path: Path
) -> None:
    async def caller_of(self: Any, body: Any, message: Any) -> Any:
        return package.Caller(body.customer)

    dead: list[str] = []

    async def keep(address: str, body: bytes, headers: Any) -> None:
        dead.append(headers["x-history"])

    async with opened(package, tmp_path, owner_of=caller_of) as bench:
        await bench.broker.subscribe("orders.new.dead", "test", keep)
        last = {"message-id": "m1", "x-attempt": "3"}
        await bench.broker.publish("orders.new", ORDER, last)
        await until(lambda: bool(dead))
    assert "owner_of must return the id of a caller" in dead[0]
    assert not bench.ran


@awaited
async def test_who_a_channel_asked_for_credentials_owns_the_job(
    package: Any, tmp_path: Path
) -> None:
    async with opened(package, tmp_path, owner_of=owner_of) as bench:
        answer = await bench.http.post(
            "/letters",
            content=b'"hello"',
            headers={"authorization": "Bearer bob", "x-caller": "ann"},
        )
        assert answer.status_code == 204
        await until(lambda: bool(bench.ran))
        assert await bench.seen_by("bob", bench.ran[0]) == 200
        assert await bench.seen_by("ann", bench.ran[0]) == 404
