"""What travels: every schema of the API as a type."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from .runtime.model import Model, Whole

Mark = TypeAliasType("Mark", Literal["x", "o"] | str)


class Move(Model):
    type: Literal["move"]
    mark: Mark
    field: Annotated[int, Field(ge=0, le=8), Whole]
    """Counted by rows from the upper left."""


class Resignation(Model):
    type: Literal["resignation"]
    mark: Mark


class State(Model):
    type: Literal["state"]
    board: Annotated[
        list[Literal["", "x", "o"] | str], Field(min_length=9, max_length=9)
    ]
    turn: Mark
    winner: Literal["x", "o", "draw"] | str | None


class ScoreRequest(Model):
    type: Literal["score-request"]
    id: Annotated[str, Field(min_length=1, max_length=80)]


class Score(Model):
    type: Literal["score"]
    id: str
    x: Annotated[int, Field(ge=0), Whole]
    o: Annotated[int, Field(ge=0), Whole]
    draws: Annotated[int, Field(ge=0), Whole]
