"""Messages as the frames of a WebSocket: a body alone, or, between two that know how, with its headers.

Of the subprotocol `messages.v1` each frame is a JSON object of the headers, a line break, and the body.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

SUBPROTOCOL = "messages.v1"
MOST_HEADERS = 64 << 10
"""Bytes that the headers of a frame may have."""
PROBLEM = "application/problem+json"

Frame = str | bytes


def plain(body: bytes, headers: Mapping[str, str]) -> Frame:
    """The body as a frame: a text where it is one."""
    return as_text(body) if is_text(headers.get("content-type", "")) else body


def packed(body: bytes, headers: Mapping[str, str]) -> Frame:
    """The headers and the body as a frame."""
    head = json.dumps(dict(headers)).encode() + b"\n"
    whole = head + body
    return as_text(whole) if is_text(headers.get("content-type", "")) else whole


def opened(frame: Frame) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of a frame; raises ValueError for what is none of `messages.v1`."""
    content = frame.encode() if isinstance(frame, str) else frame
    end = content.find(b"\n", 0, MOST_HEADERS)
    if end < 0:
        raise ValueError("a frame begins with a line of headers")
    headers = headers_of(content[:end])
    return content[end + 1 :], headers


def headers_of(line: bytes) -> dict[str, str]:
    """Headers that were written as a JSON object of texts; raises ValueError."""
    try:
        found = json.loads(line)
    except RecursionError:
        found = None
    if not isinstance(found, dict):
        raise ValueError("the headers are a JSON object")
    if not all(isinstance(value, str) for value in found.values()):
        raise ValueError("the value of a header is a text")
    return {name.lower(): value for name, value in found.items()}


def is_text(media_type: str) -> bool:
    """Whether a body is sent as a text: JSON, any text, and what does not say what it is."""
    name = media_type.partition(";")[0].strip().lower()
    return not name or name.startswith("text/") or name.endswith(("json", "xml"))


def as_text(body: bytes) -> Frame:
    """The text, if the bytes are one."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body
