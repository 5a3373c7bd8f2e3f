"""What a client can do with messages: the other side of every exchange of the service, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic

from typing_extensions import TypeVar

from .address import PARAMETER
from .channel import ADDRESS, Channel, Options
from .message_errors import UnsendableMessage
from .message_location import Location, location_of
from .message_reading import Kinds, kind_of
from .remote_kind import MessageKind

R = TypeVar("R")
M = TypeVar("M")

Values = Mapping[str, str | None]
"""The parameters of an address, as far as they are given."""
NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What the service receives: a channel, and the kinds of messages it takes there."""

    name: str
    channel: Channel
    kinds: Kinds
    options: Options = field(default_factory=dict)

    def kind_of(self, body: object) -> MessageKind[Any, Any]:
        """The declared kind of a body; raises UnsendableMessage."""
        return kind_of(self.name, self.kinds, body)

    def address(
        self, values: Values, body: bytes = b"", headers: Mapping[str, str] = NO_HEADERS
    ) -> str:
        """Where a message goes, by its parameters or by what it carries itself; raises UnsendableMessage."""
        found = dict(values)
        for name, known in self.channel.parameters.items():
            place = location_of(known.location) if known.location else None
            if place is not None and found.get(name) is None:
                found[name] = place.find(body, headers)
        try:
            return self.channel.format(found)
        except ValueError as reason:
            raise UnsendableMessage(f"{self.name}: {reason}") from reason


@dataclass(frozen=True, kw_only=True)
class Replies(Generic[R]):
    """What answers a message: result R."""

    kinds: Kinds
    channel: Channel | None = None
    address: str | None = None
    """Where a request says its reply's address: `$message.header#/replyTo`."""
    accepted: Kinds = ()
    """The kinds that only say that a job was taken."""

    @property
    def place(self) -> Location | None:
        return location_of(self.address) if self.address else None

    @property
    def all(self) -> Kinds:
        return (*self.accepted, *self.kinds)


@dataclass(frozen=True, kw_only=True)
class Request(Publication, Generic[R]):
    """What the service receives and replies to, or, where it is asynchronous, has a job for."""

    replies: Replies[R]


@dataclass(frozen=True, kw_only=True)
class Feed(Generic[M]):
    """What the service sends: a channel, its kinds M, and those that belong to others there."""

    name: str
    channel: Channel
    kinds: Kinds
    others: Kinds = ()
    answers: Publication | None = None
    """How a message that asks for a reply is answered."""
    reply_address: str | None = None
    """Where such a message says its reply's address."""
    options: Options = field(default_factory=dict)

    def address(self, values: Values) -> str:
        """The address with the parameters that have a value; at a broker the others stay open."""
        if self.channel.address is None:
            return values[ADDRESS] or ""
        if self.channel.carrier == "broker":
            return narrowed(self.channel.address, values)
        try:
            return self.channel.format(values)
        except ValueError as reason:
            raise UnsendableMessage(f"{self.name}: {reason}") from reason


def narrowed(template: str, values: Values) -> str:
    """An address with the parameters that have a value; the others stay open."""
    given = {name: value for name, value in values.items() if value is not None}
    return PARAMETER.sub(lambda found: given.get(found[1], found[0]), template)
