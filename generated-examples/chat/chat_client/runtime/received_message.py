"""A message of the service as a caller gets it, and how one that asks is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic
from uuid import uuid4

from typing_extensions import TypeVar

from .correlating import answering, written
from .errors import ClientError
from .message_headers import CORRELATION_ID, MESSAGE_ID, REPLY_TO
from .message_location import location_of
from .remote_exchange import Feed, Publication

B = TypeVar("B")
H = TypeVar("H", default=Mapping[str, str])
R = TypeVar("R", default=object)

Sending = Callable[[Publication, str, bytes, Mapping[str, str]], Awaitable[None]]
"""Sends what is written already to an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received(Generic[B, H]):
    """A message as it came: typed body, typed headers, actual address."""

    body: B
    headers: H
    address: str
    parameters: Mapping[str, str]
    """What stands at the address's parameters."""
    texts: Mapping[str, str] = field(repr=False)
    """Every header as text, by its name in lower case."""

    @property
    def id(self) -> str | None:
        """The message's id: the same when it is delivered again."""
        return self.texts.get(MESSAGE_ID)

    @property
    def correlation_id(self) -> str | None:
        """What a reply names it by."""
        return self.texts.get(CORRELATION_ID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking(Received[B, H], Generic[B, H, R]):
    """A message that waits for a reply: an R."""

    raw: bytes = field(repr=False)
    feed: Feed[Any] = field(repr=False)
    sending: Sending = field(repr=False)

    async def reply(self, body: R, headers: object = None) -> None:
        """Answer it; raises ConnectionFailed."""
        publication = self.feed.answers
        assert publication is not None
        ids = answering(self.feed.kinds, self.raw, self.texts)
        message = written(
            publication.kind_of(body), body, headers, next(iter(ids), None)
        )
        texts = {**message.headers, MESSAGE_ID: uuid4().hex}
        await self.sending(publication, self._wanted(publication), message.body, texts)

    def _wanted(self, publication: Publication) -> str:
        """Where the message wants its reply, or where all replies go."""
        told = self.feed.reply_address
        place = location_of(told) if told else None
        legible = (kind.legible(self.raw) for kind in self.feed.kinds)
        body = next(filter(None, legible), b"")
        address = place.find(body, self.texts) if place else None
        if wanted := address or self.texts.get(REPLY_TO):
            return wanted
        if publication.channel.address is None:
            raise ClientError(f"{self.feed.name}: the message names no reply address")
        return publication.address(self.parameters)
