"""What the service asks of you: one method for each operation."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator

from . import models
from .responses import PlaceOrder409, WatchTicker200
from .runtime.event import Event
from .runtime.job import Job
from .runtime.lifespan import Lifespan


class Handlers(Lifespan):
    """The operations of Trading: implement each in a class of your own."""

    @abstractmethod
    async def place_order(
        self, body: models.Order, job: Job
    ) -> models.Fill | PlaceOrder409:
        """Place an order and wait for its fill."""

    @abstractmethod
    def watch_ticker(
        self, symbol: models.Symbol | None, last_event_id: str | None
    ) -> AsyncIterator[Event[models.Price] | WatchTicker200]:
        """Every price as it is made."""
