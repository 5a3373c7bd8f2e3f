"""A small application with WebSocket and HTTP channels, served on a port of its own."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn

from runtime.access import ApiKey, Caller, Need, Security
from runtime.application import Application
from runtime.channel import Channel
from runtime.http_carrier import HttpCarrier
from runtime.problem import Invalid
from runtime.service import Service
from runtime.settings import Settings
from runtime.socket_carrier import SocketCarrier

QUERY = {
    "type": "object",
    "required": ["level"],
    "properties": {"level": {"type": "integer", "minimum": 1}},
}
SECURED: Security = ((Need("key"),),)
ROOM = Channel("room", "/rooms/{room-id}", "socket")
LEVEL = Channel("level", "level", "socket", options={"ws": {"query": QUERY}})
VAULT = Channel("vault", "/vault", "socket")
TICKER = Channel("ticker", "/ticker/{symbol}", "http")
ORDERS = Channel("orders", "/orders", "http", options={"http": {"method": "PUT"}})
SAFE = Channel("safe", "/safe", "http")


class Keys:
    """Knows one key."""

    async def authenticate_key(self, key: str) -> Caller | None:
        return Caller("alice") if key == "k1" else None


class World:
    """The application, both carriers, and everything that was delivered."""

    def __init__(self, **settings: Any) -> None:
        secured = {"vault": SECURED, "safe": SECURED}
        self.sockets = SocketCarrier([ROOM, LEVEL, VAULT], security=secured)
        self.http = HttpCarrier(
            [ORDERS, SAFE], [TICKER, SAFE], security=secured, prefixes={"orders": "/v1"}
        )
        self.heard: list[tuple[str, bytes, Mapping[str, str]]] = []
        self.slow = asyncio.Event()
        self.service = Service(
            Keys(),
            Settings(**settings),
            schemes={"key": ApiKey("authenticate_key", "x-key", "header")},
        )
        self.app = Application(
            self.service,
            [*self.sockets.routes(), *self.http.routes()],
            title="Channels",
            version="1",
            running=[self.running],
        )
        self.url = ""
        self.loop: asyncio.AbstractEventLoop | None = None

    @asynccontextmanager
    async def running(self, service: Service[Any]) -> AsyncIterator[None]:
        self.loop = asyncio.get_running_loop()
        for carrier in (self.sockets, self.http):
            await carrier.start()
        await self.sockets.subscribe("/rooms/{room-id}", "g", self.hear)
        await self.sockets.subscribe("level", "g", self.hear)
        await self.sockets.subscribe("/vault", "g", self.hear)
        await self.http.subscribe("/orders", "g", self.hear)
        await self.http.subscribe("/safe", "g", self.hear)
        yield
        for carrier in (self.sockets, self.http):
            await carrier.stop(2)

    async def hear(self, address: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Echoes what is asked, refuses what is bad, fails on what is broken."""
        self.heard.append((address, body, headers))
        carrier = self.http if headers["reply-to"].startswith("http:") else self.sockets
        if body == b"bad":
            raise Invalid([{"pointer": "/", "detail": "bad", "code": "bad"}])
        if body == b"broken":
            raise RuntimeError("broken")
        if body == b"slow":
            await self.slow.wait()
        if body.startswith(b"?"):
            reply = {"content-type": "application/json"}
            if "correlation-id" in headers:
                reply["correlation-id"] = headers["correlation-id"]
            told = json.dumps({"you": body.decode(), "x": headers.get("x-size")})
            await carrier.publish(headers["reply-to"], told.encode(), reply)

    def publish(
        self,
        carrier: SocketCarrier | HttpCarrier,
        address: str,
        body: bytes,
        **headers: str,
    ) -> None:
        """Publishes as a handler would, in the service's own loop."""
        assert self.loop is not None
        work = carrier.publish(address, body, headers)
        asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    def call(self, work: Any) -> None:
        assert self.loop is not None
        self.loop.call_soon_threadsafe(work)


@contextmanager
def served(port: int = 0, **settings: Any) -> Iterator[World]:
    """The world on a free port; stopped at the end as SIGTERM would."""
    world = World(**settings)
    config = uvicorn.Config(
        world.app, port=port, log_level="critical", timeout_graceful_shutdown=5
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        world.url = f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        yield world
    finally:
        if world.loop is not None and thread.is_alive():
            world.call(world.service.stop_streams)
        server.should_exit = True
        thread.join(20)
    assert not thread.is_alive()
