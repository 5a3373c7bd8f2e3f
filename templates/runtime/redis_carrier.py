"""Redis, reached through FastStream's broker. `x-redis: {type}` says what a channel is: stream, list or pubsub.

A **stream** (what a channel is when nothing is said) keeps its messages: field `data` has the payload, every other
field is a header. Each group reads all of it, from its beginning, and a message that a dead reader had in hand is
given to another after `claim_after` seconds; entries that every group is done with are trimmed. A **list** gives
each message to one reader, whatever its group (`RPUSH` puts one in). **pubsub** is `PUBLISH` and `SUBSCRIBE`: every
reader of every group hears it, and what nobody hears is lost. On lists and pubsub a payload travels bare, with the
headers it cannot do without in front of it (framing.py). Dead letters are always kept in streams.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Protocol, TypeAlias

from faststream.redis import RedisBroker
from redis.asyncio import Redis
from redis.exceptions import RedisError

from .address import DEAD
from .binding import Options, fields, number, text
from .carrier import NO_OPTIONS, CannotConnect, Deliver, Undelivered, Unsubscribe
from .carrier_subscriptions import Stoppable, Subscriptions, told_as
from .framing import framed
from .intake import Intake
from .redis_channels import ChannelReader
from .redis_lists import ListReader
from .redis_streams import DATA, StreamReader
from .wildcards import Spelling

CONNECT_TIMEOUT = 5.0
PUBLISH_TIMEOUT = 30.0

# What redis-py takes as a field's name and as its value.
_Cell: TypeAlias = "bytes | bytearray | memoryview[int] | str | int | float"

logger = logging.getLogger(__name__)


class RedisCarrier:
    """Moves messages; `claim_after` seconds without a word mean that a reader is dead."""

    def __init__(self, url: str, claim_after: float = 30.0) -> None:
        self._broker = RedisBroker(url, logger=logger)
        self._claim_after = claim_after
        self._client: Redis | None = None
        self._subscriptions = Subscriptions()

    async def start(self) -> None:
        """Returns once connected; raises CannotConnect to be tried again."""
        failed = CannotConnect("Redis does not answer")
        async with told_as(failed, (RedisError,), CONNECT_TIMEOUT):
            self._client = await self._broker.connect()
            await self._client.ping()

    async def stop(self, grace: float) -> None:
        """Takes nothing more, lets what is in hand end, then closes."""
        await self._subscriptions.stop(grace)
        await self._broker.stop()

    async def publish(
        self,
        address: str,
        body: bytes,
        headers: Mapping[str, str],
        options: Options = NO_OPTIONS,
    ) -> None:
        """Returns once the server has the message; raises Undelivered otherwise."""
        failed = Undelivered(f"Redis did not take a message for {address}")
        if self._client is None:
            raise failed
        async with told_as(failed, (RedisError,), PUBLISH_TIMEOUT):
            match _kind(address, options):
                case "pubsub":
                    await self._client.publish(address, framed(body, headers))
                case "list":
                    await self._client.rpush(address, framed(body, headers))
                case _:
                    most = number(_ours(options), "maxlen", 0) or None
                    cells: list[tuple[_Cell, _Cell]] = [*headers.items(), (DATA, body)]
                    await self._client.xadd(address, dict(cells), maxlen=most)

    async def subscribe(
        self,
        address: str,
        group: str,
        deliver: Deliver,
        limit: int = 8,
        options: Options = NO_OPTIONS,
    ) -> Unsubscribe:
        """Takes the messages of an address for a group; gives what ends that."""
        failed = CannotConnect(f"Redis does not give out {address}")
        if self._client is None:
            raise failed
        spelling = Spelling(address)
        intake = Intake(deliver, limit, self._claim_after / 3)
        reader: _Reader
        match _kind(address, options):
            case "pubsub":
                reader = ChannelReader(self._client, spelling, intake)
            case "list":
                reader = ListReader(self._client, spelling, intake, self._claim_after)
            case _:
                reader = StreamReader(
                    self._client, spelling, group, intake, self._claim_after
                )
        async with told_as(failed, (RedisError,), CONNECT_TIMEOUT):
            await reader.start()
        return self._subscriptions.add(reader)


class _Reader(Stoppable, Protocol):
    async def start(self) -> None: ...


def _kind(address: str, options: Options) -> str:
    """What a channel is on the server."""
    if address.endswith(DEAD):
        return "stream"
    return text(_ours(options), "type", "stream")


def _ours(options: Options) -> Options:
    """What `x-redis` says: the binding itself has no fields."""
    return fields(options, "x-redis") or options


def carrier(url: str) -> RedisCarrier:
    """The carrier for a URL."""
    return RedisCarrier(url)
