"""Handlers of asyncapi.yaml that only count."""

from __future__ import annotations

from post_service import Handlers, Message, models
from tally import Tally


class PostHandlers(Handlers):
    """Counts."""

    def __init__(self) -> None:
        self.tally = Tally()

    async def take_order(
        self, body: models.Order, message: Message[models.OrderHeaders]
    ) -> None:
        self.tally.add()

    async def hear_order(
        self, body: models.Order, message: Message[models.OrderHeaders]
    ) -> None:
        self.tally.add()
