"""A service with subscriptions, deliveries and a job that never ends, and whoever talks to it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import ClientSession, web
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runtime import subscribers, subscriptions
from runtime.access import Caller, HttpBearer, Need
from runtime.application import Application
from runtime.callback_secret_routes import callback_secret_routes
from runtime.delivering import delivering
from runtime.delivery_routes import delivery_routes
from runtime.job_delivery_routes import job_delivery_routes
from runtime.job_routes import job_routes
from runtime.lifespan import Lifespan
from runtime.operation import AsyncOperation
from runtime.pings import PING
from runtime.replies import Reply
from runtime.service import Service
from runtime.settings import Settings
from runtime.store import Store
from runtime.storing import storing
from runtime.submit import submit
from runtime.subscription_routes import subscription_routes
from runtime.subscriptions import Published
from runtime.testing import serving
from runtime.working import Working

T = TypeVar("T")
EVENTS = ("orderShipped", "orderLost")


class Handlers(Lifespan):
    """Knows anna and bert by their names."""

    async def authenticate_bearer(self, token: str) -> Caller | None:
        return Caller(token) if token in ("anna", "bert") else None


@dataclass
class Api:
    """A running service, and whoever talks to it."""

    url: str
    session: ClientSession
    service: Service[Handlers]
    hook: str
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    pings: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    status: int = 204
    busy: int = 0
    busiest: int = 0

    async def call(
        self, method: str, path: str, who: str | None = "anna", json: Any = None
    ) -> tuple[int, Any]:
        headers = {} if who is None else {"authorization": f"Bearer {who}"}
        async with self.session.request(
            method, self.url + path, headers=headers, json=json
        ) as response:
            text = await response.text()
            return response.status, (
                await response.json(content_type=None) if text else None
            )

    async def receive(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        is_ping = headers["webhook-event"] == PING
        (self.pings if is_ping else self.got).append((headers, await request.read()))
        self.paths.append(request.path)
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        await asyncio.sleep(0.01)
        self.busy -= 1
        return web.Response(status=self.status)

    async def until(self, count: int) -> None:
        await self.when(lambda: len(self.got) >= count)

    async def when(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.005)

    async def write(self, write: Callable[[Connection], T]) -> T:
        """The store belongs to the server's thread; its writer takes work from any."""
        store = self.service.part(Store)
        return await asyncio.to_thread(store.write_from_thread, write)

    async def publish(
        self, event: str = "orderShipped", owner: str | None = "anna"
    ) -> None:
        published = Published(event=event, content_type="application/json", body=b"{}")
        await self.write(lambda db: subscriptions.publish(db, owner, published))

    async def shown(
        self, path: str, wanted: Callable[[Any], bool], who: str | None = "anna"
    ) -> Any:
        """What is at a path, once it is as it is wanted."""
        async with asyncio.timeout(10):
            while not wanted(found := (await self.call("GET", path, who))[1]):
                await asyncio.sleep(0.005)
        return found


def run(
    path: Path, test: Callable[[Api], Awaitable[None]], secured: bool, **fields: Any
) -> None:
    service, app = application(f"{path}/test.db", secured, **fields)

    async def main(url: str) -> None:
        receiver = web.Application()
        runner = web.AppRunner(receiver)
        async with ClientSession() as session:
            api = Api(url, session, service, "")
            receiver.router.add_post("/{any:.*}", api.receive)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            api.hook = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
            try:
                await test(api)
            finally:
                await runner.cleanup()

    with serving(app) as url:
        asyncio.run(main(url))


def application(
    database: str, secured: bool = True, **fields: Any
) -> tuple[Service[Handlers], Application]:
    settings = Settings(
        database_url=f"sqlite:///{database}",
        **{
            "development": True,
            "delivery_schedule": (0.0, 0.05),
            "grace": 0.1,
            **fields,
        },
    )
    service = Service(
        Handlers(),
        settings,
        schemes={"bearer": HttpBearer("authenticate_bearer")},
        access=((Need("bearer"),),) if secured else (),
    )
    report = replace(REPORT, security=service.access)

    async def submitted(request: Request) -> Response:
        return await submit(request, report)

    routes: list[Route] = [
        Route("/reports", submitted, methods=["POST"]),
        *subscription_routes(EVENTS),
        *delivery_routes(),
        *job_routes(),
        *job_delivery_routes(),
        *(callback_secret_routes() if secured else ()),
    ]
    running = [storing, delivering(subscribers=subscribers), Working([report])]
    app = Application(service, routes, title="T", version="1", running=running)
    return service, app


async def never(*_: Any) -> Reply:
    await asyncio.sleep(60)
    raise AssertionError


REPORT: AsyncOperation[Handlers] = AsyncOperation(
    name="report", method="POST", path="/reports", read=lambda reader: (), run=never
)
