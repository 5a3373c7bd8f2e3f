"""The messages of Inventory, from the other side, without `await`."""

from __future__ import annotations

from collections.abc import Mapping

from .. import models
from ..messaging import MessagingClient as AsyncClient
from ..runtime.carrier import Carrier
from ..runtime.messenger_sync import MessagingSession, Subscription
from ..runtime.received_message import Received


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
        self._client = AsyncClient(carrier, timeout=timeout)
        super().__init__(self._client)

    def take_arrival(
        self,
        body: models.Arrival,
        *,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        correlation_id: str | None = None,
    ) -> None:
        """Goods have come in."""
        self._thread.run(
            self._client.take_arrival(
                body,
                headers=headers,
                message_id=message_id,
                correlation_id=correlation_id,
            )
        )

    def reserve(
        self,
        body: models.Reservation,
        *,
        headers: models.ReserveHeaders | None = None,
        message_id: str | None = None,
        correlation_id: str | None = None,
        timeout: float | None = None,
    ) -> models.Reserved | models.Refused:
        """Set goods aside for an order."""
        return self._thread.run(
            self._client.reserve(
                body,
                headers=headers,
                message_id=message_id,
                correlation_id=correlation_id,
                timeout=timeout,
            )
        )

    def tell_stock(
        self, *, item: str | None = None, group: str | None = None
    ) -> Subscription[Received[models.Stock]]:
        """How much is left of an item."""
        return Subscription(
            self._thread, self._client.tell_stock(item=item, group=group)
        )


Client = MessagingClient
