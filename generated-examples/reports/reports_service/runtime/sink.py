"""Where messages go that are published while a handler runs: into the transaction that ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias

from sqlalchemy import Connection

Write: TypeAlias = Callable[[Connection], object]


class Sink:
    """Takes writes as long as the handler runs."""

    def __init__(self, add: Callable[[Write], object], traceparent: str | None) -> None:
        self.add = add
        self.traceparent = traceparent
        self.open = True


_current: ContextVar[Sink | None] = ContextVar("sink", default=None)


@contextmanager
def collecting(
    add: Callable[[Write], object], traceparent: str | None = None
) -> Iterator[None]:
    """Everything published within, by whatever task, is written with what `add` collects."""
    sink = Sink(add, traceparent)
    token = _current.set(sink)
    try:
        yield
    finally:
        sink.open = False
        _current.reset(token)


def current_sink() -> Sink | None:
    """The sink of the handler that is running here, None when it has ended or there is none."""
    sink = _current.get()
    return sink if sink is not None and sink.open else None


def current_trace() -> str | None:
    """The trace that the running handler belongs to."""
    sink = _current.get()
    return None if sink is None else sink.traceparent
