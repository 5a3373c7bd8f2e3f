"""HTTP channels as a client sees them: a message is posted, what the service sends is an event stream."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Mapping
from random import uniform
from typing import Literal
from urllib.parse import quote

import httpx2

from .audience import Audience, below, rooted
from .carrier import (
    NO_OPTIONS,
    CannotConnect,
    Deliver,
    Show,
    Undelivered,
    Unsubscribe,
    nothing,
)
from .event_stream import EventStream
from .message_frames import PROBLEM, headers_of
from .no_cookies import no_cookies
from .tasks import ended

log = logging.getLogger(__name__)

INBOX = re.compile(r".+\.inbox\.[0-9a-f]{32}")
"""An address that only replies come to; there is no stream at it."""
FIELD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
VALUE = re.compile(r"[\x20-\x7e]*")
TIMEOUT = httpx2.Timeout(10.0, read=60.0)
SILENCE = httpx2.Timeout(10.0, read=40.0)
"""A live stream gives a sign every 15 seconds."""
FIRST, LONGEST = 0.2, 30.0
"""Seconds before a stream is opened again, at first and at most."""


class StreamRefused(Exception):
    """The service has no such stream, or not for this caller."""


class HttpClientCarrier:
    """The Carrier of HTTP channels, at the client's end."""

    protocol: Literal["http"] = "http"

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        show: Show = nothing,
    ) -> None:
        self._url = url.rstrip("/")
        self._headers = headers or {}
        self._query = query or {}
        self._show = show
        self._audience = Audience()
        self._reading: set[asyncio.Task[None]] = set()
        self._http: httpx2.AsyncClient | None = None

    async def start(self) -> None:
        """Nothing is asked of the service before it is needed."""

    async def stop(self, grace: float) -> None:
        """Leave every stream."""
        await ended(*self._reading)
        http, self._http = self._http, None
        if http is not None:
            await http.aclose()

    async def publish(
        self,
        address: str,
        body: bytes,
        headers: Mapping[str, str],
        options: Mapping[str, object] = NO_OPTIONS,
    ) -> None:
        """Post a message; a reply is delivered to its reply-to. Raises Undelivered."""
        method = options.get("method")
        shown, fields = self._show(address)
        try:
            response = await self._client().request(
                method if isinstance(method, str) else "POST",
                self._at(address),
                content=body,
                headers={**sendable(headers), **shown, **self._headers},
                params={**fields, **self._query, **fields_of(options)} or None,
                timeout=TIMEOUT,
            )
        except httpx2.HTTPError as error:
            raise Undelivered(f"{address}: {error!r}") from error
        await self._answered(address, headers, response)

    async def _answered(
        self, address: str, headers: Mapping[str, str], response: httpx2.Response
    ) -> None:
        """Delivers a reply, or the problem instead of one; raises Undelivered for any other refusal."""
        reply_to = headers.get("reply-to")
        told = dict(response.headers)
        is_problem = told.get("content-type", "").startswith(PROBLEM)
        if reply_to is not None and (response.is_success or is_problem):
            told.setdefault("correlation-id", headers.get("correlation-id", ""))
            if response.content:
                await self._audience.tell(reply_to, response.content, told)
        elif not response.is_success:
            raise refused(address, response)

    async def subscribe(
        self,
        address: str,
        group: str,
        deliver: Deliver,
        limit: int = 8,
        options: Mapping[str, object] = NO_OPTIONS,
    ) -> Unsubscribe:
        """Deliver the address's events, or the replies to an inbox.

        Raises CannotConnect, and ValueError where a parameter of the address has no value.
        """
        if INBOX.fullmatch(address):
            return self._audience.join(address, group, deliver, limit)
        if "{" in address:
            raise ValueError(f"the address of a stream needs its parameters: {address}")
        opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        reading = asyncio.create_task(self._read(address, deliver, opened))
        self._reading.add(reading)
        reading.add_done_callback(self._reading.discard)
        try:
            await opened
        except (StreamRefused, httpx2.HTTPError) as error:
            raise CannotConnect(f"{address}: {error}") from error

        async def leave() -> None:
            await ended(reading)

        return leave

    async def _read(
        self, address: str, deliver: Deliver, opened: asyncio.Future[None]
    ) -> None:
        """Delivers events over every break; the first opening must succeed."""
        stream, failures = EventStream(), 0
        while True:
            try:
                async for piece in self._pieces(address, stream.last_id, opened):
                    failures = 0
                    await tell(address, deliver, stream, piece)
            except (StreamRefused, httpx2.HTTPError) as error:
                if not opened.done():
                    opened.set_exception(error)
                if not opened.exception() and not isinstance(error, StreamRefused):
                    log.info("%s: %r", address, error)
                else:
                    return
            failures += 1
            stream = EventStream(stream.last_id)
            ceiling = min(LONGEST, FIRST * 2.0 ** min(failures, 16))
            await asyncio.sleep(uniform(ceiling / 2, ceiling))

    async def _pieces(
        self, address: str, last_id: str, opened: asyncio.Future[None]
    ) -> AsyncIterator[bytes]:
        """One stream, piece by piece; raises StreamRefused."""
        shown, fields = self._show(address)
        headers = {"Accept": "text/event-stream", **shown, **self._headers}
        headers |= {"Last-Event-ID": last_id} if last_id else {}
        async with self._client().stream(
            "GET",
            self._at(address),
            headers=headers,
            params={**fields, **self._query} or None,
            timeout=SILENCE,
        ) as response:
            check(response)
            if not opened.done():
                opened.set_result(None)
            async for piece in response.aiter_bytes():
                yield piece

    def _client(self) -> httpx2.AsyncClient:
        if self._http is None:
            self._http = httpx2.AsyncClient(cookies=no_cookies())
        return self._http

    def _at(self, address: str) -> str:
        return below(self._url, quote(rooted(address)))


def check(response: httpx2.Response) -> None:
    """Raises StreamRefused, or HTTPError where it is worth another try."""
    kind = response.headers.get("content-type", "").partition(";")[0]
    status = response.status_code
    if status in (408, 425, 429) or status >= 500:
        response.raise_for_status()
    if status != 200 or kind != "text/event-stream":
        raise StreamRefused(f"the service answered {status} {kind}")


async def tell(
    address: str, deliver: Deliver, stream: EventStream, piece: bytes
) -> None:
    """Delivers the events that a piece completes."""
    for event in stream.feed(piece):
        try:
            headers = headers_of(event.headers.encode()) if event.headers else {}
            await deliver(address, event.data.encode(), headers)
        except Exception:
            log.exception("an event of %s cannot be delivered", address)


def fields_of(options: Mapping[str, object]) -> Mapping[str, str]:
    """The fields of the query that go with one message."""
    found = options.get("fields")
    return found if isinstance(found, Mapping) else {}


def refused(address: str, response: httpx2.Response) -> Undelivered:
    """Why a message was not taken, and when to come back."""
    error = Undelivered(f"{address}: {response.status_code} {response.text[:500]}")
    wait = response.headers.get("retry-after", "")
    error.retry_after = float(wait) if re.fullmatch(r"\d{1,5}", wait, re.ASCII) else 0.0
    return error


def sendable(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that HTTP can carry; the reply comes back by itself."""
    return {
        name: value
        for name, value in headers.items()
        if name != "reply-to" and FIELD.fullmatch(name) and VALUE.fullmatch(value)
    }
