"""The caller that a service knows before anybody has written how it knows its callers."""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable

from .access import Caller


def known_caller(
    variable: str, *credentials: str, scopes: Iterable[str] = ()
) -> Caller | None:
    """The caller whose credentials an environment variable holds (`user:password` for two).

    Nobody is known while the variable is not set.
    """
    expected = os.environ.get(variable, "")
    given = ":".join(credentials)
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        return None
    return Caller(id=variable.lower(), scopes=frozenset(scopes))
