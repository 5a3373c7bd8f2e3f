"""How fast jobs end, and therefore when a caller who was turned away should come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

WINDOW = 60.0
"""Seconds over which ended jobs are counted."""
LONGEST = 60
"""No caller is sent away for longer than this many seconds."""


@dataclass(frozen=True, slots=True)
class Load:
    """What waits for an operation, how many of its jobs end in a second, when to come back."""

    queued: int
    rate: float
    retry_after: int


def load(queued: int, ended: Mapping[str, int], operation: str, excess: int) -> Load:
    """The load, when `excess` jobs must end before there is room again.

    Nothing observed yet means a rate of one job a second.
    """
    rate = ended.get(operation, 0) / WINDOW
    seconds = ceil(excess / (rate or 1.0))
    return Load(queued, rate, max(1, min(seconds, LONGEST)))
