"""The items of a stream as bytes: server-sent events, lines of JSON, a sequence of JSON texts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from .contents import Content, Json
from .event import Event


class Sequence(ABC):
    """One representation of a stream."""

    begin: ClassVar[bytes] = b""
    """Sent before the first item."""
    alive: ClassVar[bytes] = b""
    """Sent while there is no item; nothing where the media type has no such thing."""

    @abstractmethod
    def write(self, item: object) -> bytes:
        """The bytes of one item."""


class Lines(Sequence):
    """A line of JSON for each item."""

    def __init__(self, type: Any) -> None:
        self.json = Json(type)

    def write(self, item: object) -> bytes:
        return self.json.write(item) + b"\n"


class Records(Sequence):
    """A JSON text for each item, between a record separator and a line feed (RFC 7464 §2.2)."""

    def __init__(self, type: Any) -> None:
        self.json = Json(type)

    def write(self, item: object) -> bytes:
        return b"\x1e" + self.json.write(item) + b"\n"


class Events(Sequence):
    """A server-sent event for each item (HTML Living Standard §9.2).

    What an event carries is of one kind, or of a kind for each name.
    """

    # No blank line after these: some clients take one for an event without data.
    begin = b"retry: 2000\n"
    alive = b": alive\n"

    def __init__(self, data: Content | Mapping[str, Content]) -> None:
        self.data = data

    def write(self, item: object) -> bytes:
        event = item if isinstance(item, Event) else Event(item)
        data = self.content(event.event).write(event.data).decode()
        lines = [f"{name}: {text}" for name, text in fields(event)]
        lines += [f"data: {line}" for line in data.splitlines() or [""]]
        return ("\n".join(lines) + "\n\n").encode()

    def content(self, name: str | None) -> Content:
        """How the data of an event of this name is written."""
        if isinstance(self.data, Content):
            return self.data
        if name is None or name not in self.data:
            raise ValueError(f"no event {name!r} is declared, but {list(self.data)}")
        return self.data[name]


def fields(event: Event[object]) -> list[tuple[str, str]]:
    """The fields of an event before its data; raises ValueError for one that would end early."""
    found: list[tuple[str, str]] = []
    if event.id is not None:
        found.append(("id", event.id))
    if event.event is not None:
        found.append(("event", event.event))
    if event.retry is not None:
        found.append(("retry", str(event.retry)))
    for name, text in found:
        if any(char in text for char in "\r\n\0"):
            raise ValueError(f"the event's {name} has a line break or null character")
    return found
