"""What goes over the wire: one request, one response. Values only, no input or output."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import Message
from email.utils import parsedate_to_datetime
from time import time

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A request that is ready to be sent; `timeout` is in seconds of silence."""

    method: str
    url: str = field(repr=False)
    headers: Headers = field(default=(), repr=False)
    content: bytes | None = field(default=None, repr=False)
    timeout: float = 30.0

    @property
    def place(self) -> str:
        """The URL as far as it may be shown: a query can hold credentials."""
        return self.url.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Response:
    """A response that has been read; of an open stream only the head."""

    status: int
    headers: Headers = ()
    content: bytes = b""

    def header(self, name: str) -> str | None:
        """The header's value, several ones joined (RFC 9110 §5.3)."""
        wanted = name.lower()
        values = [value for key, value in self.headers if key.lower() == wanted]
        return ", ".join(values) if values else None

    @property
    def content_type(self) -> str:
        """The media type and its parameters; empty if none is given."""
        return self.header("Content-Type") or ""

    @property
    def media_type(self) -> str:
        """The content type without its parameters, lower case; empty if none is given."""
        return self.content_type.split(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The encoding that the content type names, else UTF-8."""
        parsed = Message()
        parsed["Content-Type"] = self.content_type
        return parsed.get_content_charset("utf-8")

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait before the next request (RFC 9110 §10.2.3)."""
        return seconds_of(self.header("Retry-After"))


def seconds_of(retry_after: str | None) -> float | None:
    """A Retry-After as seconds from now: it is a number, or a date."""
    if retry_after is None:
        return None
    if retry_after.isascii() and retry_after.strip().isdigit():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time())
    except (ValueError, OverflowError):
        return None
