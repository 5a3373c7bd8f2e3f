"""How each message is read, and which handler it goes to."""

from __future__ import annotations

from .channels import (
    ACCEPTED_MESSAGE,
    ANSWERS_CHANNEL,
    FILL_MESSAGE,
    ORDERS_CHANNEL,
    ORDER_MESSAGE,
    REFUSAL_MESSAGE,
)
from .handlers import Handlers
from .routes import PLACE_ORDER
from .runtime.consumer import Consumer, Replies

PLACE_ORDER_CONSUMER: Consumer[Handlers] = Consumer(
    "placeOrder",
    ORDERS_CHANNEL,
    (ORDER_MESSAGE,),
    reply=Replies(ANSWERS_CHANNEL, (ACCEPTED_MESSAGE, FILL_MESSAGE, REFUSAL_MESSAGE)),
    operation=PLACE_ORDER,
    options={"kafka": {"groupId": {"type": "string", "const": "trading"}}},
)


CONSUMERS: tuple[Consumer[Handlers], ...] = (PLACE_ORDER_CONSUMER,)
