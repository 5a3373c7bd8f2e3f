"""The constants that say what callers have to show."""

from __future__ import annotations

import pytest

from generator.model import Need, Requirement
from generator.targets.securities import constant_of

SESSION, KEY = Need(scheme="sessionCookie"), Need(scheme="api-key")


@pytest.mark.parametrize(
    ("security", "name"),
    [
        (((SESSION,), (KEY,)), "NEEDS_SESSION_COOKIE_OR_API_KEY"),
        (((SESSION, KEY),), "NEEDS_SESSION_COOKIE_AND_API_KEY"),
        (((KEY,), ()), "NEEDS_API_KEY_OR_NOTHING"),
    ],
)
def test_a_constant_says_what_is_needed(
    security: tuple[Requirement, ...], name: str
) -> None:
    assert constant_of(security) == name
