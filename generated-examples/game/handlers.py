"""What the operations do. Yours: gen wrote it once and never touches it again."""

from __future__ import annotations

from collections import defaultdict

from board import NotAllowed, Table
from game_service import Handlers, Message, MessageFailed, models, publishers


class GameHandlers(Handlers):
    """Keeps the tables, and tells everybody at one how its game stands."""

    def __init__(self) -> None:
        self.tables: defaultdict[str, Table] = defaultdict(Table)

    async def play(
        self, table_id: str, body: models.Move | models.Resignation, message: Message
    ) -> None:
        table = self.tables[table_id]
        try:
            if isinstance(body, models.Move):
                table.move(body.mark, body.field)
            else:
                table.resign(body.mark)
        except NotAllowed as error:
            raise MessageFailed("not_allowed", str(error)) from None
        await publishers.tell_state(state_of(table), table_id=table_id)

    async def ask_score(
        self, table_id: str, body: models.ScoreRequest, message: Message
    ) -> models.Score:
        won = self.tables[table_id].won
        return models.Score(
            type="score", id=body.id, x=won["x"], o=won["o"], draws=won["draw"]
        )


def state_of(table: Table) -> models.State:
    """The table as its players see it."""
    board = [mark or "" for mark in table.fields]
    return models.State(type="state", board=board, turn=table.turn, winner=table.winner)
