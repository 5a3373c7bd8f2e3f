"""The open WebSockets of a service: what is sent waits in a bounded queue, and each ends with a code."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from .close_code import CloseCode
from .problem import HttpProblem
from .service import Service

log = logging.getLogger(__name__)

Frame = str | bytes
QUEUE = 256
"""Frames that may wait for one caller."""
LAST_WORDS = 1.0
"""Seconds for what is still to be said when a socket is closed."""
FAREWELL = 10.0
"""Seconds in which a slow caller may still take in why it is closed."""


class Socket:
    """One open WebSocket: frames out in order, frames in one by one, closed once."""

    def __init__(
        self, websocket: WebSocket, *, most: int, patience: float, queue: int = QUEUE
    ) -> None:
        self.websocket = websocket
        self._most = most
        self._patience = patience
        self._frames: asyncio.Queue[Frame] = asyncio.Queue(queue)
        self._closing = asyncio.get_running_loop().create_future()
        self._gone = False

    def close(self, code: CloseCode, reason: str = "") -> None:
        """Ends the socket; only the first reason counts."""
        if not self._closing.done():
            self._closing.set_result((code, reason))

    def offer(self, frame: Frame) -> None:
        """Sends a frame soon; who has let too many wait is closed."""
        try:
            self._frames.put_nowait(frame)
        except asyncio.QueueFull:
            self.close(CloseCode.SLOW, "too slow")

    async def put(self, frame: Frame) -> None:
        """Sends a frame once there is room; who makes none for too long is closed."""
        try:
            async with asyncio.timeout(self._patience):
                await self._frames.put(frame)
        except TimeoutError:
            self.close(CloseCode.SLOW, "too slow")

    async def frames(self) -> AsyncIterator[Frame]:
        """What the caller sends, until it goes; a frame that is too big is the last one."""
        while (message := await self.websocket.receive())["type"] != DISCONNECTED:
            text, data = message.get("text"), message.get("bytes") or b""
            if (len(data) if text is None else size(text)) > self._most:
                self.close(CloseCode.TOO_BIG, f"at most {self._most} bytes")
                return
            yield data if text is None else text
        self._gone = True

    async def serve(self, conversation: Coroutine[Any, Any, None]) -> None:
        """Lives until the conversation ends, the caller has gone, or somebody closes it."""
        talking = asyncio.ensure_future(conversation)
        sending = asyncio.ensure_future(self._send())
        both: list[asyncio.Future[Any]] = [talking, sending]
        try:
            waited = [*both, self._closing]
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            talked, _ = await asyncio.gather(*both, return_exceptions=True)
        self._judge(talked)
        await self._end()

    async def _send(self) -> None:
        while True:
            await self._write(await self._frames.get())

    async def _write(self, frame: Frame) -> None:
        if isinstance(frame, str):
            await self.websocket.send_text(frame)
        else:
            await self.websocket.send_bytes(frame)

    def _judge(self, talked: object) -> None:
        """What the conversation's end means, if nobody has closed the socket."""
        if isinstance(talked, Exception) and not isinstance(
            talked, WebSocketDisconnect
        ):
            log.error("a WebSocket's conversation failed", exc_info=talked)
            self.close(CloseCode.FAULT)
        self.close(CloseCode.DONE)

    async def _end(self) -> None:
        """Says what is left to say, and why the socket ends; nobody waits long for that."""
        code, reason = self._closing.result()
        slow = code is CloseCode.SLOW
        try:
            async with asyncio.timeout(FAREWELL if slow else LAST_WORDS):
                while not (self._gone or slow or self._frames.empty()):
                    await self._write(self._frames.get_nowait())
                if not self._gone:
                    await self.websocket.close(code, reason)
        except (TimeoutError, WebSocketDisconnect, RuntimeError):
            self._gone = True


DISCONNECTED = "websocket.disconnect"


def size(text: str) -> int:
    """The bytes of a text; those of a plain one are not counted one by one."""
    return len(text) if text.isascii() else len(text.encode())


class Sockets:
    """Every open socket of a service: their number is limited, and they end when it stops."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: set[Socket] = set()
        self._stopped = False

    @classmethod
    def of(cls, service: Service[Any]) -> Sockets:
        """The sockets of this service."""
        found = service.find(Sockets)
        if found is None:
            found = Sockets(service.settings.max_waiters)
            service.add(found)
            service.closers.append(found.close)
        return found

    def __len__(self) -> int:
        return len(self._open)

    @property
    def full(self) -> bool:
        """Whether nobody else may come in."""
        return len(self._open) >= self._limit

    def check(self) -> None:
        """Raises HttpProblem 503 when the service is about to stop."""
        if self._stopped:
            raise HttpProblem(503, headers={"Retry-After": "1"})

    @contextmanager
    def holding(self, socket: Socket) -> Iterator[None]:
        """Knows the socket while it is open; one too many is closed: overloaded."""
        if self.full:
            socket.close(CloseCode.OVERLOADED, "too many sockets are open")
        if self._stopped:
            socket.close(CloseCode.RESTART)
        self._open.add(socket)
        try:
            yield
        finally:
            self._open.discard(socket)

    def close(self) -> None:
        """Ends every socket: the service is about to stop."""
        self._stopped = True
        for socket in tuple(self._open):
            socket.close(CloseCode.RESTART, "the service is about to stop")
