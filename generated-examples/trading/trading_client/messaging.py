"""The messages of Trading, from the other side."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from . import models
from .channels import (
    ACCEPTED_MESSAGE,
    ANSWERS_CHANNEL,
    FILLS_CHANNEL,
    FILL_MESSAGE,
    ORDERS_CHANNEL,
    ORDER_MESSAGE,
    REFUSAL_MESSAGE,
)
from .runtime.broker import carrier_of
from .runtime.carrier import Carrier
from .runtime.carrier_link import Link
from .runtime.correlating import Envelope
from .runtime.message_job import MessageJob
from .runtime.messenger import MessagingSession
from .runtime.received_message import Received
from .runtime.remote_exchange import Feed, Replies, Request
from .runtime.subscription import Subscription

PLACE_ORDER: Request[models.Fill | models.Refusal] = Request(
    name="placeOrder",
    channel=ORDERS_CHANNEL,
    kinds=(ORDER_MESSAGE,),
    options={"kafka": {"groupId": {"type": "string", "const": "trading"}}},
    replies=Replies(
        kinds=(FILL_MESSAGE, REFUSAL_MESSAGE),
        accepted=(ACCEPTED_MESSAGE,),
        channel=ANSWERS_CHANNEL,
    ),
)

PUBLISH_FILL: Feed[Received[models.Fill]] = Feed(
    name="publishFill", channel=FILLS_CHANNEL, kinds=(FILL_MESSAGE,)
)


class MessagingClient(MessagingSession):
    """A small exchange. Orders come over HTTP or over Kafka (`trading.yaml`) and are
    the same orders: one job, one status, whichever way they came. Prices are a
    stream of server-sent events; whoever wants to hear of fills subscribes to the
    webhook.
    """

    def __init__(
        self,
        carrier: Carrier | str = "kafka://localhost:9092",
        *,
        timeout: float = 30.0,
    ) -> None:
        """Connect when it is first needed: `carrier` by URL, or as a carrier that is
        started already.

        `timeout` is how many seconds a reply is waited for.
        """
        links = {
            "broker": Link(
                carrier, partial(carrier_of, carriers={"kafka": "kafka_carrier"})
            )
        }
        super().__init__(links, "trading_client", timeout)

    async def place_order(
        self,
        body: models.Order,
        *,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        correlation_id: str | None = None,
        key: str | None = None,
    ) -> MessageJob[models.Fill | models.Refusal]:
        """Place an order and wait for its fill."""
        return await self._messenger.submit(
            PLACE_ORDER, body, {}, Envelope(headers, message_id, correlation_id, key)
        )

    def publish_fill(
        self, *, group: str | None = None
    ) -> Subscription[Received[models.Fill]]:
        """Every fill, for the books."""
        return self._messenger.subscribe(PUBLISH_FILL, {}, group)
