"""Operations whose handlers yield items: each is sent as it comes, as fast as the caller reads.

A handler is not asked for an item before the last one has left: the socket holds it back.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import suppress
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .event import Event
from .held import left
from .media import preferred
from .problem import HttpProblem
from .replies import Reply, response_of
from .sequences import Sequence
from .service import Service
from .sse import piece

__all__ = ["Event", "StreamReply", "Streams", "seen_event", "stream_response"]

CROWDED = 5
"""Seconds after which a caller may ask again when there are too many streams."""


class StreamReply(Reply):
    """The declared response that is a stream; a handler yields it first to set its headers."""

    status_code = 200
    sequences: ClassVar[Mapping[str, Sequence]] = {}


def seen_event(request: Request) -> str | None:
    """The id of the last event that the caller has seen."""
    return request.headers.get("last-event-id")


def stream_response(
    request: Request, items: AsyncIterator[object], reply: type[StreamReply]
) -> Response:
    """The items as a response, in the representation the caller likes best."""
    service: Service[Any] = Service.of(request)
    streams = streams_of(service)
    if len(streams.open) >= service.settings.max_waiters:
        headers = {"Retry-After": str(CROWDED)}
        raise HttpProblem(503, detail="Too many streams are open", headers=headers)
    accept = request.headers.get("accept", "")
    offers = reply.sequences
    chosen = (accept and preferred(offers, accept)) or next(iter(offers))
    return ItemStream(request, items, reply, chosen, streams)


class Streams:
    """The streams that are open; all of them end when the service is asked to stop."""

    def __init__(self) -> None:
        self.open: set[ItemStream] = set()
        self.stopped = False

    def stop(self) -> None:
        self.stopped = True
        for one in self.open:
            one.end()


def streams_of(service: Service[Any]) -> Streams:
    found = service.find(Streams)
    if found is None:
        found = Streams()
        service.add(found)
        service.closers.append(found.stop)
    return found


HEADERS = [(b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
"""Sent with every stream: nobody on the way keeps it, or waits for more of it."""
FAREWELL = 1.0
"""Seconds that a caller may take to see the end of a stream when the service stops."""


class ItemStream(Response):
    """Sends items until there are no more, the caller has gone, or the service stops.

    The head waits for the first item, which may be another answer, but for no longer than
    a stream may be silent.
    """

    def __init__(
        self,
        request: Request,
        items: AsyncIterator[object],
        reply: type[StreamReply],
        media_type: str,
        streams: Streams,
    ) -> None:
        # The base class would announce the length of a body.
        service: Service[Any] = Service.of(request)
        self.items = items
        self.reply = reply
        self.content_type = media_type
        self.sequence = reply.sequences[media_type]
        self.streams = streams
        self.resumes = seen_event(request) is not None
        self.heartbeat = service.settings.heartbeat
        self.begun = False
        self.ended = False
        self.beat: asyncio.Future[None] | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.sending: asyncio.Task[Any] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One task beside the request's own is all that an idle stream needs."""
        self.send, self.sending = send, asyncio.current_task()
        assert self.sending is not None
        leaving = asyncio.ensure_future(left(receive))
        leaving.add_done_callback(self.left)
        self.streams.open.add(self)
        self.later()
        try:
            if self.streams.stopped:
                self.end()
            await (
                self.close() if scope["method"] == "HEAD" else self.run(scope, receive)
            )
        except asyncio.CancelledError:
            if not self.ended or self.sending.uncancel():
                raise
            if not leaving.done():
                await self.farewell()
        finally:
            self.streams.open.discard(self)
            leaving.cancel()
            self.stop_beating()
            if isinstance(self.items, AsyncGenerator):
                await self.items.aclose()

    def left(self, leaving: asyncio.Future[None]) -> None:
        if not leaving.cancelled():
            self.end()

    def end(self) -> None:
        """Stops sending, wherever it is: the caller has gone or the service stops."""
        if not self.ended and self.sending is not None:
            self.ended = True
            self.sending.cancel()

    async def run(self, scope: Scope, receive: Receive) -> None:
        async for item in self.items:
            if isinstance(item, StreamReply):
                await self.begin(item)
            elif isinstance(item, Reply):
                await self.answer(item, scope, receive)
                return
            else:
                await self.put(self.sequence.write(item))
            del item  # it would stay for as long as the stream is idle
            await asyncio.sleep(0)  # a handler that never waits leaves others no turn
        if self.resumes and not self.begun:
            gone = Response(status_code=204, headers={"Cache-Control": "no-store"})
            await gone(scope, receive, self.send)  # nothing came after the last event
        else:
            await self.close()

    async def answer(self, reply: Reply, scope: Scope, receive: Receive) -> None:
        """Another answer in place of the stream."""
        if self.begun:
            raise RuntimeError(
                f"{type(reply).__name__} came after the stream had begun"
            )
        self.begun = True
        response = response_of(reply.answer())
        await response(scope, receive, self.send)

    async def begin(self, reply: StreamReply | None = None) -> None:
        """Sends the head, unless it is on its way already."""
        if self.begun:
            return
        answer = (reply or self.reply()).answer()
        self.begun = True
        lines = [(n.lower().encode(), t.encode("latin-1")) for n, t in answer.headers]
        told = [(b"content-type", self.content_type.encode()), *HEADERS, *lines]
        status = answer.status
        await self.send(
            {"type": "http.response.start", "status": status, "headers": told}
        )
        if self.sequence.begin:
            await self.send(piece(self.sequence.begin))

    async def put(self, data: bytes) -> None:
        if self.beat is not None and not self.beat.done():
            await self.beat
        await self.begin()
        await self.send(piece(data))

    async def close(self) -> None:
        await self.begin()
        await self.send({"type": "http.response.body"})

    async def farewell(self) -> None:
        """Ends events as if there were no more: callers come back to them.

        Any other stream is broken off, since what ends well is taken to be whole.
        """
        if self.begun and self.sequence.alive:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.close(), FAREWELL)
        elif not self.begun:
            raise HttpProblem(503, detail="The service stops")

    # Signs of life

    def later(self) -> None:
        loop = asyncio.get_running_loop()
        self.timer = loop.call_later(self.heartbeat, self.strike)

    def strike(self) -> None:
        # A caller so slow that the last sign of life has not left gets no other.
        if self.beat is None or self.beat.done():
            self.beat = asyncio.ensure_future(self.show_life())
        self.later()

    async def show_life(self) -> None:
        await self.begin()
        if self.sequence.alive:
            await self.send(piece(self.sequence.alive))

    def stop_beating(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
        if self.beat is not None:
            self.beat.cancel()
