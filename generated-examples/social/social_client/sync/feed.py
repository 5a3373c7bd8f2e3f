"""The operations tagged feed, without `await`."""

from __future__ import annotations

from .. import models
from ..feed import FEED
from ..runtime.event import Event
from ..runtime.item_stream_sync import ItemStream
from ..runtime.transport import Connection


class Feed:
    """What is said, as it happens."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def feed(
        self, *, author: models.Handle | None = None, last_event_id: str | None = None
    ) -> ItemStream[Event[models.Post | models.Likes | str]]:
        """Follow everything that happens.

        With Last-Event-ID the feed goes on after that event, with nothing missed.
        """
        return ItemStream(
            self._connection, FEED, (author,), last_event_id=last_event_id
        )
