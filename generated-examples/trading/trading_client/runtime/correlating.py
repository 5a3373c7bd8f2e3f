"""A request as it goes out: with an id that its replies will name, where the document wants it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import randbelow
from typing import Any
from uuid import uuid4

from .message_headers import CORRELATION_ID
from .message_location import Location
from .message_reading import Kinds
from .remote_kind import MessageKind

NUMBERS = 2**31


class Envelope:
    """What a caller says of a message beside its body; an id is made where none is given."""

    def __init__(
        self,
        headers: object = None,
        message_id: str | None = None,
        correlation_id: str | None = None,
        key: str | None = None,
    ) -> None:
        self.headers = headers
        self.id = message_id or str(uuid4())
        self.correlation_id = correlation_id
        self.key = key


@dataclass(frozen=True, slots=True)
class Written:
    """A message that is ready to be sent; headers by the names the document gives them."""

    body: bytes
    headers: dict[str, str]
    correlation: str
    kind: MessageKind[Any, Any]

    @property
    def legible(self) -> bytes:
        """The body as JSON, where it is a form of JSON."""
        return self.kind.legible(self.body)

    @property
    def lowered(self) -> dict[str, str]:
        """The headers as they arrive."""
        return {name.lower(): text for name, text in self.headers.items()}


def written(
    kind: MessageKind[Any, Any],
    body: object,
    headers: object = None,
    correlation_id: str | None = None,
) -> Written:
    """The message with its correlation id: the given one, that which it carries, or a new one."""
    correlation = correlation_id or carried(kind, body, headers) or fresh(kind)
    content, texts = kind.write(body, headers, correlation_id=correlation)
    place = kind.correlation
    if place is None or place.in_header or kind.find(place, content, {}) == correlation:
        return Written(content, texts, correlation, kind)
    if _takes(kind, place, content, correlation) or (
        correlation_id and not correlation.isdecimal()
    ):
        changed = kind.put(place, content, texts, correlation)
        return Written(changed, texts, correlation, kind)
    # A place for numbers takes no text.
    number = int(correlation) if correlation_id else randbelow(NUMBERS)
    texts[CORRELATION_ID] = str(number)
    changed = kind.put(place, content, texts, number)
    return Written(changed, texts, str(number), kind)


def carried(kind: MessageKind[Any, Any], body: object, headers: object) -> str | None:
    """The correlation id that the caller has put into the message."""
    place = kind.correlation
    if place is None or (place.in_header and headers is None):
        return None
    if not place.in_header:
        assert kind.content is not None
        return kind.find(place, kind.content.encode(body, kind.content_type)[0], {})
    _, texts = kind.write(body, headers)
    return place.find(b"", {name.lower(): text for name, text in texts.items()})


def fresh(kind: MessageKind[Any, Any]) -> str:
    """A new id, a number where the header for it is one."""
    place = kind.correlation
    name = place.tokens[0] if place is not None and place.in_header else ""
    is_number = kind.header_kinds.get(name) in ("integer", "number")
    return str(randbelow(NUMBERS)) if is_number else str(uuid4())


def answering(kinds: Kinds, body: bytes, headers: Mapping[str, str]) -> tuple[str, ...]:
    """Every id that a message of one of these kinds may name its request by, the declared places first."""
    found = (kind.correlation_of(body, headers) for kind in kinds)
    several = dict.fromkeys((*found, headers.get(CORRELATION_ID)))
    return tuple(text for text in several if text)


def _takes(
    kind: MessageKind[Any, Any], place: Location, body: bytes, text: str
) -> bool:
    """Whether a text may stand at a place of the body."""
    try:
        kind.read_body(kind.put(place, body, {}, text), {})
    except ValueError:
        return False
    return True
