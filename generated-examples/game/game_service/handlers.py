"""What the service asks of you: one method for each operation."""

from __future__ import annotations

from abc import abstractmethod

from . import models
from .runtime.lifespan import Lifespan
from .runtime.message import Message


class Handlers(Lifespan):
    """The operations of Game: implement each in a class of your own."""

    @abstractmethod
    async def play(
        self, table_id: str, body: models.Move | models.Resignation, message: Message
    ) -> None:
        """A player's turn, or the end of the game for that player."""

    @abstractmethod
    async def ask_score(
        self, table_id: str, body: models.ScoreRequest, message: Message
    ) -> models.Score:
        """How often each mark has won at this table."""
