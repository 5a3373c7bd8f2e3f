"""One WebSocket of a client: opened when it is needed, and again when it breaks off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from random import uniform

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidStatus,
    WebSocketException,
)
from websockets.typing import Subprotocol

from .close_code import CloseCode

Frame = str | bytes
Opened = Callable[[ClientConnection], Awaitable[None]]
"""Called with each connection before anybody else uses it."""

LARGEST = 16 << 20
"""Bytes of the largest frame that is taken."""
FIRST, LONGEST = 0.2, 30.0
"""Seconds before a line is opened again, at first and at most."""
FINAL = frozenset(
    {CloseCode.POLICY, CloseCode.TOO_BIG, CloseCode.BAD_MESSAGE, CloseCode.EXPIRED}
)
"""The codes after which coming back would not help."""


class SocketRefused(ConnectionError):
    """The service does not take the line, and would not the next time: `status` or `code` says why."""

    def __init__(
        self,
        url: str,
        *,
        status: int | None = None,
        code: int | None = None,
        place: str = "",
    ) -> None:
        said = f", and points to {place}, where nothing is sent" if place else ""
        told = f"the service refused the socket: {status or code}{said}"
        super().__init__(f"{url}: {told}")
        self.status = status
        self.code = code


class Straight(connect):
    """A connection that follows no redirect: credentials go to the service's own origin only."""

    def process_redirect(self, exc: Exception) -> Exception:
        return exc


class RemoteSocket:
    """A socket that stays open: `frames` reads over every break until the service refuses it."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        subprotocol: str,
        opened: Opened | None = None,
    ) -> None:
        self.url = url
        self._headers = headers
        self._subprotocol = Subprotocol(subprotocol)
        self._opened = opened
        self._connection: ClientConnection | None = None
        self._ready = asyncio.Event()
        self._refused: ConnectionError | None = None

    @property
    def is_negotiated(self) -> bool:
        """Whether the service speaks our subprotocol."""
        connection = self._connection
        return connection is not None and connection.subprotocol == self._subprotocol

    @property
    def connection(self) -> ClientConnection | None:
        """The open socket, if it is open now."""
        return self._connection

    async def ready(self, patience: float) -> ClientConnection:
        """The open socket; raises ConnectionError, or TimeoutError when it takes too long."""
        async with asyncio.timeout(patience):
            await self._ready.wait()
        if self._connection is None:
            raise self._refused or ConnectionError(f"{self.url}: closed")
        return self._connection

    async def frames(self) -> AsyncGenerator[Frame]:
        """What the service sends, over every break; raises SocketRefused."""
        failures = 0
        while True:
            try:
                async for frame in self._once():
                    failures = 0
                    yield frame
            except (OSError, TimeoutError, WebSocketException) as error:
                self._judge(error)
            failures += 1
            ceiling = min(LONGEST, FIRST * 2.0 ** min(failures, 16))
            await asyncio.sleep(uniform(ceiling / 2, ceiling))

    async def _once(self) -> AsyncGenerator[Frame]:
        """The frames of one connection."""
        async with Straight(
            self.url,
            subprotocols=[self._subprotocol],
            additional_headers=dict(self._headers),
            max_size=LARGEST,
        ) as connection:
            self._connection = connection
            if self._opened is not None:
                await self._opened(connection)
            self._ready.set()
            try:
                while True:
                    yield await connection.recv()
            finally:
                self._connection = None
                self._ready.clear()

    def _judge(self, error: Exception) -> None:
        """Raises SocketRefused where another try would end in the same way."""
        refused = refusal_of(self.url, error)
        if refused is not None:
            self._refused = refused
            self._ready.set()
            raise refused from error


def refusal_of(url: str, error: Exception) -> SocketRefused | None:
    """The error as a final one, if it is one."""
    if isinstance(error, InvalidStatus):
        status = error.response.status_code
        place = error.response.headers.get("Location", "") if status < 400 else ""
        final = 300 <= status < 500 and status not in (408, 425, 429)
        return SocketRefused(url, status=status, place=place) if final else None
    if isinstance(error, InvalidHandshake):
        return None
    code = code_of(error)
    return SocketRefused(url, code=code) if code in FINAL else None


def code_of(error: Exception) -> int | None:
    """The code that the service closed the socket with."""
    if isinstance(error, ConnectionClosed) and error.rcvd is not None:
        return error.rcvd.code
    return None
