"""Send operations whose binding names a method: the emitted service calls the document's server."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from generator.build import build

HERE = Path(__file__).parent
sys.path += [str(HERE / "runtime"), str(HERE / "client")]
from building import importable  # noqa: E402
from messaging_shop import awaited, until  # noqa: E402
from runtime.testing import serving  # noqa: E402

Answering = Callable[[int], Response]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("calling")
    build(HERE / "messages" / "calling.yaml", folder).apply()
    with importable(folder, "calling_service"), importable(folder, "calling_client"):
        yield folder


@pytest.fixture
def package(project: Path) -> Any:
    return importlib.import_module("calling_service")


@dataclass
class Billing:
    """A server of somebody else's: what it was asked, and how it answers the first, second … request."""

    answering: Answering = lambda count: Response(status_code=204)
    asked: list[tuple[str, str, Mapping[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        query = request.url.query
        path = f"{request.url.path}?{query}" if query else request.url.path
        entry = (request.method, path, dict(request.headers), await request.body())
        self.asked.append(entry)
        return self.answering(len(self.asked))

    @contextmanager
    def serving(self) -> Iterator[str]:
        methods = ["POST", "PUT"]
        with serving(
            Starlette(routes=[Route("/{path:path}", self.take, methods=methods)])
        ) as url:
            yield url


async def nothing(body: Any) -> None:
    return None


@asynccontextmanager
async def running(
    package: Any,
    path: Path,
    url: str,
    take: Callable[[Any], Awaitable[None]] = nothing,
    **settings: Any,
) -> AsyncIterator[Any]:
    class Handlers(package.Handlers):  # type: ignore[misc]
        async def take_order(self, body: Any, message: Any) -> None:
            await take(body)

    chosen = {"server_urls": {"billing": url}, "grace": 2.0, **settings}
    app = package.create_app(
        Handlers(),
        package.Settings(
            database_url=f"sqlite:///{path}/calling.db",
            broker_url=f"memory://{path}",
            **chosen,
        ),
    )
    async with app.running():
        await until(lambda: not app.service.awaits)
        yield app


@awaited
async def test_a_message_is_a_request_to_the_server(
    package: Any, tmp_path: Path
) -> None:
    billing = Billing()
    secret = {"billing": {"Authorization": "Bearer secret"}}
    with billing.serving() as url:
        base = f"{url}/api?key=k"
        async with running(package, tmp_path, base, server_headers=secret):
            await package.publishers.bill(
                package.models.Invoice(cents=5),
                customer="ann",
                headers=package.models.InvoiceHeaders(x_region="eu"),
                query={"notify": "true"},
            )
            await until(lambda: bool(billing.asked))
    ((method, path, headers, body),) = billing.asked
    assert (method, path) == (
        "POST",
        "/api/invoices/ann?key=k&version=2&notify=true",
    )
    assert body == b'{"cents":5}'
    assert headers["x-region"] == "eu"
    assert headers["authorization"] == "Bearer secret"
    assert headers["content-type"] == "application/json"


@awaited
async def test_a_query_that_is_not_declared_is_refused(
    package: Any, tmp_path: Path
) -> None:
    with Billing().serving() as url:
        async with running(package, tmp_path, url):
            with pytest.raises(ValueError, match="bill: The query"):
                await package.publishers.bill(
                    package.models.Invoice(cents=5), customer="ann", query={"x": "1"}
                )


@awaited
async def test_a_call_is_made_again_until_it_is_taken(
    package: Any, tmp_path: Path
) -> None:
    billing = Billing(lambda count: Response(status_code=500 if count < 3 else 200))
    with billing.serving() as url:
        schedule = (0.0, 0.01, 0.01, 0.01)
        async with running(package, tmp_path, url, delivery_schedule=schedule):
            await package.publishers.bill(
                package.models.Invoice(cents=5), customer="ann"
            )
            await until(lambda: len(billing.asked) == 3)
            await asyncio.sleep(0.1)
    ids = {headers["message-id"] for _, _, headers, _ in billing.asked}
    assert len(billing.asked) == 3
    assert len(ids) == 1


@awaited
async def test_a_call_is_given_up_after_its_schedule(
    package: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    billing = Billing(lambda count: Response("no such customer", 404))
    with billing.serving() as url:
        schedule = (0.0, 0.01)
        async with running(package, tmp_path, url, delivery_schedule=schedule):
            await package.publishers.bill(
                package.models.Invoice(cents=5), customer="ann"
            )
            await until(lambda: "is given up" in caplog.text)
    assert len(billing.asked) == 2
    assert "/invoices/ann: 404 no such customer" in caplog.text


@awaited
async def test_a_handler_that_fails_calls_nobody(package: Any, tmp_path: Path) -> None:
    async def take(body: Any) -> None:
        await package.publishers.bill(body, customer="ann")
        if body.cents < 0:
            raise ValueError("negative")

    billing = Billing()
    with billing.serving() as url:
        async with running(package, tmp_path, url, take) as app:
            transport = httpx2.ASGITransport(app=app)
            async with httpx2.AsyncClient(
                transport=transport, base_url="http://localhost"
            ) as http:
                for cents in (-1, 1):
                    await http.post("/orders", json={"cents": cents})
            await until(lambda: bool(billing.asked))
    assert [body for _, _, _, body in billing.asked] == [b'{"cents":1}']


@awaited
async def test_the_answer_to_a_call_is_its_reply(package: Any, tmp_path: Path) -> None:
    billing = Billing(lambda count: JSONResponse(7))
    with billing.serving() as url:
        async with running(package, tmp_path, url):
            assert await package.publishers.ask_price("lamp") == 7
    assert billing.asked[0][:2] == ("PUT", "/prices")


@awaited
async def test_a_problem_is_raised_instead_of_a_reply(
    package: Any, tmp_path: Path
) -> None:
    problem = {"status": 409, "title": "Sold out", "code": "sold_out"}
    kind = "application/problem+json"
    billing = Billing(lambda count: JSONResponse(problem, 409, media_type=kind))
    with billing.serving() as url:
        async with running(package, tmp_path, url):
            with pytest.raises(package.MessageFailed) as failed:
                await package.publishers.ask_price("lamp")
    assert failed.value.code == "sold_out"


@awaited
async def test_a_server_that_is_not_called_is_refused_by_name(
    package: Any, tmp_path: Path
) -> None:
    errors = importlib.import_module("calling_service.runtime.lifespan")
    with pytest.raises(errors.CannotStart, match="no messages are sent to .* shipping"):
        async with running(
            package, tmp_path, "http://x", server_headers={"shipping": {"a": "b"}}
        ):
            pass


@awaited
async def test_a_client_is_called_and_answers(package: Any, tmp_path: Path) -> None:
    client = importlib.import_module("calling_client")
    token = "Bearer secret"
    calls = client.CallReceiver(lets_in=lambda h: h.get("authorization") == token)
    secret = {"billing": {"Authorization": token}}
    with serving(calls) as url:
        async with (
            running(package, tmp_path, url, server_headers=secret),
            client.Client(calls=calls) as messages,
            messages.bill(customer="ann") as bills,
            messages.ask_price() as prices,
        ):
            await package.publishers.bill(
                package.models.Invoice(cents=5),
                customer="ann",
                query={"notify": "true"},
            )
            bill = await anext(bills)
            assert bill.body.cents == 5
            assert bill.texts["query-notify"] == "true"
            asked = asyncio.create_task(package.publishers.ask_price("lamp"))
            await (await anext(prices)).reply(8)
            assert await asked == 8


@awaited
async def test_what_nobody_takes_is_refused(package: Any, tmp_path: Path) -> None:
    client = importlib.import_module("calling_client")
    calls = client.CallReceiver(lets_in=lambda headers: "key" in headers, limit=10)
    transport = httpx2.ASGITransport(app=calls)
    async with httpx2.AsyncClient(transport=transport, base_url="http://t") as http:
        known = {"key": "k"}
        found = [
            (await http.post("/prices", headers={})).status_code,
            (await http.get("/prices", headers=known)).status_code,
            (await http.post("/prices", headers=known, content=b"x" * 11)).status_code,
            (await http.post("/prices", headers=known, content=b'"x"')).status_code,
        ]
    assert found == [401, 405, 413, 503]


@awaited
async def test_a_client_without_a_receiver_says_so(project: Path) -> None:
    client = importlib.import_module("calling_client")
    async with client.Client() as messages:
        with pytest.raises(client.errors.ConnectionFailed, match="calls=CallReceiver"):
            async with messages.ask_price():
                pass
