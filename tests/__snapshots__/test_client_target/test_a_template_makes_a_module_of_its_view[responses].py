"""Results with headers."""

from __future__ import annotations


@dataclass(frozen=True, slots=True)
class Play200:
    """Played."""

    status: int
    body: None
    x_count: int
