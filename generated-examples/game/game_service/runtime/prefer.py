"""What a caller prefers: the Prefer header (RFC 7240)."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_WAIT = 60.0
"""No call is held longer, whatever it prefers."""
PREFERENCE = re.compile(
    r"([!#$%&'*+.^_`|~\w-]+)(?:\s*=\s*(\"[^\"]*\"|[^\s,;]*))?[^,]*", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Preferences:
    """`wait` is in seconds, None where nothing was said."""

    respond_async: bool = False
    wait: float | None = None


NONE = Preferences()


def preferences_of(lines: list[str]) -> Preferences:
    """The preferences of all Prefer headers; what cannot be understood is ignored."""
    if not lines:
        return NONE
    found: dict[str, str] = {}
    for line in lines:
        for name, value in PREFERENCE.findall(line):
            found.setdefault(name.lower(), value.strip('"'))
    return Preferences("respond-async" in found, seconds(found.get("wait")))


def seconds(text: str | None) -> float | None:
    """Whole seconds, at most LONGEST_WAIT."""
    if text is None or not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        return None
    return min(float(text), LONGEST_WAIT)
