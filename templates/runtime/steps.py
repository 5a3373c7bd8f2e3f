"""What a plan may ask of the outside world, one step at a time.

A plan is a generator: it yields steps, is resumed with what came of them, and returns its
result. Plans are written once; `transport` carries them out, with `await` or without.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import NamedTuple, TypeVar

from .exchange import Request, Response

T = TypeVar("T")


class Send(NamedTuple):
    """Send the request and read the whole response."""

    request: Request


class Sleep(NamedTuple):
    """Let this many seconds pass."""

    seconds: float


class Open(NamedTuple):
    """Send the request and read the response's head; `Read` and `Close` follow."""

    request: Request


class Read:
    """Read the next bytes of the open stream."""


class Close:
    """Close the open stream."""


class Emit(NamedTuple):
    """Hand a value to whoever iterates over the plan."""

    value: object


Step = Send | Sleep | Open | Read | Close | Emit
Plan = Generator[Step, object, T]


def send(request: Request) -> Plan[Response]:
    """The response; raises ConnectionFailed where there is none."""
    return _response((yield Send(request)))


def sleep(seconds: float) -> Plan[None]:
    yield Sleep(seconds)


def open_stream(request: Request) -> Plan[Response]:
    """The head of a response whose body is then read in pieces."""
    return _response((yield Open(request)))


def read() -> Plan[bytes]:
    """The next bytes of the open stream; none at its end."""
    piece = yield Read()
    assert isinstance(piece, bytes)
    return piece


def close() -> Plan[None]:
    yield Close()


def emit(value: object) -> Plan[None]:
    yield Emit(value)


def _response(given: object) -> Response:
    assert isinstance(given, Response)
    return given
