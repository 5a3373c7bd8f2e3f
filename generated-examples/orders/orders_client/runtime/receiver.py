"""The receiving end of callbacks and webhooks: an ASGI app that hands over what is proven sent.

Each delivery is verified, known to be new, and read before its method is called; 2xx goes out only
after the method returned. Whatever is not taken is answered with an error, so it is sent again.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, ClassVar

from .bodies import Contents, choose
from .exchange import Response
from .reasons import in_words
from .seen import MemorySeen, Seen
from .signing import BadSignature, verify

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

log = logging.getLogger(__name__)

PING = "webhook.ping"
"""Sent to see whether it is taken; it tells nothing."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The envelope of what was delivered; `id` is the same however often it is sent."""

    id: str
    event: str
    timestamp: datetime
    headers: Mapping[str, str]
    """Names in lower case."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Which method takes an event, and what its body may be."""

    method: str
    contents: Contents = field(default_factory=dict)
    verbs: frozenset[str] = frozenset({"POST"})


class Refusal(Exception):
    """The delivery is answered with this status instead of being taken."""

    def __init__(
        self, status: int, detail: str, retry_after: int | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.retry_after = retry_after


class NotTaken(Exception):
    """Raised by a method that is not overridden: the event is answered with 501, and sent again."""


class SignedReceiver:
    """An ASGI app that takes signed deliveries; mount it, or run it alone.

    `secrets` are all those that a sender may sign with, and may be replaced at any time; `seen`
    remembers what was taken; `tolerance` is the age in seconds and `limit` the size in bytes up
    to which a delivery is taken. A method is called once for each delivery, and once more only if
    the program dies before it could note that the method returned.
    """

    hooks: ClassVar[Mapping[str, Hook]] = {}
    """Event → who takes it."""

    def __init__(
        self,
        *,
        secrets: Sequence[str],
        seen: Seen | None = None,
        tolerance: float = 300.0,
        limit: int = 1024 * 1024,
    ) -> None:
        if isinstance(secrets, str) or not secrets:
            raise ValueError("secrets is a list of at least one whsec_… secret")
        self.secrets = tuple(secrets)
        self.seen: Seen = MemorySeen() if seen is None else seen
        self.tolerance = tolerance
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http":
                await self._answer(scope, receive, send)
            case "lifespan":
                await _live(receive, send)
            case "websocket":
                await send({"type": "websocket.close", "code": 1000})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        try:
            body = await read_body(headers, receive, self.limit)
            await self._take(scope["method"], headers, body)
        except Refusal as refusal:
            log.warning("%s: %s", headers.get("webhook-event", "a delivery"), refusal)
            await _refuse(send, refusal)
        except Exception as error:
            await _refuse(send, Refusal(500, "the delivery could not be taken"))
            log.exception("%s: not taken", headers.get("webhook-event"), exc_info=error)
        else:
            await _respond(send, 204)

    async def _take(self, verb: str, headers: dict[str, str], body: bytes) -> None:
        delivery = self._verified(headers, body)
        hook = self.hooks.get(delivery.event)
        if hook is None and delivery.event == PING:
            return
        if hook is None:
            raise Refusal(404, f'there is no event "{delivery.event}"')
        if verb not in hook.verbs:
            raise Refusal(405, f"{delivery.event} is not sent with {verb}")
        content = _read(hook, headers, body)
        match await self.seen.claim(delivery.id):
            case "seen":
                return
            case "busy":
                raise Refusal(503, "this delivery is being taken already", 5)
        await self._hand_over(hook, content, delivery)

    def _verified(self, headers: dict[str, str], body: bytes) -> Delivery:
        try:
            id = verify(
                self.secrets, headers, body, now=time.time(), tolerance=self.tolerance
            )
        except BadSignature as reason:
            raise Refusal(401, str(reason)) from reason
        sent = datetime.fromtimestamp(int(headers["webhook-timestamp"]), timezone.utc)
        return Delivery(id, headers.get("webhook-event", ""), sent, headers)

    async def _hand_over(self, hook: Hook, content: object, delivery: Delivery) -> None:
        """Call the method; only when it has returned is the delivery kept as taken."""
        try:
            await getattr(self, hook.method)(content, delivery)
        except BaseException as error:
            await self.seen.release(delivery.id)
            if isinstance(error, NotTaken):
                raise Refusal(501, f"{hook.method} is not implemented") from error
            raise
        await self.seen.keep(delivery.id)


async def read_body(headers: Mapping[str, str], receive: Receive, limit: int) -> bytes:
    """The request's body; raises Refusal beyond the limit, or when its sender went away."""
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit:
        raise Refusal(413, f"a delivery has at most {limit} bytes")
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "the sender went away")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            raise Refusal(413, f"a delivery has at most {limit} bytes")
    return bytes(body)


def _read(hook: Hook, headers: Mapping[str, str], body: bytes) -> object:
    """The typed body."""
    if not hook.contents:
        return None
    sent = Response(200, tuple(headers.items()), body)
    content = choose(hook.contents, sent.content_type)
    if content is None:
        raise Refusal(415, f'"{sent.media_type}" is not declared for {hook.method}')
    try:
        return content.decode(sent)
    except ValueError as reason:
        raise Refusal(
            422, f"the body is not what is declared: {in_words(reason)}"
        ) from reason


async def _live(receive: Receive, send: Send) -> None:
    """Say yes to a server that runs this app alone (ASGI's lifespan)."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _refuse(send: Send, refusal: Refusal) -> None:
    described = {"status": refusal.status, "detail": refusal.detail}
    headers = [(b"content-type", b"application/problem+json")]
    if refusal.retry_after is not None:
        headers.append((b"retry-after", str(refusal.retry_after).encode()))
    await _respond(send, refusal.status, json.dumps(described).encode(), headers)


async def _respond(
    send: Send,
    status: int,
    body: bytes = b"",
    headers: Sequence[tuple[bytes, bytes]] = (),
) -> None:
    length = [(b"content-length", str(len(body)).encode())] if body else []
    started = {"status": status, "headers": [*headers, *length]}
    await send({"type": "http.response.start", **started})
    await send({"type": "http.response.body", "body": body})
