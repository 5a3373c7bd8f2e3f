"""What the service calls, as a client takes it: an ASGI application that carries these channels.

A call is answered once its message was taken: 204, or 200 with the reply. Nothing is kept here: what nobody takes
is refused, so that the service calls again.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl
from uuid import uuid4

from .audience import Audience
from .carrier import NO_OPTIONS, Carrier, Deliver, Unsubscribe
from .errors import ConnectionFailed
from .http_client_carrier import sendable
from .message_frames import PROBLEM
from .message_headers import REPLY_TO

Headers = Mapping[str, str]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Answer = tuple[int, bytes, Headers]

log = logging.getLogger(__name__)

METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Call:
    """A call that waits for its reply, on the event loop of its server."""

    reply: asyncio.Future[Answer]

    def answer(self, body: bytes, headers: Headers) -> None:
        if not self.reply.done():
            self.reply.set_result((200, body, headers))


class CallReceiver:
    """An ASGI app: serve it, or mount it, at the URL that the service calls.

    `lets_in` judges the headers of each call, by lower-case name; without it everybody may call. `limit` is the
    size in bytes up to which a message is taken.
    """

    protocol: Literal["http"] = "http"

    def __init__(
        self,
        *,
        lets_in: Callable[[Headers], bool] | None = None,
        limit: int = 16 << 20,
    ) -> None:
        self._lets_in = lets_in
        self._limit = limit
        self._audience = Audience()
        self._calls: dict[str, Call] = {}
        self._telling: set[asyncio.Task[bool]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http":
                await respond(send, await self._answer(scope, receive))
            case "lifespan":
                await live(receive, send)
            case "websocket":
                await send({"type": "websocket.close", "code": 1000})

    async def start(self) -> None:
        """Calls come when the application is served."""

    async def stop(self, grace: float) -> None:
        """Whoever serves the application stops it."""

    async def publish(
        self,
        address: str,
        body: bytes,
        headers: Headers,
        options: Mapping[str, object] = NO_OPTIONS,
    ) -> None:
        """Answer the call that a reply-to names; one that is answered already stays so."""
        call = self._calls.get(address)
        if call is not None:
            loop = call.reply.get_loop()
            loop.call_soon_threadsafe(call.answer, body, headers)

    async def subscribe(
        self,
        address: str,
        group: str,
        deliver: Deliver,
        limit: int = 8,
        options: Mapping[str, object] = NO_OPTIONS,
    ) -> Unsubscribe:
        """Deliver, on this event loop, what the service sends to the address."""
        loop = asyncio.get_running_loop()

        async def delivering(at: str, body: bytes, headers: Headers) -> None:
            await deliver(at, body, headers)

        async def crossing(at: str, body: bytes, headers: Headers) -> None:
            work = delivering(at, body, headers)
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, loop))

        return self._audience.join(address, group, crossing, limit)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        headers = headers_of(scope)
        if scope["method"] not in METHODS:
            return refusal(405, "Messages are not sent with this method")
        if self._lets_in is not None and not self._lets_in(headers):
            return refusal(401, "Valid credentials are required")
        body = await body_of(receive, self._limit)
        if body is None:
            return refusal(413, f"A message may have at most {self._limit} bytes")
        return await self._tell(address_of(scope), body, headers)

    async def _tell(self, address: str, body: bytes, headers: Headers) -> Answer:
        """The reply, or 204 once the message was taken, whichever is first."""
        reply_to = f"call:{uuid4().hex}"
        reply: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._calls[reply_to] = Call(reply)
        work = self._audience.tell(address, body, {**headers, REPLY_TO: reply_to})
        telling = asyncio.create_task(work)
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)
        try:
            racing: set[asyncio.Future[Any]] = {reply, telling}
            await asyncio.wait(racing, return_when="FIRST_COMPLETED")
            return reply.result() if reply.done() else taken(address, telling)
        finally:
            del self._calls[reply_to]


def nobody(place: str) -> Carrier:
    """Raises ConnectionFailed: there is nothing that the service could call."""
    raise ConnectionFailed("the service calls: give the client calls=CallReceiver()")


def taken(address: str, telling: asyncio.Task[bool]) -> Answer:
    """What a message without a reply is answered with."""
    error = telling.exception()
    if error is not None and not isinstance(error, ConnectionError):
        log.error("a message at %s cannot be delivered", address, exc_info=error)
    if error is not None or not telling.result():
        return refusal(503, "Nobody took the message")
    return 204, b"", {}


def refusal(status: int, detail: str) -> Answer:
    told = json.dumps({"status": status, "detail": detail}).encode()
    later = {"retry-after": "1"} if status == 503 else {}
    return status, told, {"content-type": PROBLEM, **later}


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers of a call, and the fields of its query as `query-<name>`."""
    fields = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    pairs = scope["headers"]
    return {
        **{f"query-{name.lower()}": value for name, value in fields},
        **{
            name.decode("latin-1").lower(): text.decode("latin-1")
            for name, text in pairs
        },
    }


def address_of(scope: Scope) -> str:
    """The path below the one that the application is mounted at."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) or "/"


async def body_of(receive: Receive, limit: int) -> bytes | None:
    """The body; None of one that is too large, or whose sender went away."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] == "http.disconnect" or len(body) > limit:
            return None
        if not message.get("more_body", False):
            return bytes(body)


async def live(receive: Receive, send: Send) -> None:
    """Say yes to a server that runs this app alone (ASGI's lifespan)."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def respond(send: Send, answer: Answer) -> None:
    status, body, headers = answer
    pairs = [(n.encode(), text.encode()) for n, text in sendable(headers).items()]
    length = [(b"content-length", str(len(body)).encode())] if body else []
    start = {"status": status, "headers": [*pairs, *length]}
    await send({"type": "http.response.start", **start})
    await send({"type": "http.response.body", "body": body})
