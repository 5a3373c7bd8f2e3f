"""A delivered message, before it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from .channel import Channel
from .message import BadMessage, Message
from .message_headers import ATTEMPT, REPLY_TO
from .message_kind import Kinds
from .problem import HttpProblem
from .violations import Violation

B = TypeVar("B", covariant=True)
Hd = TypeVar("Hd", covariant=True)


class Readable(Protocol[B, Hd]):
    """A kind of message, as far as it is read."""

    def read(self, body: bytes, headers: Mapping[str, str], /) -> tuple[B, Hd]: ...

    def correlation_of(
        self, body: bytes, headers: Mapping[str, str], /
    ) -> str | None: ...

    def legible(self, body: bytes, /) -> bytes: ...

    @property
    def takes_anything(self) -> bool: ...


class Incoming:
    """One delivery: its channel, its actual address, its bytes and its headers by lower-case name."""

    def __init__(
        self,
        id: str,
        channel: Channel,
        address: str,
        body: bytes,
        headers: Mapping[str, str],
    ) -> None:
        self.id = id
        self.channel = channel
        self.address = address
        self.body = body
        self.headers = headers
        self.parameters: Mapping[str, str] = channel.parse(address) or {}
        self.correlation_id: str | None = None
        self.legible = body
        """The body as JSON, once it is taken as a form of JSON."""
        self._read: tuple[Sequence[object], tuple[Any, Any]] | None = None

    @property
    def attempt(self) -> int:
        """Which attempt at the message this is, from 1."""
        text = self.headers.get(ATTEMPT, "1")
        return int(text) if text.isdecimal() and len(text) < 10 else 1

    def take(self, *kinds: Readable[B, Hd]) -> tuple[B, Message[Hd]]:
        """The body and what comes with it, of the first kind that it is; raises HttpProblem or BadMessage."""
        if wrong := self.channel.wrong(self.parameters):
            raise BadMessage([_unknown(name, self.channel) for name in wrong])
        body, headers = self._taken(kinds)
        return body, Message(
            self.id,
            self.address,
            headers,
            self.correlation_id,
            self.headers.get(REPLY_TO),
            self.attempt,
            self.parameters,
            self.headers,
        )

    def parameter(self, name: str) -> str:
        """A parameter of the address."""
        return self.parameters.get(name, "")

    def is_one_of(self, kinds: Kinds) -> bool:
        """Whether it can be taken as one of these kinds."""
        try:
            self.take(*kinds)
        except HttpProblem:
            return False
        return True

    def _taken(self, kinds: Sequence[Readable[B, Hd]]) -> tuple[B, Hd]:
        """Body and headers; read once, as choosing a consumer reads them too."""
        if self._read is not None and self._read[0] == kinds:
            return self._read[1]
        kind, taken = self._closest(kinds)
        self.correlation_id = kind.correlation_of(self.body, self.headers)
        self.legible = kind.legible(self.body)
        self._read = (kinds, taken)
        return taken

    def _closest(
        self, kinds: Sequence[Readable[B, Hd]]
    ) -> tuple[Readable[B, Hd], tuple[B, Hd]]:
        """The kind that it is, and how it is read: one that knows all members, before one that takes anything."""
        fitting: list[tuple[Readable[B, Hd], tuple[B, Hd]]] = []
        problems: list[HttpProblem] = []
        for kind in sorted(kinds, key=lambda one: one.takes_anything):
            if fitting and kind.takes_anything:
                break
            try:
                fitting.append((kind, kind.read(self.body, self.headers)))
            except HttpProblem as problem:
                problems.append(problem)
                continue
            if len(kinds) == 1 or not _unknown_members(fitting[-1][1][0]):
                return fitting[-1]
        if not fitting:
            raise min(problems, key=_amount)
        return fitting[0]


def _unknown_members(value: object) -> bool:
    """Whether a body has members that its model only lets through."""
    return isinstance(value, BaseModel) and bool(value.model_extra)


def _amount(problem: HttpProblem) -> int:
    """How much is wrong: a message is taken for the kind that it misses by least."""
    return len(problem.violations) if isinstance(problem, BadMessage) else 0


def _unknown(name: str, channel: Channel) -> Violation:
    allowed = ", ".join(channel.parameters[name].enum)
    return {
        "parameter": name,
        "in": "address",
        "detail": f"Input should be one of: {allowed}",
        "code": "enum",
    }
