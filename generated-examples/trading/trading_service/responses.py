"""What the operations answer: a class for each declared response."""

from __future__ import annotations

from . import models
from .runtime.contents import Json
from .runtime.replies import Reply
from .runtime.sequences import Events
from .runtime.streams import StreamReply


class PlaceOrder201(Reply):
    """The order was filled."""

    status_code = 201
    contents = {"application/json": Json(models.Fill)}

    def __init__(self, body: models.Fill) -> None:
        super().__init__(body)


class PlaceOrder409(Reply):
    """Nobody wants to trade at that price."""

    status_code = 409
    contents = {"application/problem+json": Json(models.Refusal)}

    def __init__(self, body: models.Refusal) -> None:
        super().__init__(body)


class WatchTicker200(StreamReply):
    """Prices, for as long as one listens."""

    status_code = 200
    sequences = {"text/event-stream": Events(Json(models.Price))}

    def __init__(self) -> None:
        super().__init__()
