"""Tickets: what a browser's EventSource shows instead of a header it cannot send."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict

from .store import now

LIFETIME = 60.0
MOST = 100_000


class Tickets:
    """Tickets of this process; each opens the events of one job, once."""

    def __init__(self) -> None:
        self._valid: OrderedDict[bytes, tuple[str, float]] = OrderedDict()

    def issue(self, job_id: str) -> str:
        """A new ticket for a job."""
        self._forget()
        ticket = secrets.token_urlsafe(24)
        self._valid[digest(ticket)] = (job_id, now() + LIFETIME)
        return ticket

    def spend(self, ticket: str, job_id: str) -> bool:
        """Whether the ticket opens this job's events; it never does again."""
        self._forget()
        opens, _ = self._valid.pop(digest(ticket), ("", 0.0))
        return opens == job_id

    def redeem(self, ticket: str) -> str | None:
        """The job whose events the ticket opens, if it does; it never does again."""
        self._forget()
        opens, _ = self._valid.pop(digest(ticket), (None, 0.0))
        return opens

    def _forget(self) -> None:
        """Drops what has expired; tickets expire in the order they were issued."""
        while self._valid:
            _, expires = next(iter(self._valid.values()))
            if expires > now() and len(self._valid) < MOST:
                return
            self._valid.popitem(last=False)


def digest(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode()).digest()
