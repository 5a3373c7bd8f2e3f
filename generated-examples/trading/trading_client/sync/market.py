"""The operations tagged market, without `await`."""

from __future__ import annotations

from .. import models
from ..market import WATCH_TICKER
from ..runtime.event import Event
from ..runtime.item_stream_sync import ItemStream
from ..runtime.transport import Connection


class Market:
    """What things cost."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def watch_ticker(
        self, *, symbol: models.Symbol | None = None, last_event_id: str | None = None
    ) -> ItemStream[Event[models.Price]]:
        """Every price as it is made."""
        return ItemStream(
            self._connection, WATCH_TICKER, (symbol,), last_event_id=last_event_id
        )
