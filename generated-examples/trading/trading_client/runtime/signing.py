"""Standard Webhooks signatures: made by the service that sends, checked by whoever receives.

https://www.standardwebhooks.com, symmetric scheme `v1`: HMAC-SHA256 over `id.timestamp.body`.
"""

from __future__ import annotations

import base64
import hmac
import secrets as random
from collections.abc import Mapping, Sequence

PREFIX = "whsec_"
VERSION = "v1,"


class BadSignature(Exception):
    """The headers do not prove that an owner of one of the secrets sent this body just now."""


def new_secret() -> str:
    """A fresh `whsec_…` secret of 256 random bits."""
    return PREFIX + base64.b64encode(random.token_bytes(32)).decode()


def key_of(secret: str) -> bytes:
    """The key within a `whsec_…` secret; raises ValueError when it holds none."""
    text = secret.removeprefix(PREFIX)
    padding = "=" * (-len(text) % 4)
    try:
        key = base64.b64decode(text + padding, validate=True)
    except ValueError:
        raise ValueError("a signing secret is whsec_ followed by base64") from None
    if not key:
        raise ValueError("a signing secret may not be empty")
    return key


def sign(secrets: Sequence[str], id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` header: one signature for each secret, separated by spaces."""
    signed = _signed(id, str(timestamp), body)
    return " ".join(VERSION + _signature(key_of(secret), signed) for secret in secrets)


def verify(
    secrets: Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: float,
    tolerance: float = 300,
) -> str:
    """The `webhook-id` of a delivery that one of the secrets signed at most `tolerance` seconds ago.

    Header names are compared without regard to case. Raises BadSignature.
    """
    given = {name.lower(): value for name, value in headers.items()}
    id, timestamp, signature = (
        _header(given, name)
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    )
    _check_age(timestamp, now, tolerance)
    signed = _signed(id, timestamp, body)
    offered = [
        one.removeprefix(VERSION).encode()
        for one in signature.split(" ")
        if one.startswith(VERSION)
    ]
    for secret in secrets:
        expected = _signature(key_of(secret), signed).encode()
        if any(hmac.compare_digest(expected, one) for one in offered):
            return id
    raise BadSignature("no signature matches")


def _signed(id: str, timestamp: str, body: bytes) -> bytes:
    return f"{id}.{timestamp}.".encode() + body


def _signature(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name)
    if not value:
        raise BadSignature(f"the header {name} is missing")
    return value


def _check_age(timestamp: str, now: float, tolerance: float) -> None:
    # isdigit alone takes other scripts' digits, and int() spaces and underscores.
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 15):
        raise BadSignature("webhook-timestamp is not a number of seconds")
    if abs(now - int(timestamp)) > tolerance:
        raise BadSignature("webhook-timestamp is too far from now")
