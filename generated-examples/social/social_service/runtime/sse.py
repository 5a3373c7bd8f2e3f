"""Server-Sent Events: frames, and a response that keeps an idle stream small."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Generic, TypeVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .held import left

T = TypeVar("T")

# No blank line after these: some clients take one for an event without data.
BEGIN = b"retry: 2000\n"
ALIVE = b": alive\n"
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


def frame(id: int, name: str, data: str) -> bytes:
    """One event; the data has no line breaks."""
    return f"id: {id}\nevent: {name}\ndata: {data}\n\n".encode()


class EventStream(Response, Generic[T]):
    """A first frame, the frames of events as they come, and signs of life in between."""

    def __init__(
        self,
        first: bytes,
        events: AsyncIterator[T] | None,
        told: Callable[[T], bytes],
        heartbeat: float,
    ) -> None:
        # The base class would announce the length of a body, and copy these for each stream.
        self.status_code = 200
        self.raw_headers = HEADERS
        self.first = first
        self.events = events
        self.told = told
        self.heartbeat = heartbeat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends until the events end or the caller has gone.

        One task beside the request's own is all that an idle stream needs.
        """
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body"})
            return
        sending = asyncio.current_task()
        assert sending is not None
        leaving = asyncio.ensure_future(left(receive))
        leaving.add_done_callback(lambda done: done.cancelled() or sending.cancel())
        pulse = Pulse(send, self.heartbeat)
        try:
            await send(piece(BEGIN + self.first))
            self.first = b""
            if self.events is not None:
                async for event in self.events:
                    await send(piece(self.told(event)))
                    del event  # it would stay for as long as the stream is idle
            await send({"type": "http.response.body"})
        except asyncio.CancelledError:
            if not leaving.done() or sending.uncancel():
                raise
        finally:
            leaving.cancel()
            pulse.stop()
            if isinstance(self.events, AsyncGenerator):
                await self.events.aclose()


class Pulse:
    """Sends a comment now and then, so that nobody takes the stream for dead."""

    __slots__ = ("_send", "_seconds", "_timer", "_beat")

    def __init__(self, send: Send, seconds: float) -> None:
        self._send = send
        self._seconds = seconds
        self._beat: asyncio.Future[None] | None = None
        self._timer = self._later()

    def _later(self) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(self._seconds, self._strike)

    def _strike(self) -> None:
        # A caller so slow that the last sign of life has not left gets no other.
        if self._beat is None or self._beat.done():
            self._beat = asyncio.ensure_future(self._tell())
        self._timer = self._later()

    async def _tell(self) -> None:
        await self._send(piece(ALIVE))
        self._beat = None  # it would stay for as long as the stream is idle

    def stop(self) -> None:
        self._timer.cancel()
        if self._beat is not None:
            self._beat.cancel()


def piece(body: bytes) -> dict[str, object]:
    return {"type": "http.response.body", "body": body, "more_body": True}
