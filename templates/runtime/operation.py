"""An asynchronous operation: how it reads its request, calls its handler, and how often it may try."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import uniform
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from .access import Need
    from .job import Job
    from .reader import Reader
    from .replies import Reply

H = TypeVar("H")
MESSAGE = "MESSAGE"
"""The method of a request that was a message."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long, in seconds, a failed attempt keeps the next one waiting."""

    initial: float = 1.0
    factor: float = 2.0
    max: float = 300.0
    jitter: float = 0.1
    """The share by which a delay may be longer or shorter, so that retries spread out."""

    def delay(self, attempt: int) -> float:
        """Seconds to wait after attempt number `attempt` (from 1) failed."""
        steps = min(max(attempt - 1, 0), 1000)
        try:
            delay = min(self.initial * self.factor**steps, self.max)
        except OverflowError:
            delay = self.max
        return delay * uniform(1 - self.jitter, 1 + self.jitter)


@dataclass(frozen=True, slots=True)
class Policy:
    """What `x-processing` says of an operation; every duration is in seconds."""

    wait: float | None = None
    """Type `auto`: how long a call may be held; None is type `async`, always 202."""
    deadline: float = 600.0
    attempts: int = 3
    backoff: Backoff = field(default_factory=Backoff)
    concurrency: int = 8
    queue: int = 1000
    retention: float = 86_400.0
    idempotency: Literal["optional", "required", "off"] = "optional"
    webhook: str | None = None
    """The webhook that carries the result when the job succeeds."""


@dataclass(frozen=True, slots=True)
class AsyncOperation(Generic[H]):
    """An operation whose calls become jobs; `H` is the class that has its handler.

    `keeps` and `cookies` name the request's headers and cookies that are stored with a job; `callbacks`
    means nothing to the engine.
    """

    name: str
    method: str
    path: str
    read: Callable[[Reader], tuple[object, ...]]
    run: Callable[[H, Reader, Job[Any]], Awaitable[Reply]]
    policy: Policy = field(default_factory=Policy)
    security: tuple[tuple[Need, ...], ...] = ()
    keeps: frozenset[str] = frozenset()
    cookies: frozenset[str] = frozenset()
    callbacks: tuple[object, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether anybody may call it over HTTP; what only messages ask for is not called at all."""
        return self.method != MESSAGE and (not self.security or () in self.security)
