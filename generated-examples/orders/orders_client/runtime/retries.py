"""When a call is tried again, and how long it waits before that."""

from __future__ import annotations

from dataclasses import dataclass
from random import uniform

BUSY = frozenset({429, 502, 503, 504})
"""The statuses that say: not now, later; a gateway says two of them while its service restarts."""

REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})
"""The methods that do no more when sent twice (RFC 9110 §9.2.2)."""


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a call is tried in all; the pauses between grow twice as long, with jitter."""

    attempts: int = 6
    first: float = 0.5
    longest: float = 30.0
    patience: float = 120.0
    """The longest Retry-After that is waited for; beyond it the error is raised at once."""

    def pause(self, failures: int, retry_after: float | None = None) -> float:
        """Seconds to wait after so many failures, never less than the service asked for."""
        ceiling = min(self.longest, self.first * 2.0 ** min(failures - 1, 32))
        if retry_after is None:
            return uniform(ceiling / 2, ceiling)
        return retry_after + uniform(0, ceiling / 4)

    def allows(self, failures: int, retry_after: float | None = None) -> bool:
        """Whether a call that failed so often is tried again."""
        return failures < self.attempts and (retry_after or 0) <= self.patience


ONCE = Retries(attempts=1)
"""For a call that might do more when sent twice."""
