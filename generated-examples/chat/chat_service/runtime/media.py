"""Media types: which declared one a content type is, and which one a caller likes best."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache


@lru_cache(1024)
def split(value: str) -> tuple[str, Mapping[str, str]]:
    """A media type in lower case and its parameters, which every caller shares."""
    name, *fields = value.split(";")
    pairs = (field.partition("=") for field in fields)
    parameters = {
        key.strip().lower(): text.strip().strip('"') for key, _, text in pairs
    }
    return name.strip().lower(), parameters


def charset_of(content_type: str) -> str:
    return split(content_type)[1].get("charset", "utf-8")


def is_json(content_type: str) -> bool:
    """Whether a media type is JSON, or written in it."""
    return split(content_type)[0].endswith(("/json", "+json"))


def closeness(pattern: str, content_type: str) -> int:
    """How well a declared media type or range fits: 0 not at all, more is closer."""
    wanted, parameters = split(pattern)
    name, present = split(content_type)
    asked = (pair for pair in parameters.items() if pair[0] not in ("q", "charset"))
    if any(present.get(key) != text for key, text in asked):
        return 0
    if wanted == name:
        return 3 + len(parameters)
    if wanted in ("*/*", "*"):
        return 1
    start, star, suffix = wanted.partition("*")  # image/*, application/*+json
    fits = name.startswith(start) and name.endswith(suffix)
    return 2 if star and fits else 0


def declared(patterns: Iterable[str], content_type: str) -> str | None:
    """The declared media type that fits a content type best."""
    fits = [(closeness(pattern, content_type), pattern) for pattern in patterns]
    best = max(fits, key=lambda fit: fit[0], default=(0, ""))
    return best[1] if best[0] else None


def preferred(offers: Iterable[str], accept: str) -> str | None:
    """The offer that an Accept header ranks highest; the first where it does not care."""
    ranges = [part.strip() for part in accept.split(",") if part.strip()]
    ranked = [(quality(ranges, offer), offer) for offer in offers]
    best = max(ranked, key=lambda rank: rank[0], default=(0.0, ""))
    return best[1] if best[0] > 0 else None


def quality(ranges: list[str], offer: str) -> float:
    """The weight of an offer, by the closest range that names it (RFC 9110 §12.5.1)."""
    closest = max(ranges, key=lambda one: closeness(one, offer), default="")
    if not closest or not closeness(closest, offer):
        return 0.0
    try:
        return float(split(closest)[1].get("q", "1"))
    except ValueError:
        return 0.0
