"""What the service asks of you: one method for each operation."""

from __future__ import annotations

from abc import abstractmethod

from . import models
from .runtime.lifespan import Lifespan
from .runtime.message import Message


class Handlers(Lifespan):
    """The operations of Inventory: implement each in a class of your own."""

    @abstractmethod
    async def take_arrival(self, body: models.Arrival, message: Message) -> None:
        """Goods have come in."""

    @abstractmethod
    async def reserve(
        self, body: models.Reservation, message: Message[models.ReserveHeaders]
    ) -> models.Reserved | models.Refused:
        """Set goods aside for an order."""
