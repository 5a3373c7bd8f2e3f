"""A publisher: how the service sends the messages of one send operation."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Generic, Protocol, cast

from typing_extensions import TypeVar

from .channel import Channel, Options
from .consumer import Replies
from .ids import new_id
from .letters import both
from .message import WithHeaders
from .message_kind import Kinds, MessageKind, kind_of
from .message_location import location_of
from .outgoing import Letter

R = TypeVar("R", default=None)
Values = Mapping[str, str | None]
"""Parameters of an address; None for the default, or for what the message itself says."""

NONE: Values = {}


class Postbox(Protocol):
    """What takes messages: the messaging of a running service."""

    async def put(self, letter: Letter) -> None:
        """Send it with the transaction of the running handler, else once it is stored."""

    async def ask(self, letter: Letter, replies: Replies, timeout: float) -> object:
        """What is answered; raises TimeoutError."""


_postbox: ContextVar[Postbox] = ContextVar("postbox")
_running: list[Postbox] = []


class Publisher(Generic[R]):
    """One send operation; what it is answered with, if anything, is an R."""

    def __init__(
        self,
        name: str,
        channel: Channel,
        kinds: Kinds,
        *,
        reply: Replies | None = None,
        options: Options | None = None,
    ) -> None:
        self.name = name
        self.channel = channel
        self.kinds = kinds
        self.reply = reply
        self.options = options or {}

    async def send(
        self,
        body: object,
        parameters: Values = NONE,
        *,
        headers: object = None,
        correlation_id: str | None = None,
        key: str | None = None,
    ) -> None:
        """Send a message to the channel's address with these parameters.

        Within a handler of a message or a job it goes out with the transaction that ends it, elsewhere once it is
        stored. Raises ValueError or TypeError for what the document does not declare.
        """
        letter = self.letter(body, parameters, headers, correlation_id, key)
        await postbox().put(letter)

    async def request(
        self,
        body: object,
        parameters: Values = NONE,
        *,
        headers: object = None,
        key: str | None = None,
        timeout: float = 30.0,
    ) -> R:
        """What the message is answered with; it goes out at once. Raises TimeoutError."""
        assert self.reply is not None, f"{self.name} has no reply"
        letter = self.letter(body, parameters, headers, new_id("req_"), key)
        return cast(R, await postbox().ask(letter, self.reply, timeout))

    def letter(
        self,
        body: object,
        parameters: Values,
        headers: object,
        correlation_id: str | None,
        key: str | None,
    ) -> Letter:
        """The message as it goes out."""
        if isinstance(body, WithHeaders):
            headers, body = body.headers, body.body
        kind = kind_of(self.kinds, body)
        content, texts = kind.write(body, headers, correlation_id=correlation_id)
        address = self.channel.format(self._located(kind, content, texts, parameters))
        options = both(self.channel.options, self.options)
        return Letter(address, content, texts, self.channel.carrier, options, key)

    def _located(
        self,
        kind: MessageKind[Any, Any],
        body: bytes,
        headers: Mapping[str, str],
        parameters: Values,
    ) -> Values:
        """The parameters, those that are not given taken from the message where it carries them."""
        found = dict(parameters)
        for name, known in self.channel.parameters.items():
            place = location_of(known.location) if known.location else None
            if place is not None and found.get(name) is None:
                lower = {key.lower(): text for key, text in headers.items()}
                found[name] = kind.find(place, body, lower)
        return found


def postbox() -> Postbox:
    """The messaging of the service that this code runs in, else of the one that runs in this process.

    Raises RuntimeError where none runs.
    """
    found = _postbox.get(None) or next(iter(_running[-1:]), None)
    if found is None:
        raise RuntimeError("messages can only be sent while the service runs")
    return found


def enter(box: Postbox) -> None:
    """Make this the messaging of the running task and of all that it starts."""
    _postbox.set(box)


def opened(box: Postbox) -> None:
    """The messaging runs: code outside of its tasks finds it too."""
    _running.append(box)


def closed(box: Postbox) -> None:
    """The messaging runs no longer."""
    _running.remove(box)
