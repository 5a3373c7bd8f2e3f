"""HTTP channels of the service: what is sent to it is a POST, what it sends is an event stream.

A message that cannot be handled is answered so, and is not delivered again: its sender sends it again.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from .access import ApiKey, Security
from .audience import Audience, rooted
from .carrier import NO_OPTIONS, Deliver, Unsubscribe
from .channel import Channel
from .feed import Feeds
from .handshake import OURS, SECRET, checked
from .message_headers import CALLER
from .places import Place, places_of
from .problem import HttpProblem
from .service import Service, body_of
from .sse import EventStream

log = logging.getLogger(__name__)

REPLY = "http:"
"""What the reply-to of a message begins with that came in a request."""
OF_HTTP = frozenset(
    {"accept", "accept-encoding", "connection", "content-length", "host"}
    | {"keep-alive", "reply-to", "te", "trailer", "transfer-encoding", "upgrade"}
)
"""The headers that are about the request, and not about the message."""
FIELD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
VALUE = re.compile(r"[\x20-\x7e]*")
Publication = tuple[bytes, Mapping[str, str]]


@dataclass(slots=True)
class Asked:
    """A request, and the replies to it that were published while it was handled."""

    replies: list[Publication] = field(default_factory=list)


class HttpCarrier:
    """The Carrier of HTTP channels; `security` and `prefixes` (paths) are by channel name."""

    def __init__(
        self,
        receives: Sequence[Channel],
        sends: Sequence[Channel],
        *,
        security: Mapping[str, Security] | None = None,
        prefixes: Mapping[str, str] | None = None,
    ) -> None:
        more = (security or {}, prefixes or {})
        self._receives = places_of(receives, "http", *more)
        self._sends = places_of(sends, "http", *more)
        self._audience = Audience()
        self._feeds = Feeds()
        self._asked: dict[str, Asked] = {}
        self._streams = 0
        self._started = False

    def routes(self) -> list[BaseRoute]:
        """A route for each address that receives, and for each that sends."""
        taking = [
            Route(place.path, partial(self._take, place), methods=[method_of(place)])
            for place in self._receives
        ]
        telling = [
            Route(place.path, partial(self._tell, place), methods=["GET"])
            for place in self._sends
        ]
        return [*taking, *telling]

    async def start(self) -> None:
        """Answer requests."""
        self._started = True
        self._feeds.open()

    async def stop(self, grace: float) -> None:
        """End the streams; requests are let end by the server."""
        self._started = False
        self._feeds.close()

    async def publish(
        self,
        address: str,
        body: bytes,
        headers: Mapping[str, str],
        options: Mapping[str, object] = NO_OPTIONS,
    ) -> None:
        """Tell every stream of the address, or answer the request that a reply-to names."""
        if not address.startswith(REPLY):
            self._feeds.publish(rooted(address), data_of(body, headers))
        elif address in self._asked:
            self._asked[address].replies.append((body, headers))

    async def subscribe(
        self,
        address: str,
        group: str,
        deliver: Deliver,
        limit: int = 8,
        options: Mapping[str, object] = NO_OPTIONS,
    ) -> Unsubscribe:
        """Deliver what is posted to the address."""
        return self._audience.join(address, group, deliver, limit)

    def _check_started(self) -> None:
        if not self._started:
            raise HttpProblem(503, headers={"Retry-After": "1"})

    async def _take(self, place: Place, request: Request) -> Response:
        """POST: 204 when the message was handled, 200 with the reply where there is one."""
        self._check_started()
        service: Service[Any] = Service.of(request)
        address = place.address(request)
        known = await self._known(service, place, request)
        body = await body_of(request, service.settings.max_body)
        reply_to = REPLY + secrets.token_urlsafe(16)
        headers = {**message_headers(service, request), **known, "reply-to": reply_to}
        asked = self._asked[reply_to] = Asked()
        try:
            await self._deliver(address, body, headers)
        finally:
            del self._asked[reply_to]
        return answer(asked)

    async def _known(
        self, service: Service[Any], place: Place, request: Request
    ) -> dict[str, str]:
        """Who sends, and what the binding asks for; raises HttpProblem."""
        caller = await service.identify(request, place.security)
        known = checked(request, place.binding)
        return known if caller is None else {**known, CALLER: caller.id}

    async def _deliver(
        self, address: str, body: bytes, headers: Mapping[str, str]
    ) -> None:
        try:
            heard = await self._audience.tell(address, body, headers)
        except HttpProblem:
            raise
        except Exception:
            log.exception("a message at %s cannot be handled", address)
            heard = False
        if not heard:
            raise HttpProblem(
                503, detail="The message was not handled", headers={"Retry-After": "1"}
            )

    async def _tell(self, place: Place, request: Request) -> Response:
        """GET: the events of the address, those after Last-Event-ID first."""
        self._check_started()
        service: Service[Any] = Service.of(request)
        address = place.address(request)
        await self._known(service, place, request)
        if self._streams >= service.settings.max_waiters:
            busy = {"Retry-After": "1"}
            raise HttpProblem(503, detail="Too many callers are waiting", headers=busy)
        if self._feeds.close not in service.closers:
            service.closers.append(self._feeds.close)
        events = self._counted(address, last_event(request))
        return EventStream(b"", events, frame, service.settings.heartbeat)

    async def _counted(
        self, address: str, last: int | None
    ) -> AsyncGenerator[tuple[int, bytes]]:
        self._streams += 1
        try:
            async with aclosing(self._feeds.listen(address, last)) as events:
                async for event in events:
                    yield event
        finally:
            self._streams -= 1


def method_of(place: Place) -> str:
    """The method that the binding declares, else POST."""
    method = place.binding.get("method")
    return method.upper() if isinstance(method, str) else "POST"


def message_headers(service: Service[Any], request: Request) -> dict[str, str]:
    """The headers of a request that belong to its message; none of them is a credential."""
    keys = {s.name.lower() for s in service.schemes.values() if isinstance(s, ApiKey)}
    kept = {
        name: value
        for name, value in request.headers.items()
        if name not in OF_HTTP | SECRET | OURS | keys
    }
    id = kept.get("webhook-id") or kept.get("idempotency-key", "").strip('"')
    return {"message-id": id, **kept} if id else kept


def answer(asked: Asked) -> Response:
    """The first reply as a response; 204 where there was none."""
    if not asked.replies:
        return Response(status_code=204)
    body, headers = asked.replies[0]
    sent = {
        name: value
        for name, value in headers.items()
        if name not in OF_HTTP and FIELD.fullmatch(name) and VALUE.fullmatch(value)
    }
    return Response(body, 200, {"cache-control": "no-store", **sent})


def data_of(body: bytes, headers: Mapping[str, str]) -> bytes:
    """A message as the lines of an event; the field `headers` is for clients that know it."""
    text = body.decode("utf-8", "replace")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    told = "".join(f"data: {line}\n" for line in lines)
    return f"headers: {json.dumps(dict(headers))}\n{told}\n".encode()


def frame(event: tuple[int, bytes]) -> bytes:
    return b"id: %d\n%s" % event


def last_event(request: Request) -> int | None:
    """The id of the last event that the caller has seen."""
    given = request.headers.get("last-event-id") or request.query_params.get(
        "lastEventId", ""
    )
    return int(given) if re.fullmatch(r"\d{1,18}", given, re.ASCII) else None
