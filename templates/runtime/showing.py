"""What a client shows to the channels that ask for credentials: at every handshake and request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from .address import parsed
from .audience import rooted
from .credentials import Credential, Scheme, prove


@dataclass(frozen=True, slots=True)
class Showing:
    """Shows what each channel asks for, and nothing more; `security` has its alternatives by address."""

    schemes: Mapping[str, Scheme]
    credentials: Mapping[str, Credential | None]
    security: Mapping[str, tuple[tuple[str, ...], ...]]

    def __call__(self, address: str) -> tuple[dict[str, str], dict[str, str]]:
        """The first alternative that the credentials meet; nothing if they meet none."""
        path = rooted(address)
        for template, security in self.security.items():
            if parsed(rooted(template), path) is not None:
                proof = prove(security, self.schemes, self.credentials)
                cookie = {"Cookie": "; ".join(proof.cookies)} if proof.cookies else {}
                query = dict(parse_qsl("&".join(proof.query)))
                return {**dict(proof.headers), **cookie}, query
        return {}, {}
