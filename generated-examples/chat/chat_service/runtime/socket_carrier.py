"""WebSocket channels of the service: each socket at an address sends to it, and hears what is published there.

A frame that cannot be handled is told to its sender as a problem, and is not delivered again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from .access import Security
from .audience import Audience, rooted
from .carrier import NO_OPTIONS, Deliver, Unsubscribe
from .channel import Channel
from .close_code import CloseCode
from .handshake import OURS, checked
from .message_frames import PROBLEM, SUBPROTOCOL, opened, packed, plain
from .message_headers import CALLER
from .places import Place, places_of
from .problem import HttpProblem
from .problem import document as problem_document
from .service import Service
from .sockets import QUEUE, Frame, Socket, Sockets
from .tasks import ended

log = logging.getLogger(__name__)

REPLY = "socket:"
"""What the reply-to of a message begins with that came from a socket."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One caller at one address."""

    socket: Socket
    address: str
    reply_to: str
    has_headers: bool
    """Whether the frames of this caller carry headers."""
    known: Mapping[str, str]
    """What its handshake said, and who it is: headers of each of its messages."""

    def send(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Sends a message soon; a caller that is too slow is closed."""
        self.socket.offer(
            packed(body, headers) if self.has_headers else plain(body, headers)
        )

    def read(self, frame: Frame) -> tuple[bytes, dict[str, str]]:
        """The body and the headers of a frame; raises HttpProblem 400."""
        if not self.has_headers:
            return frame.encode() if isinstance(frame, str) else frame, {}
        try:
            return opened(frame)
        except ValueError as error:
            raise HttpProblem(400, "The frame is no message", str(error)) from None

    def whole(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers as they are delivered: what only we may say, we say."""
        given = {name: value for name, value in headers.items() if name not in OURS}
        return {**given, **self.known, "reply-to": self.reply_to}

    def refuse(self, problem: HttpProblem, headers: Mapping[str, str]) -> None:
        """Tells the caller what is wrong with a message of its."""
        told = problem_document(
            problem.status, problem.title, problem.detail, **problem.members
        )
        answer = {"content-type": PROBLEM}
        if "correlation-id" in headers:
            answer["correlation-id"] = headers["correlation-id"]
        self.send(json.dumps(told, ensure_ascii=False).encode(), answer)


class SocketCarrier:
    """The Carrier of WebSocket channels; `security` and `prefixes` (paths) are by channel name."""

    def __init__(
        self,
        channels: Sequence[Channel],
        *,
        security: Mapping[str, Security] | None = None,
        prefixes: Mapping[str, str] | None = None,
    ) -> None:
        self._places = places_of(channels, "ws", security or {}, prefixes or {})
        self._audience = Audience()
        self._lines: dict[str, set[Line]] = {}
        """By address, and by reply-to."""
        self._working: set[asyncio.Task[None]] = set()
        self._started = False

    def routes(self) -> list[BaseRoute]:
        """A route for each address of a channel."""
        return [
            WebSocketRoute(place.path, partial(self._open, place))
            for place in self._places
        ]

    async def start(self) -> None:
        """Let callers in."""
        self._started = True

    async def stop(self, grace: float) -> None:
        """Close the sockets, and let what is being delivered end within `grace` seconds."""
        self._started = False
        for line in {line for lines in self._lines.values() for line in lines}:
            line.socket.close(CloseCode.RESTART, "the service is about to stop")
        await ended(*self._working, grace=grace)

    async def publish(
        self,
        address: str,
        body: bytes,
        headers: Mapping[str, str],
        options: Mapping[str, object] = NO_OPTIONS,
    ) -> None:
        """Send to every socket at the address, or to the one that a reply-to names; nobody need be there."""
        place = address if address.startswith(REPLY) else rooted(address)
        for line in tuple(self._lines.get(place, ())):
            line.send(body, headers)

    async def subscribe(
        self,
        address: str,
        group: str,
        deliver: Deliver,
        limit: int = 8,
        options: Mapping[str, object] = NO_OPTIONS,
    ) -> Unsubscribe:
        """Deliver what callers at the address send: of each socket one frame after the other."""
        return self._audience.join(address, group, deliver, limit)

    async def _open(self, place: Place, websocket: WebSocket) -> None:
        """Lets a caller in as an HTTP operation would, and stays until it has gone."""
        service: Service[Any] = Service.of(websocket)
        sockets = Sockets.of(service)
        sockets.check()
        if not self._started:
            raise HttpProblem(503, headers={"Retry-After": "1"})
        service.origins.check_origin(websocket.scope)
        address = place.address(websocket)
        caller = await service.identify(websocket, place.security)
        known = checked(websocket, place.binding)
        known |= {} if caller is None else {CALLER: caller.id}
        has_headers = SUBPROTOCOL in websocket.scope["subprotocols"]
        await websocket.accept(SUBPROTOCOL if has_headers else None)
        settings = service.settings
        socket = Socket(websocket, most=settings.max_body, patience=settings.heartbeat)
        reply_to = REPLY + secrets.token_urlsafe(16)
        line = Line(socket, address, reply_to, has_headers, known)
        with sockets.holding(socket), self._present(line):
            await socket.serve(self._converse(line))

    @contextmanager
    def _present(self, line: Line) -> Iterator[None]:
        """The line is where messages find it."""
        for place in (line.address, line.reply_to):
            self._lines.setdefault(place, set()).add(line)
        try:
            yield
        finally:
            for place in (line.address, line.reply_to):
                self._lines[place].discard(line)
                if not self._lines[place]:
                    del self._lines[place]

    async def _converse(self, line: Line) -> None:
        """Reads on while a message is handled, so that signs of life are seen; but not too far."""
        waiting: asyncio.Queue[Frame | None] = asyncio.Queue(QUEUE)
        working = asyncio.create_task(self._work(line, waiting))
        self._working.add(working)
        working.add_done_callback(self._working.discard)
        try:
            async for frame in line.socket.frames():
                await waiting.put(frame)
        finally:
            # What has arrived is handled, also when its sender does not stay.
            ending = asyncio.create_task(waiting.put(None))
            self._working.add(ending)
            ending.add_done_callback(self._working.discard)

    async def _work(self, line: Line, waiting: asyncio.Queue[Frame | None]) -> None:
        while (frame := await waiting.get()) is not None:
            await self._deliver(line, frame)

    async def _deliver(self, line: Line, frame: Frame) -> None:
        headers: dict[str, str] = {}
        try:
            body, headers = line.read(frame)
            if not await self._audience.tell(line.address, body, line.whole(headers)):
                raise HttpProblem(405, detail="Nothing is received at this address")
        except HttpProblem as problem:
            line.refuse(problem, headers)
        except Exception:
            log.exception("a message at %s cannot be handled", line.address)
            later = HttpProblem(
                503, detail="The message was not handled: send it again"
            )
            line.refuse(later, headers)
