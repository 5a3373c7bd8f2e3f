"""A consumer: how the service takes the messages of one receive operation, and what it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from .channel import Channel, Options
from .incoming import Incoming
from .message_kind import Kinds
from .operation import AsyncOperation, Policy

H = TypeVar("H")


@dataclass(frozen=True, slots=True)
class Replies:
    """What answers a message, and where it goes.

    `address` is where a request says it, such as `$message.header#/replyTo`; without one it is the channel's own
    address with the request's parameters, and for a channel that has none the request's reply-to header.
    """

    channel: Channel
    kinds: Kinds
    address: str | None = None
    options: Options = field(default_factory=dict)

    @property
    def accepted(self) -> Kinds:
        """What tells that a job was taken: a message whose name or title is `accepted`."""
        return tuple(
            one for one in self.kinds if "accepted" in _names(one.name, one.title)
        )

    @property
    def answers(self) -> Kinds:
        """The replies that tell how it ended."""
        return tuple(one for one in self.kinds if one not in self.accepted)


@dataclass(frozen=True, slots=True)
class Consumer(Generic[H]):
    """One receive operation; H is the class that has its handler.

    A synchronous one has `run`; the calls of an asynchronous one become jobs of its `operation`.
    """

    name: str
    channel: Channel
    kinds: Kinds
    run: Callable[[H, Incoming], Awaitable[object]] | None = None
    reply: Replies | None = None
    operation: AsyncOperation[H] | None = None
    owner: str | None = None
    """The method of the handlers that says whose job a message becomes, where callers are known."""
    policy: Policy = field(default_factory=Policy)
    """A synchronous one's deadline, attempts, back-off and concurrency."""
    options: Options = field(default_factory=dict)
    """What the operation's bindings add to the channel's."""

    @property
    def limits(self) -> Policy:
        """How often, how long and how many at a time."""
        return self.policy if self.operation is None else self.operation.policy


def _names(*names: str | None) -> set[str]:
    return {name.casefold() for name in names if name}
