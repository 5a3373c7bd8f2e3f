"""Looks names up in threads that nobody waits for: dead name servers keep no service from stopping."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from aiohttp.abc import AbstractResolver, ResolveResult

T = TypeVar("T")


class Lookup(AbstractResolver):
    """The system's own name resolution."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name; raises OSError when it has none."""
        ask = partial(
            socket.getaddrinfo, host, port, family, socket.SOCK_STREAM, 0, _USABLE
        )
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=int(address[1]),
                family=kind,
                proto=proto,
                flags=_NUMERIC,
            )
            for kind, _, proto, _, address in await in_thread(ask)
        ]

    async def close(self) -> None:
        """Nothing is kept."""


_USABLE = socket.AI_ADDRCONFIG
_NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


async def in_thread(function: Callable[[], T]) -> T:
    """The value of a blocking function, in a thread that ends with the process if not before."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(method: Callable[[Any], None], outcome: object) -> None:
        if not future.done():
            method(outcome)

    def run() -> None:
        method: Callable[[Any], None] = future.set_result
        outcome: object
        try:
            outcome = function()
        except Exception as error:
            method, outcome = future.set_exception, error
        with suppress(RuntimeError):  # the loop may be closed by now
            loop.call_soon_threadsafe(settle, method, outcome)

    threading.Thread(target=run, name="lookup", daemon=True).start()
    return await future
