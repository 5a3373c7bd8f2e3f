"""Who may call an operation: the security of each, every kind declared once."""

from __future__ import annotations

from generator.model import Need, Requirement
from generator.names import Scope, constant
from generator.python import Imports, string, tuple_of


class Securities:
    """The security of every operation, each kind declared once."""

    def __init__(self, imports: Imports) -> None:
        self._imports = imports
        self._names: dict[tuple[Requirement, ...], str] = {}
        self._scope = Scope()

    def name(self, security: tuple[Requirement, ...]) -> str:
        """The constant that holds this security; `()` for an open operation."""
        if not security:
            return "()"
        if security not in self._names:
            self._names[security] = self._scope.take(constant_of(security))
            self._imports.add(".runtime.access", "Security")
            if any(security):
                self._imports.add(".runtime.access", "Need")
        return self._names[security]

    @property
    def statements(self) -> tuple[str, ...]:
        return tuple(
            f"{name}: Security = {security_expression(security)}"
            for security, name in self._names.items()
        )


def constant_of(security: tuple[Requirement, ...]) -> str:
    """`NEEDS_SESSION_AND_KEY_OR_STAFF`: what a caller has to show, in capitals."""
    several = [
        "_AND_".join(constant(need.scheme) for need in needs) for needs in security
    ]
    wanted = "_OR_".join(dict.fromkeys(one or "NOTHING" for one in several))
    plain = "".join(c if c.isascii() and c.isalnum() else "_" for c in wanted)
    return f"NEEDS_{plain}"[:60]


def security_expression(security: tuple[Requirement, ...]) -> str:
    """`((Need("staff", ()),),)`: alternatives of needs that must all be met."""
    return tuple_of(tuple_of(_need(need) for need in needs) for needs in security)


def _need(need: Need) -> str:
    scopes = [tuple_of(map(string, need.scopes))] if need.scopes else []
    return f"Need({', '.join([string(need.scheme), *scopes])})"
