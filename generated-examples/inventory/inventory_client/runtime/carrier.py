"""What moves messages: the port that every broker, socket and stream stands behind.

Only builtin types cross it (both errors are a ConnectionError), so that the copies of two packages fit together.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

Deliver = Callable[[str, bytes, Mapping[str, str]], Awaitable[None]]
"""Takes one message: its actual address, its body, its headers by lower-case name."""

Unsubscribe = Callable[[], Awaitable[None]]

Show = Callable[[str], tuple[Mapping[str, str], Mapping[str, str]]]
"""The headers and the query that prove who a client is, at an address."""

NO_OPTIONS: Mapping[str, object] = {}


def nothing(address: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """What a client shows where nobody asks who it is."""
    return {}, {}


class CannotConnect(ConnectionError):
    """The broker cannot be reached now; it is tried again."""


class Undelivered(ConnectionError):
    """The broker did not take a message; it is published again, at the earliest after `retry_after` seconds."""

    retry_after: float = 0.0


class Carrier(Protocol):
    """Moves messages: at least once, and in order per address where the broker promises it."""

    async def start(self) -> None:
        """Return once connected; raises CannotConnect."""

    async def stop(self, grace: float) -> None:
        """Deliver nothing more, let what is being delivered end within `grace` seconds, and close."""

    async def publish(
        self,
        address: str,
        body: bytes,
        headers: Mapping[str, str],
        options: Mapping[str, object] = NO_OPTIONS,
    ) -> None:
        """Return once the broker has the message; raises Undelivered.

        `options` are the protocol's binding fields, and `key` where the message has one.
        """

    async def subscribe(
        self,
        address: str,
        group: str,
        deliver: Deliver,
        limit: int = 8,
        options: Mapping[str, object] = NO_OPTIONS,
    ) -> Unsubscribe:
        """Deliver what arrives at an address, at most `limit` messages at a time.

        The address may have `{parameters}`, each standing for one segment. Each message goes to one member of
        a group, and to every group. It is acknowledged when `deliver` returns, and delivered again when it raises.
        """
        ...
