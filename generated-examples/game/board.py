"""Noughts and crosses at one table: the board, whose turn it is, and how often each mark has won."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

Mark = Literal["x", "o"]
Winner = Literal["x", "o", "draw"]

LINES = (
    *((row, row + 1, row + 2) for row in (0, 3, 6)),
    *((column, column + 3, column + 6) for column in (0, 1, 2)),
    (0, 4, 8),
    (2, 4, 6),
)
OTHER: dict[Mark, Mark] = {"x": "o", "o": "x"}


class NotAllowed(Exception):
    """A move against the rules."""


@dataclass(slots=True)
class Table:
    """One table; a move after the end begins a new game."""

    fields: list[Mark | None] = field(default_factory=lambda: [None] * 9)
    turn: Mark = "x"
    winner: Winner | None = None
    won: Counter[Winner] = field(default_factory=Counter)

    def move(self, mark: Mark, place: int) -> None:
        """Set a mark; raises NotAllowed."""
        if self.winner is not None:
            self.fields, self.winner = [None] * 9, None
        if mark != self.turn:
            raise NotAllowed(f"it is the turn of {self.turn}")
        if self.fields[place] is not None:
            raise NotAllowed(f"field {place} is taken")
        self.fields[place] = mark
        self.turn = OTHER[mark]
        if any(all(self.fields[one] == mark for one in line) for line in LINES):
            self._end(mark)
        elif None not in self.fields:
            self._end("draw")

    def resign(self, mark: Mark) -> None:
        """The other one wins; raises NotAllowed when nobody plays."""
        if self.winner is not None:
            raise NotAllowed("the game is over")
        self._end(OTHER[mark])

    def _end(self, winner: Winner) -> None:
        self.winner = winner
        self.won[winner] += 1
