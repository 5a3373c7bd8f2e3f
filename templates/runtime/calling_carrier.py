"""HTTP channels that the service calls: what it sends there is a request to one of the document's servers.

Where these are is the operator's to say, as with a broker: no rules of where deliveries may go apply.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qsl

from .carrier import NO_OPTIONS, Deliver, Undelivered, Unsubscribe
from .http_client_carrier import HttpClientCarrier
from .lifespan import CannotStart
from .settings import Settings

LONGEST = 45.0
"""Seconds that a call may take, less than a letter is its sender's."""


class CallingCarrier:
    """The Carrier of channels that are called; `servers` has the document's URLs by name, as far as it knows them."""

    def __init__(self, servers: Mapping[str, str | None], settings: Settings) -> None:
        urls, headers = settings.server_urls or {}, settings.server_headers or {}
        if unknown := [name for name in (*urls, *headers) if name not in servers]:
            raise CannotStart(f"no messages are sent to a server {unknown[0]}")
        self._servers = {
            name: called(name, urls.get(name, url), headers.get(name))
            for name, url in servers.items()
        }

    async def start(self) -> None:
        """Nothing is asked of a server before it is needed."""

    async def stop(self, grace: float) -> None:
        """Close every connection."""
        for one in self._servers.values():
            await one.stop(grace)

    async def publish(
        self,
        address: str,
        body: bytes,
        headers: Mapping[str, str],
        options: Mapping[str, object] = NO_OPTIONS,
    ) -> None:
        """Call the channel's server; what it answers is delivered to the reply-to. Raises Undelivered."""
        server = self._servers[str(options["server"])]
        try:
            async with asyncio.timeout(LONGEST):
                await server.publish(address, body, headers, options)
        except TimeoutError:
            raise Undelivered(f"{address}: no answer in time") from None

    async def subscribe(
        self,
        address: str,
        group: str,
        deliver: Deliver,
        limit: int = 8,
        options: Mapping[str, object] = NO_OPTIONS,
    ) -> Unsubscribe:
        """Deliver the answers to calls that name this address as their reply-to."""
        leaving = [
            await one.subscribe(address, group, deliver, limit, options)
            for one in self._servers.values()
        ]

        async def leave() -> None:
            for one in leaving:
                await one()

        return leave


def called(
    name: str, url: str | None, headers: Mapping[str, str] | None
) -> HttpClientCarrier:
    """What calls a server; raises CannotStart where nobody says where that is."""
    if url is None:
        raise CannotStart(f"SERVER_URLS must say where the server {name} is")
    base, _, query = url.partition("?")
    return HttpClientCarrier(base, headers=headers, query=dict(parse_qsl(query)))
