"""Durations as people write them, in seconds."""

from __future__ import annotations

import re

SHORT = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
ISO = re.compile(
    r"P(?:(?P<w>\d+)W)?(?:(?P<d>\d+)D)?"
    r"(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?)?"
)
ISO_SECONDS = {"w": 604800.0, "d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0}


def duration(text: str) -> float | None:
    """Seconds of `500ms`, `5s`, `10m`, `24h`, `1d` or ISO 8601 (`PT5S`); None if it is neither."""
    short = SHORT.fullmatch(text)
    if short is not None:
        return round(float(short[1]) * SECONDS[short[2]], 6)
    iso = ISO.fullmatch(text)
    if iso is None or not any(iso.groupdict().values()) or text.endswith("T"):
        return None
    given = {unit: value for unit, value in iso.groupdict().items() if value}
    return sum(float(value) * ISO_SECONDS[unit] for unit, value in given.items())
