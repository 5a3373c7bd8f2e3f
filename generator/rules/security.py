"""Rules about security: what operations ask for is defined, and can be checked."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Api, Json, Need, Operation, Scheme
from generator.problems import Place, Problem
from generator.rules.operations import suggestion


def known_schemes(api: Api) -> Iterator[Problem]:
    """Every scheme that an operation asks for is one of the document's."""
    for operation, need in needs(api):
        if need.scheme not in api.schemes:
            yield Problem(
                "unknown-security-scheme",
                where(api, operation),
                f'{who(operation)}: there is no security scheme "{need.scheme}"',
                missing_scheme(need.scheme, list(api.schemes)),
            )


def missing_scheme(name: str, known: list[str]) -> str:
    if known:
        return suggestion(name, known, "security schemes")
    return f"add to components: {{securitySchemes: {{{name}: {{type: http, scheme: bearer}}}}}}"


def scopes(api: Api) -> Iterator[Problem]:
    """Scopes are those that a flow of the scheme grants."""
    for operation, need in needs(api):
        scheme = api.schemes.get(need.scheme)
        if scheme is None or scheme.type != "oauth2":
            continue
        known = granted(scheme)
        for scope in need.scopes:
            if scope not in known:
                yield Problem(
                    "unknown-scope",
                    where(api, operation),
                    f'{who(operation)}: no flow of "{scheme.name}" grants the scope "{scope}"',
                    suggestion(scope, known, "scopes"),
                    "hint",
                )


def crowded(api: Api) -> Iterator[Problem]:
    """What is asked for at once does not stand in one header."""
    for operation in api.operations:
        for way in operation.security:
            taken: dict[str, Scheme] = {}
            for scheme in (api.schemes.get(need.scheme) for need in way):
                carrier = header_of(scheme) if scheme else None
                if scheme is None or carrier is None:
                    continue
                other = taken.setdefault(carrier.lower(), scheme)
                if credential_of(other) != credential_of(scheme):
                    yield in_one_header(where(api, operation), operation, other, scheme)


def header_of(scheme: Scheme) -> str | None:
    """The header that a credential travels in."""
    if scheme.type == "apiKey":
        return scheme.parameter if scheme.location == "header" else None
    return None if scheme.type == "mutualTLS" else "Authorization"


def credential_of(scheme: Scheme) -> str:
    """What stands in the header: that of two bearer schemes may be one token."""
    if scheme.type == "apiKey":
        return "the key"
    return (scheme.scheme or "bearer").lower()


def in_one_header(
    at: Place, operation: Operation, one: Scheme, other: Scheme
) -> Problem:
    return Problem(
        "crowded-header",
        at,
        f'{who(operation)} asks for "{one.name}" and "{other.name}" at once, '
        f"which both stand in the header {header_of(other)}: hardly anybody can come in",
        f"write two alternatives: [{{{one.name}: []}}, {{{other.name}: []}}]",
        "warning",
    )


def needs(api: Api) -> Iterator[tuple[Operation, Need]]:
    for operation in api.operations:
        for way in operation.security:
            yield from ((operation, need) for need in way)


def granted(scheme: Scheme) -> list[str]:
    """The scopes that the scheme's flows grant."""
    return [scope for flow in scheme.flows.values() for scope in scopes_of(flow)]


def scopes_of(flow: Json) -> list[str]:
    found = flow.get("scopes") if isinstance(flow, dict) else None
    return list(found) if isinstance(found, dict) else []


def who(operation: Operation) -> str:
    return operation.id if operation.has_security else "the document"


def where(api: Api, operation: Operation) -> Place:
    """The security of an operation: its own where it has some, else the document's."""
    own = operation.at / "security"
    return own.key() if operation.has_security else (api.at / "security").key()
