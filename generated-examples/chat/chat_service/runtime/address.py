"""Addresses with parameters: `lights/{id}/measured` stands for every light's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

PARAMETER = re.compile(r"\{([^{}]*)\}")
BAD = re.compile(r"[\x00-\x20*#+>/{}]")
"""What a value may not have: it would lead elsewhere, or everywhere."""
DEAD = ".dead"
"""What follows an address in the address of its dead letters."""


def names_of(template: str) -> tuple[str, ...]:
    """The parameters of an address, in their order."""
    return tuple(PARAMETER.findall(template))


def formatted(template: str, values: Mapping[str, str]) -> str:
    """The address with these values; raises ValueError for one that is missing or fits nowhere."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in values:
            raise ValueError(f"the address {template} needs a value for {name}")
        return checked(template, name, values[name])

    return PARAMETER.sub(value, template)


def checked(template: str, name: str, value: str) -> str:
    """The value of a parameter; raises ValueError where it is not one segment."""
    dotted = "." in value and "/" not in template
    if not value or dotted or BAD.search(value) or value.endswith(DEAD):
        raise ValueError(f"{value!r} cannot be the {name} in {template}")
    return value


def parsed(template: str, address: str) -> dict[str, str] | None:
    """The parameters that make this address of the template, None if none do.

    Dead letters are found only by a template that ends like theirs.
    """
    if address.endswith(DEAD) and not template.endswith(DEAD):
        return None
    if "{" not in template:
        return {} if address == template else None
    found = _pattern(template).fullmatch(address)
    return found and dict(zip(names_of(template), found.groups(), strict=True))


@lru_cache(4096)
def _pattern(template: str) -> re.Pattern[str]:
    """A segment ends at a slash, and at a dot where the template has no slashes."""
    segment = "([^/]+)" if "/" in template else "([^/.]+)"
    texts = PARAMETER.split(template)[::2]
    return re.compile(segment.join(re.escape(text) for text in texts))
