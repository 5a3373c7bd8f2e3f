"""A client's link to one carrier: made, started and stopped by it, or lent by its caller."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from .carrier import Carrier
from .channel import Channel, Options
from .errors import ClientError, ConnectionFailed

Making = Callable[[str], Carrier]
GRACE = 5.0
"""Seconds that running deliveries have when the client is closed."""
FAMILIES = {
    "amqps": "amqp",
    "http": "http",
    "https": "http",
    "kafka-secure": "kafka",
    "mqtts": "mqtt",
    "rediss": "redis",
    "wss": "ws",
}
"""The protocols whose bindings go by another name."""


class Link:
    """One carrier, connected when it is first needed.

    A carrier that is given as an object is started already and stays its giver's.
    """

    def __init__(self, place: str | Carrier, making: Making) -> None:
        self._place = place
        self._making = making
        self._started: Carrier | None = None
        self._starting = asyncio.Lock()

    @property
    def protocol(self) -> str:
        """Whose bindings apply."""
        if not isinstance(self._place, str):
            return str(getattr(self._place, "protocol", "memory"))
        scheme = self._place.partition(":")[0].lower()
        return FAMILIES.get(scheme, scheme)

    def options(self, *several: Options) -> dict[str, object]:
        """The fields of this protocol's bindings; later ones win."""
        return {
            name: value
            for options in several
            for name, value in options.get(self.protocol, {}).items()
        }

    async def carrier(self) -> Carrier:
        """The carrier, connected; raises ConnectionFailed."""
        if not isinstance(self._place, str):
            return self._place
        async with self._starting:
            if self._started is None:
                with connecting(self.protocol):
                    carrier = self._making(self._place)
                    await carrier.start()
                self._started = carrier
        return self._started

    async def close(self) -> None:
        """Disconnect, if the carrier is ours."""
        carrier, self._started = self._started, None
        if carrier is not None:
            await carrier.stop(GRACE)


def fresh_group(channel: Channel) -> str:
    """A group of nobody else: brokers keep nothing for one without a name."""
    return "" if channel.carrier == "broker" else uuid4().hex


@contextmanager
def connecting(what: str) -> Iterator[None]:
    """Word what a carrier raises as this client's own error.

    A carrier that was lent raises another package's classes: none of them can be named here.
    """
    try:
        yield
    except ClientError:
        raise
    except Exception as reason:
        raise ConnectionFailed(
            f"{what}: {str(reason) or type(reason).__name__}"
        ) from reason
