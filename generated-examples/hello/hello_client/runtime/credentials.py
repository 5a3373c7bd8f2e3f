"""How a credential travels with a request, one class for each kind of security scheme."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol
from urllib.parse import quote

Credential = str | tuple[str, str]
COOKIE = "!#$%&'()*+-./:<=>?@[]^_`{|}~"
"""What a cookie may hold as it is besides letters and digits (RFC 6265 §4.1.1)."""


@dataclass(slots=True)
class Proof:
    """What credentials add to a request."""

    headers: list[tuple[str, str]] = field(default_factory=list)
    query: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)


class Scheme(Protocol):
    """A way to present a credential."""

    def add(self, credential: Credential, proof: Proof) -> None: ...


class Bearer:
    """A token (RFC 6750 §2.1)."""

    def add(self, credential: Credential, proof: Proof) -> None:
        proof.headers.append(("Authorization", f"Bearer {credential}"))


class Basic:
    """A user's name and password (RFC 7617 §2)."""

    def add(self, credential: Credential, proof: Proof) -> None:
        text = credential if isinstance(credential, str) else ":".join(credential)
        told = b64encode(text.encode()).decode("ascii")
        proof.headers.append(("Authorization", f"Basic {told}"))


@dataclass(frozen=True, slots=True)
class Authorization:
    """Any other scheme of HTTP's own: the credential follows the scheme's name."""

    scheme: str

    def add(self, credential: Credential, proof: Proof) -> None:
        proof.headers.append(("Authorization", f"{self.scheme} {credential}"))


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key in a header, the query or a cookie."""

    location: Literal["header", "query", "cookie"]
    name: str

    def add(self, credential: Credential, proof: Proof) -> None:
        value = str(credential)
        if self.location == "header":
            proof.headers.append((self.name, value))
        elif self.location == "query":
            proof.query.append(f"{quote(self.name, safe='')}={quote(value, safe='')}")
        else:
            proof.cookies.append(f"{self.name}={quote(value, safe=COOKIE)}")


def prove(
    security: tuple[tuple[str, ...], ...],
    schemes: Mapping[str, Scheme],
    credentials: Mapping[str, Credential | None],
) -> Proof:
    """What the first alternative that can be met adds; nothing if none can."""
    proof = Proof()
    for needs in sorted(
        security, key=lambda needs: not needs
    ):  # who can, says who it is
        held = [(schemes[name], credentials.get(name)) for name in needs]
        if all(credential is not None for _, credential in held):
            for scheme, credential in held:
                if credential is not None:
                    scheme.add(credential, proof)
            return proof
    return proof
