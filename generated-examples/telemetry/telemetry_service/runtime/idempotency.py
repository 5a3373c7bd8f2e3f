"""Idempotency keys: when two requests are the same one, sent twice."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Literal
from urllib.parse import urlsplit

from .media import is_json, split
from .problem import HttpProblem
from .received import Received

KEY = re.compile('[!#-~]([ -~]{0,253}[!-~])?|"[!#-~]([ -~]{0,253}[!-~])?"')


def key_of(
    header: str | None, policy: Literal["optional", "required", "off"]
) -> str | None:
    """The key of a request, quoted or bare; 400 when it is missing or no key."""
    if policy == "off":
        return None
    if header is None:
        if policy == "required":
            raise HttpProblem(400, detail="The header Idempotency-Key is required")
        return None
    key = header.strip()
    if not KEY.fullmatch(key):
        raise HttpProblem(
            400, detail="An Idempotency-Key has 1 to 255 printable ASCII characters"
        )
    return unquoted(key)


def unquoted(text: str) -> str:
    if text.startswith('"'):
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


def fingerprint(received: Received) -> str:
    """The same for two requests that ask for the same: method, target, body, content type."""
    content_type = dict(received.headers).get("content-type", "")
    name, parameters = split(content_type)
    body = canonical(received.body, name, parameters.get("boundary", ""))
    told = sorted(one for one in parameters.items() if one[0] != "boundary")
    asked = urlsplit(received.url)
    target = f"{asked.path}?{asked.query}"
    head = [received.method, target, name, told]
    return hashlib.sha256(json.dumps(head).encode() + b"\n" + body).hexdigest()


def canonical(body: bytes, media_type: str, boundary: str) -> bytes:
    """The body without what may differ between two ways to write the same."""
    if boundary:
        return body.replace(boundary.encode("latin-1", "replace"), b"")
    if is_json(media_type):
        try:
            plain = json.loads(body)
            return json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()
        except (ValueError, RecursionError):
            return body
    return body
