"""Headers in front of a body, for transports that have no place for them.

A message whose only headers say its type, its id and its trace travels as its body alone, so that a foreign
program reads and writes plain payloads; what came with more goes with more. The frame is a zero byte, the headers
as one line of JSON, and the body: no text or JSON document starts like that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

IMPLIED = frozenset({"content-type", "message-id", "traceparent"})
MARK = b"\x00"


def framed(body: bytes, headers: Mapping[str, str]) -> bytes:
    """The body, with its headers before it where it cannot do without them."""
    if IMPLIED.issuperset(headers):
        return body
    return MARK + json.dumps(dict(headers)).encode() + b"\n" + body


def unframed(data: bytes) -> tuple[bytes, dict[str, str]]:
    """The body and the headers that came with it."""
    line, parted, body = data.partition(b"\n")
    if not data.startswith(MARK) or not parted:
        return data, {}
    try:
        headers = json.loads(line[1:])
    except ValueError:
        return data, {}
    if not isinstance(headers, dict):
        return data, {}
    return body, {str(name).lower(): str(value) for name, value in headers.items()}
