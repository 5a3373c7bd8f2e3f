"""Who is calling: credentials are taken from the request, the handlers say whose they are.

It fails closed: nobody gets in by an exception, a missing method or an odd return value.
"""

from __future__ import annotations

import base64
import binascii
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from .problem import HttpProblem


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody the handlers know: `id` owns the jobs that this caller submits."""

    id: str
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Need:
    """One scheme a caller must satisfy, with the scopes it must hold."""

    scheme: str
    scopes: tuple[str, ...] = ()


Requirement = tuple[Need, ...]
"""Needs that must all be met; the empty one lets anybody in."""
Security = tuple[Requirement, ...]
"""Alternatives, one of which must be met; empty means that the operation is open."""


@dataclass(frozen=True, slots=True)
class Scheme(ABC):
    """A security scheme; `method` names the method of the handlers that knows its credentials."""

    method: str

    @abstractmethod
    def credentials(self, request: HTTPConnection) -> tuple[str, ...] | None:
        """What the caller presents, as the method's arguments; None when nothing."""

    @abstractmethod
    def challenge(self, presented: bool) -> str:
        """The WWW-Authenticate value of a 401 (RFC 9110 §11.6.1)."""


@dataclass(frozen=True, slots=True)
class HttpScheme(Scheme):
    """Credentials in the Authorization header, behind the name of a scheme."""

    name: str = "Bearer"

    def credentials(self, request: HTTPConnection) -> tuple[str, ...] | None:
        name, _, text = request.headers.get("authorization", "").partition(" ")
        if name.lower() != self.name.lower() or not text.strip():
            return None
        return (text.strip(),)

    def challenge(self, presented: bool) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class HttpBearer(HttpScheme):
    """A bearer token (RFC 6750), of whatever making: plain, OAuth 2 or OpenID Connect."""

    def challenge(self, presented: bool) -> str:
        return 'Bearer error="invalid_token"' if presented else "Bearer"


@dataclass(frozen=True, slots=True)
class HttpBasic(HttpScheme):
    """User name and password (RFC 7617)."""

    name: str = "Basic"

    def credentials(self, request: HTTPConnection) -> tuple[str, ...] | None:
        given = HttpScheme.credentials(self, request)
        try:
            text = base64.b64decode(given[0], validate=True).decode() if given else ""
        except (binascii.Error, UnicodeDecodeError):
            return None
        user, colon, password = text.partition(":")
        return (user, password) if colon else None

    def challenge(self, presented: bool) -> str:
        return 'Basic realm="api", charset="UTF-8"'


@dataclass(frozen=True, slots=True)
class ApiKey(Scheme):
    """A key in a header, a query field or a cookie."""

    name: str
    place: str = "header"

    def credentials(self, request: HTTPConnection) -> tuple[str, ...] | None:
        sources: dict[str, Mapping[str, str]] = {
            "header": request.headers,
            "query": request.query_params,
        }
        given = (
            request.cookies if self.place == "cookie" else sources[self.place]
        ).get(self.name)
        return (given,) if given else None

    def challenge(self, presented: bool) -> str:
        return f'ApiKey in="{self.place}", name="{self.name}"'


@dataclass(frozen=True, slots=True)
class ClientCertificate(Scheme):
    """The caller's own TLS certificate (mutual TLS), as the proxy that ends TLS passes it on.

    Nobody has one unless the setting CLIENT_CERTIFICATE_HEADER names the header: the proxy must
    then remove it from what callers send (RFC 9440 §4).
    """

    def credentials(self, request: HTTPConnection) -> tuple[str, ...] | None:
        name = request.app.service.settings.client_certificate_header
        given = request.headers.get(name) if name else None
        return (given,) if given else None

    def challenge(self, presented: bool) -> str:
        return "Mutual"


async def identify(
    request: HTTPConnection,
    handlers: object,
    schemes: Mapping[str, Scheme],
    security: Security,
) -> Caller | None:
    """The caller by the first alternative that is met; None where anybody may come in.

    Raises HttpProblem: 401 when none is met, 403 when only scopes are missing.
    """
    known: dict[str, Caller | None] = {}
    lacking: set[str] = set()
    for requirement in security:
        callers: list[Caller] = []
        for need in requirement:
            if need.scheme not in known:
                known[need.scheme] = await asked(
                    request, handlers, schemes[need.scheme]
                )
            caller = known[need.scheme]
            if caller is None:
                break
            callers.append(caller)
        if len(callers) < len(requirement):
            continue
        missing = scopes_missing(requirement, callers)
        if not missing:
            return joint(callers)
        lacking |= missing
    if not security:
        return None
    raise refusal(request, schemes, security, lacking)


async def asked(
    request: HTTPConnection, handlers: object, scheme: Scheme
) -> Caller | None:
    """Whom the handlers take the credentials for."""
    credentials = scheme.credentials(request)
    if credentials is None:
        return None
    caller = await getattr(handlers, scheme.method)(*credentials)
    if caller is not None and not isinstance(caller, Caller):
        raise TypeError(f"{scheme.method} must return a Caller or None")
    return caller


def scopes_missing(requirement: Requirement, callers: list[Caller]) -> set[str]:
    pairs = zip(requirement, callers, strict=True)
    return {
        scope
        for need, caller in pairs
        for scope in need.scopes
        if scope not in caller.scopes
    }


def joint(callers: list[Caller]) -> Caller | None:
    """The caller of a requirement: the first need's, with everybody's scopes."""
    if not callers:
        return None
    scopes = frozenset(scope for caller in callers for scope in caller.scopes)
    return Caller(callers[0].id, scopes)


def refusal(
    request: HTTPConnection,
    schemes: Mapping[str, Scheme],
    security: Security,
    lacking: set[str],
) -> HttpProblem:
    """Why nobody was let in."""
    if lacking:
        scopes = " ".join(sorted(lacking))
        challenge = f'Bearer error="insufficient_scope", scope="{scopes}"'
        return HttpProblem(
            403,
            detail=f"These scopes are missing: {scopes}",
            headers={"WWW-Authenticate": challenge},
        )
    names = dict.fromkeys(need.scheme for needs in security for need in needs)
    challenges = [
        schemes[name].challenge(schemes[name].credentials(request) is not None)
        for name in names
    ]
    return HttpProblem(
        401,
        detail="Valid credentials are required",
        headers={"WWW-Authenticate": ", ".join(dict.fromkeys(challenges))},
    )
