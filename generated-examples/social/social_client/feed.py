"""The operations tagged feed, and how each is called."""

from __future__ import annotations

from . import models
from .runtime.bodies import Json, Text
from .runtime.call import Operation
from .runtime.decoding import Returns
from .runtime.encoding import Query
from .runtime.event import Event
from .runtime.item_formats import Events
from .runtime.item_stream import ItemStream
from .runtime.transport import AsyncConnection

FEED: Operation[Event[models.Post | models.Likes | str]] = Operation(
    name="feed",
    method="GET",
    path="/feed",
    parameters=(Query("author", models.Handle),),
    answers={
        "200": Returns(
            {
                "text/event-stream": Events(
                    data={
                        "posted": Json(models.Post),
                        "liked": Json(models.Likes),
                        "deleted": Text(str),
                    },
                    whole=True,
                )
            },
        )
    },
)


class Feed:
    """What is said, as it happens."""

    def __init__(self, connection: AsyncConnection) -> None:
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
