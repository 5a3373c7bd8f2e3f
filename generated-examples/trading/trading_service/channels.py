"""Where messages travel, and what kinds of them there are."""

from __future__ import annotations

from . import models
from .runtime.channel import Channel
from .runtime.contents import Json
from .runtime.message_kind import MessageKind

ORDERS_CHANNEL = Channel("orders", "trading.orders")

ANSWERS_CHANNEL = Channel("answers", "trading.answers")

FILLS_CHANNEL = Channel("fills", "trading.fills")

ORDER_MESSAGE: MessageKind[models.Order] = MessageKind(
    "order", Json(models.Order), correlation="$message.header#/correlationId"
)

ACCEPTED_MESSAGE: MessageKind[models.Accepted] = MessageKind(
    "accepted",
    Json(models.Accepted),
    correlation="$message.header#/correlationId",
    title="The order was taken; its fill comes later.",
)
"""The order was taken; its fill comes later."""

FILL_MESSAGE: MessageKind[models.Fill] = MessageKind(
    "fill", Json(models.Fill), correlation="$message.header#/correlationId"
)

REFUSAL_MESSAGE: MessageKind[models.Refusal] = MessageKind(
    "refusal", Json(models.Refusal), correlation="$message.header#/correlationId"
)
