"""WebSocket channels as a client sees them: one socket for each address, opened on demand.

Where the service speaks `messages.v1` headers travel too, and a reply finds who asked by its correlation id.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, quote, urlencode

from websockets.exceptions import ConnectionClosed

from .audience import Audience, rooted
from .carrier import (
    NO_OPTIONS,
    CannotConnect,
    Deliver,
    Show,
    Undelivered,
    Unsubscribe,
    nothing,
)
from .remote_socket import RemoteSocket, SocketRefused
from .message_frames import SUBPROTOCOL, Frame, opened, packed, plain
from .tasks import ended

log = logging.getLogger(__name__)

INBOX = re.compile(r".+\.inbox\.[0-9a-f]{32}")
"""An address that only replies come to; there is no socket at it."""
PATIENCE = 10.0
"""Seconds that a socket may take to open."""
MOST_ASKED = 10_000
"""Questions of one socket that replies are expected to."""
PRIVATE = frozenset({"reply-to"})


@dataclass(slots=True)
class Wire:
    """The socket of one address, who reads it, and where the replies on it go."""

    line: RemoteSocket
    reading: asyncio.Task[None]
    asked: dict[str, str] = field(default_factory=dict)
    """Correlation id → the address that the reply is for."""


class SocketClientCarrier:
    """The Carrier of WebSocket channels, at the client's end."""

    protocol: Literal["ws"] = "ws"

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        show: Show = nothing,
    ) -> None:
        base, _, fixed = url.partition("?")
        self._url = base.rstrip("/")
        self._headers = headers or {}
        self._query = {**dict(parse_qsl(fixed)), **(query or {})}
        self._show = show
        self._audience = Audience()
        self._wires: dict[str, Wire] = {}

    async def start(self) -> None:
        """Nothing is opened before it is needed."""

    async def stop(self, grace: float) -> None:
        """Close every socket."""
        wires, self._wires = self._wires, {}
        await ended(*(wire.reading for wire in wires.values()))

    async def publish(
        self,
        address: str,
        body: bytes,
        headers: Mapping[str, str],
        options: Mapping[str, object] = NO_OPTIONS,
    ) -> None:
        """Send to the service over the address's socket; raises Undelivered."""
        wire = self._wire(rooted(address))
        try:
            connection = await wire.line.ready(PATIENCE)
            expect(wire, headers)
            await connection.send(written(wire, body, headers))
        except (OSError, TimeoutError, ConnectionClosed) as error:
            raise Undelivered(f"{address}: {error}") from error

    async def subscribe(
        self,
        address: str,
        group: str,
        deliver: Deliver,
        limit: int = 8,
        options: Mapping[str, object] = NO_OPTIONS,
    ) -> Unsubscribe:
        """Deliver what comes over the address's socket, or the replies to an inbox.

        Raises CannotConnect, and ValueError where a parameter of the address has no value.
        """
        if INBOX.fullmatch(address):
            return self._audience.join(address, group, deliver, limit)
        if "{" in address:
            raise ValueError(f"the address of a socket needs its parameters: {address}")
        leave = self._audience.join(address, group, deliver, limit)
        try:
            await self._wire(rooted(address)).line.ready(PATIENCE)
        except (OSError, TimeoutError) as error:
            await leave()
            raise CannotConnect(f"{address}: {error}") from error
        return leave

    def _wire(self, address: str) -> Wire:
        """The socket of an address, opened where there is none, or none any more."""
        wire = self._wires.get(address)
        if wire is None or wire.reading.done():
            shown, fields = self._show(address)
            url = self._at(address, {**fields, **self._query})
            line = RemoteSocket(url, {**shown, **self._headers}, SUBPROTOCOL)
            reading = asyncio.create_task(self._read(address, line))
            wire = self._wires[address] = Wire(line, reading)
        return wire

    def _at(self, address: str, fields: Mapping[str, str]) -> str:
        path = "" if address == "/" and self._url.count("/") > 2 else quote(address)
        query = urlencode(fields)
        return f"{self._url}{path}{'?' if query else ''}{query}"

    async def _read(self, address: str, line: RemoteSocket) -> None:
        """Delivers what the socket brings, in order, until it is refused."""
        try:
            async with aclosing(line.frames()) as frames:
                async for frame in frames:
                    await self._deliver(address, line, frame)
        except SocketRefused as refused:
            log.warning("%s", refused)

    async def _deliver(self, address: str, line: RemoteSocket, frame: Frame) -> None:
        try:
            body, headers = read(line, frame)
            asked = self._wires[address].asked
            place = asked.get(headers.get("correlation-id", ""), address)
            await self._audience.tell(place, body, headers)
        except Exception:
            log.exception("a message from %s cannot be delivered", line.url)


def expect(wire: Wire, headers: Mapping[str, str]) -> None:
    """Remembers where the reply goes; of very many questions the oldest are forgotten."""
    reply_to, correlation = headers.get("reply-to"), headers.get("correlation-id")
    if reply_to is None or correlation is None:
        return
    wire.asked[correlation] = reply_to
    if len(wire.asked) > MOST_ASKED:
        del wire.asked[next(iter(wire.asked))]


def written(wire: Wire, body: bytes, headers: Mapping[str, str]) -> Frame:
    """A message as a frame; the reply comes back over the same socket by itself."""
    if not wire.line.is_negotiated:
        return plain(body, headers)
    return packed(body, {n: v for n, v in headers.items() if n not in PRIVATE})


def read(line: RemoteSocket, frame: Frame) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of a frame; raises ValueError."""
    if line.is_negotiated:
        return opened(frame)
    return (frame.encode() if isinstance(frame, str) else frame), {}
