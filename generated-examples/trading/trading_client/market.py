"""The operations tagged market, and how each is called."""

from __future__ import annotations

from . import models
from .runtime.bodies import Json
from .runtime.call import Operation
from .runtime.decoding import Returns
from .runtime.encoding import Query
from .runtime.event import Event
from .runtime.item_formats import Events
from .runtime.item_stream import ItemStream
from .runtime.transport import AsyncConnection

WATCH_TICKER: Operation[Event[models.Price]] = Operation(
    name="watchTicker",
    method="GET",
    path="/ticker",
    parameters=(Query("symbol", models.Symbol),),
    answers={
        "200": Returns(
            {"text/event-stream": Events(data=Json(models.Price), whole=True)},
        )
    },
)


class Market:
    """What things cost."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    def watch_ticker(
        self, *, symbol: models.Symbol | None = None, last_event_id: str | None = None
    ) -> ItemStream[Event[models.Price]]:
        """Every price as it is made."""
        return ItemStream(
            self._connection, WATCH_TICKER, (symbol,), last_event_id=last_event_id
        )
