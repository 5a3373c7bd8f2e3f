"""Server-sent events: bytes in, events out (HTML Living Standard §9.2). No input or output."""

from __future__ import annotations

from codecs import getincrementaldecoder
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream."""

    name: str
    data: str
    id: str
    headers: str = ""
    """A field of ours, which others pass over: a message's headers as JSON."""


class EventStream:
    """Reads a stream piece by piece; keeps the last id and the pause the service asks for."""

    def __init__(self, last_id: str = "") -> None:
        self.last_id = last_id
        self.retry: float | None = None
        self._decoder = getincrementaldecoder("utf-8-sig")("replace")
        self._rest = ""
        self._id = last_id
        self._name = ""
        self._headers = ""
        self._data: list[str] = []

    def feed(self, piece: bytes) -> list[Event]:
        """The events that this piece completes."""
        lines = self._lines(self._decoder.decode(piece))
        events = [self._take(line) for line in lines]
        return [event for event in events if event is not None]

    def _lines(self, text: str) -> list[str]:
        """The completed lines; a CR at the end may be half of a CRLF and waits."""
        text = self._rest + text
        held = "\r" if text.endswith("\r") else ""
        text = text.removesuffix("\r").replace("\r\n", "\n").replace("\r", "\n")
        *lines, rest = text.split("\n")
        self._rest = rest + held
        return lines

    def _take(self, line: str) -> Event | None:
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "event":
                self._name = value
            case "headers":
                self._headers = value
            case "data":
                self._data.append(value)
            case "id" if "\0" not in value:
                self._id = value
            case "retry" if value.isascii() and value.isdigit():
                self.retry = int(value) / 1000
        return None

    def _dispatch(self) -> Event | None:
        self.last_id = self._id
        name, headers, data = self._name or "message", self._headers, self._data
        self._name, self._headers, self._data = "", "", []
        text = "\n".join(data)
        return Event(name, text, self.last_id, headers) if data else None
