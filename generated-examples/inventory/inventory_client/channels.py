"""Where messages travel, and what kinds of them there are."""

from __future__ import annotations

from . import models
from .runtime.bodies import Json
from .runtime.channel import Channel, ChannelParameter
from .runtime.remote_kind import MessageKind

ARRIVALS_CHANNEL = Channel(
    "arrivals",
    "inventory.arrivals",
    options={
        "amqp": {
            "is": "queue",
            "queue": {"name": "inventory.arrivals", "durable": True},
        }
    },
)

RESERVATIONS_CHANNEL = Channel("reservations", "inventory.reservations")

ANSWERS_CHANNEL = Channel("answers", None)

STOCK_CHANNEL = Channel(
    "stock",
    "inventory.stock.{item}",
    parameters={"item": ChannelParameter(location="$message.payload#/item")},
)

ARRIVAL_MESSAGE: MessageKind[models.Arrival] = MessageKind(
    "arrival", Json(models.Arrival)
)

RESERVE_MESSAGE: MessageKind[models.Reservation, models.ReserveHeaders] = MessageKind(
    "reserve",
    Json(models.Reservation),
    headers=models.ReserveHeaders,
    correlation="$message.header#/correlationId",
)

RESERVED_MESSAGE: MessageKind[models.Reserved] = MessageKind(
    "reserved", Json(models.Reserved), correlation="$message.header#/correlationId"
)

REFUSED_MESSAGE: MessageKind[models.Refused] = MessageKind(
    "refused", Json(models.Refused), correlation="$message.header#/correlationId"
)

STOCK_CHANGED_MESSAGE: MessageKind[models.Stock] = MessageKind(
    "stockChanged", Json(models.Stock)
)
