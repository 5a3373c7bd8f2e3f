"""Streams of items as callers read them: server-sent events, lines of JSON, JSON sequences."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from .bodies import Content
from .event import Event
from .event_stream import Event as Frame
from .event_stream import EventStream
from .exchange import Response


class Reading(ABC):
    """One stream that is being read."""

    last_id: str = ""
    retry: float | None = None
    """Seconds that the service asks for before a broken stream is opened again."""

    @abstractmethod
    def feed(self, piece: bytes) -> Iterator[object]:
        """The items that this piece completes; raises ValueError for one of another type."""

    def end(self) -> Iterator[object]:
        """The items that the end of the stream completes."""
        yield from ()


@dataclass(frozen=True)
class Items(Content):
    """A sequential representation of a response: many items of one type."""

    resumable = False

    @abstractmethod
    def reading(self, last_id: str) -> Reading:
        """A reader of a new stream, which goes on after an event."""

    def encode(self, value: object, media_type: str) -> tuple[bytes, str]:
        raise TypeError("a stream is only received")

    def decode(self, response: Response) -> object:
        """All items of a response that has been read."""
        reading = self.reading("")
        return [*reading.feed(response.content), *reading.end()]


class Texts(Reading):
    """JSON texts, each of which ends at a line's end."""

    def __init__(self, read: Callable[[bytes], object]) -> None:
        self._read = read
        self._rest: list[bytes] = []

    def feed(self, piece: bytes) -> Iterator[object]:
        self._rest.append(piece)
        if b"\n" not in piece:
            return
        *texts, rest = b"".join(self._rest).split(b"\n")
        self._rest = [rest]
        yield from (self._read(text) for text in texts if text.strip())

    def end(self) -> Iterator[object]:
        last, self._rest = b"".join(self._rest), []
        if last.strip():
            yield self._read(last)


class Separated(Texts):
    """JSON texts, each of which follows a record separator and may have lines of its own."""

    def feed(self, piece: bytes) -> Iterator[object]:
        self._rest.append(piece)
        if b"\x1e" not in piece and not piece.endswith(b"\n"):
            return
        *texts, rest = b"".join(self._rest).split(b"\x1e")
        if rest.endswith(b"\n") and is_json(rest):
            texts, rest = [*texts, rest], b""
        self._rest = [rest]
        yield from (self._read(text) for text in texts if text.strip())


def is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Lines(Items):
    """A line of JSON for each item."""

    def reading(self, last_id: str) -> Reading:
        return Texts(self.item)

    def item(self, text: bytes) -> object:
        return self.adapter.validate_json(text, by_alias=True, by_name=False)


@dataclass(frozen=True)
class Records(Lines):
    """A JSON text for each item, after a record separator (RFC 7464 §2.1)."""

    def reading(self, last_id: str) -> Reading:
        return Separated(self.item)


@dataclass(frozen=True)
class Events(Items):
    """A server-sent event for each item: what it carries, or the whole event.

    What events carry is of one kind, or of a kind for each name; events of other names
    are not for this caller.
    """

    data: Content | Mapping[str, Content] = field(default_factory=dict)
    whole: bool = False
    resumable = True

    def reading(self, last_id: str) -> Reading:
        return Frames(self, last_id)

    def items(self, frame: Frame) -> Iterator[object]:
        """The item of an event, unless it is not declared."""
        content = self.content(frame.name)
        if content is None:
            return
        data = content.decode(Response(200, (), frame.data.encode()))
        name = None if frame.name == "message" else frame.name
        yield Event(data, name, frame.id or None) if self.whole else data

    def content(self, name: str) -> Content | None:
        if isinstance(self.data, Content):
            return self.data
        return self.data.get(name)


class Frames(Reading):
    """Server-sent events."""

    def __init__(self, events: Events, last_id: str) -> None:
        self._events = events
        self._stream = EventStream(last_id)
        self.last_id = last_id

    def feed(self, piece: bytes) -> Iterator[object]:
        frames = self._stream.feed(piece)
        self.retry = self._stream.retry
        for each in frames:
            self.last_id = each.id
            yield from self._events.items(each)
