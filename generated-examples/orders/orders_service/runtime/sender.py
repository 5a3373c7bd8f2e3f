"""Sends one request and tells what came back. The only module that knows the HTTP client (aiohttp)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Protocol

from aiohttp import (
    ClientConnectionResetError,
    ClientConnectorError,
    ClientError,
    ClientOSError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    ServerDisconnectedError,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver

from .guard import (
    AddressRefused,
    Rules,
    TargetRefused,
    check_target,
    guarded_socket,
)
from .lookup import Lookup
from .store import now

KEPT = 1024
"""Bytes of an answer that are worth keeping."""
READ = 16 * 1024
"""Bytes of an answer that are worth reading, so that its connection can be used again."""
READ_SECONDS = 2.0
BROKEN = (ServerDisconnectedError, ClientConnectionResetError, ClientOSError)
BROKEN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request that is ready to go."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: a status, or an error in words when no answer came."""

    duration: float
    status: int | None = None
    error: str | None = None
    answer: bytes = b""
    retry_after: float | None = None
    refused: bool = False
    """Whether the URL itself is against the rules, so that trying again is no use."""

    @property
    def arrived(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300


class Sender(Protocol):
    """Whatever carries a delivery to its target."""

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Send once; failures are outcomes, never exceptions."""

    async def close(self) -> None:
        """Let go of every connection."""


class HttpSender:
    """Sends over HTTP, to public addresses only, never through a proxy nor after a redirect."""

    def __init__(
        self,
        rules: Rules,
        *,
        connect: float = 5.0,
        total: float = 15.0,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._rules = rules
        self._timeout = ClientTimeout(total=total, connect=connect)
        self._resolver = resolver or Lookup()
        self._session: ClientSession | None = None

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Send once; failures are outcomes, never exceptions."""
        began = monotonic()
        try:
            return await self._sent(outgoing, began)
        except TargetRefused as refusal:
            return Outcome(0.0, error=f"refused: {refusal}", refused=True)
        except (ClientError, OSError, ValueError) as error:
            return Outcome(monotonic() - began, error=worded(error))

    async def close(self) -> None:
        """Let go of every connection."""
        if self._session is not None:
            await self._session.close()

    async def _sent(self, outgoing: Outgoing, began: float) -> Outcome:
        try:
            return await self._send(outgoing, began)
        except BROKEN as error:
            fresh = isinstance(error, ClientConnectorError)
            if fresh or monotonic() - began > BROKEN_SECONDS:
                raise
            # Most likely the endpoint had just closed the connection that we kept.
            return await self._send(outgoing, began)

    async def _send(self, outgoing: Outgoing, began: float) -> Outcome:
        # The rules may have changed since the URL was accepted.
        url = check_target(outgoing.url, self._rules)
        session = self._session or self._opened()
        async with session.request(
            outgoing.method,
            url,
            data=outgoing.body,
            headers=outgoing.headers,
            allow_redirects=False,
            timeout=self._timeout,
        ) as response:
            answer = await _beginning(response)
            return Outcome(
                monotonic() - began,
                response.status,
                None if response.status // 100 == 2 else f"answered {response.status}",
                answer[:KEPT],
                seconds_of(response.headers.get("Retry-After")),
            )

    def _opened(self) -> ClientSession:
        self._session = ClientSession(
            connector=TCPConnector(
                limit=0,
                use_dns_cache=False,
                resolver=self._resolver,
                socket_factory=guarded_socket(self._rules),
            ),
            cookie_jar=DummyCookieJar(),
            trust_env=False,
            # A compressed answer is kept as it is, so that it cannot swell.
            auto_decompress=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
        )
        return self._session


def seconds_of(retry_after: str | None) -> float | None:
    """A Retry-After header as seconds from now: a number or a date (RFC 9110 §10.2.3)."""
    if not retry_after:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now())
    except (ValueError, OverflowError):
        return None


def worded(error: Exception) -> str:
    """The error in words that its owner may see."""
    refused = error
    while refused is not None and not isinstance(refused, AddressRefused):
        refused = refused.__cause__ or refused.__context__  # type: ignore[assignment]
    if refused is not None:
        return f"refused: {refused}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return f"{type(error).__name__}: {error}"[:500]


async def _beginning(response: ClientResponse) -> bytes:
    """The first bytes of the answer; its status counts even when the rest never comes."""
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(READ_SECONDS):
            while size < READ and (chunk := await response.content.readany()):
                chunks.append(chunk)
                size += len(chunk)
    except (ClientError, TimeoutError):
        pass
    return b"".join(chunks)
