"""How many jobs come before one: the lines of queued jobs, as this process has seen them.

A count walks a queue, so a line is read once and then follows what happens here. What other
processes do is found by reading it again once in a while.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from sqlalchemy import Connection

from . import jobs
from .jobs import JobRecord
from .status import Status
from .store import now

FAR = 1000
"""How far the place in a line is counted."""
READ = 4 * FAR
"""How much of a line is read at once, so that much of it can move on before the next time."""


@dataclass(slots=True)
class Line:
    """The numbers of an operation's first queued jobs, in order."""

    numbers: list[int]
    whole: bool
    """Whether there are no jobs behind them."""
    seen: float

    def ahead(self, number: int) -> int:
        """How many come before a number, up to FAR."""
        return min(bisect_left(self.numbers, number), FAR)

    def is_good(self, since: float) -> bool:
        return self.seen >= since and (self.whole or len(self.numbers) >= FAR)

    def put(self, number: int, queued: bool) -> None:
        """Follow one job: it is queued, or no longer."""
        numbers, place = self.numbers, bisect_left(self.numbers, number)
        present = place < len(numbers) and numbers[place] == number
        if present and not queued:
            del numbers[place]
        elif queued and not present and (self.whole or place < len(numbers)):
            numbers.insert(place, number)
            self.cut()

    def cut(self) -> None:
        """Keep no more than is read."""
        if len(self.numbers) > READ:
            del self.numbers[READ:]
            self.whole = False


class Lines:
    """The lines of all operations; each is read again after `poll` seconds."""

    def __init__(self, poll: float) -> None:
        self._poll = poll
        self._lines: dict[str, Line] = {}

    def follow(self, job: JobRecord) -> None:
        """Take note of what this process did to a job."""
        line = self._lines.get(job.operation)
        if line is not None:
            line.put(job.number, job.status is Status.QUEUED)

    def ahead(self, db: Connection, job: JobRecord) -> int:
        """How many queued jobs of the same operation were accepted before this one, up to FAR."""
        line = self._lines.get(job.operation)
        if line is None or not line.is_good(now() - self._poll):
            numbers = jobs.first_queued(db, job.operation, READ)
            line = Line(numbers, len(numbers) < READ, now())
            self._lines[job.operation] = line
        return line.ahead(job.number)
