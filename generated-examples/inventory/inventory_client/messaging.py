"""The messages of Inventory, from the other side."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from . import models
from .channels import (
    ANSWERS_CHANNEL,
    ARRIVALS_CHANNEL,
    ARRIVAL_MESSAGE,
    REFUSED_MESSAGE,
    RESERVATIONS_CHANNEL,
    RESERVED_MESSAGE,
    RESERVE_MESSAGE,
    STOCK_CHANGED_MESSAGE,
    STOCK_CHANNEL,
)
from .runtime.broker import carrier_of
from .runtime.carrier import Carrier
from .runtime.carrier_link import Link
from .runtime.correlating import Envelope
from .runtime.messenger import MessagingSession
from .runtime.received_message import Received
from .runtime.remote_exchange import Feed, Publication, Replies, Request
from .runtime.subscription import Subscription

TAKE_ARRIVAL = Publication(
    name="takeArrival", channel=ARRIVALS_CHANNEL, kinds=(ARRIVAL_MESSAGE,)
)

RESERVE: Request[models.Reserved | models.Refused] = Request(
    name="reserve",
    channel=RESERVATIONS_CHANNEL,
    kinds=(RESERVE_MESSAGE,),
    replies=Replies(
        kinds=(RESERVED_MESSAGE, REFUSED_MESSAGE),
        channel=ANSWERS_CHANNEL,
        address="$message.header#/replyTo",
    ),
)

TELL_STOCK: Feed[Received[models.Stock]] = Feed(
    name="tellStock", channel=STOCK_CHANNEL, kinds=(STOCK_CHANGED_MESSAGE,)
)


class MessagingClient(MessagingSession):
    """What is in stock, over RabbitMQ. The order system never asks: it is told
    whenever a stock changes, and is answered when it wants goods set aside. What
    cannot be worked off ends in `<queue>.dead`, with its history.
    """

    def __init__(
        self, carrier: Carrier | str = "amqp://localhost:5672", *, timeout: float = 30.0
    ) -> None:
        """Connect when it is first needed: `carrier` by URL, or as a carrier that is
        started already.

        `timeout` is how many seconds a reply is waited for.
        """
        links = {
            "broker": Link(
                carrier, partial(carrier_of, carriers={"amqp": "rabbit_carrier"})
            )
        }
        super().__init__(links, "inventory_client", timeout)

    async def take_arrival(
        self,
        body: models.Arrival,
        *,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        correlation_id: str | None = None,
    ) -> None:
        """Goods have come in."""
        await self._messenger.publish(
            TAKE_ARRIVAL, body, {}, Envelope(headers, message_id, correlation_id)
        )

    async def reserve(
        self,
        body: models.Reservation,
        *,
        headers: models.ReserveHeaders | None = None,
        message_id: str | None = None,
        correlation_id: str | None = None,
        timeout: float | None = None,
    ) -> models.Reserved | models.Refused:
        """Set goods aside for an order."""
        return await self._messenger.request(
            RESERVE, body, {}, Envelope(headers, message_id, correlation_id), timeout
        )

    def tell_stock(
        self, *, item: str | None = None, group: str | None = None
    ) -> Subscription[Received[models.Stock]]:
        """How much is left of an item."""
        return self._messenger.subscribe(TELL_STOCK, {"item": item}, group)


Client = MessagingClient
