"""The operations tagged orders, without `await`."""

from __future__ import annotations

from uuid import UUID

from .. import models, responses
from ..orders import GET_ORDER, LIST_ORDERS, PLACE_ORDER, SHIP_ORDER
from ..runtime.handle_sync import JobHandle, resume_job, start_job
from ..runtime.transport import Connection


class Orders:
    """Placing orders and following them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def place_order(
        self, body: models.NewOrder, *, idempotency_key: str | None = None
    ) -> JobHandle[models.Order]:
        """Place an order.

        The bank is charged and the goods are reserved. The result is the placed order.
        """
        return start_job(self._connection, PLACE_ORDER, (), body, key=idempotency_key)

    def place_order_job(self, id: str) -> JobHandle[models.Order]:
        """The job with this id, which an earlier place_order became."""
        return resume_job(self._connection, PLACE_ORDER, id)

    def list_orders(
        self,
        *,
        status: list[models.OrderStatus] | None = None,
        limit: int | None = None,
    ) -> responses.ListOrders200:
        """List the orders, newest first."""
        return self._connection.call(LIST_ORDERS, (status, limit))

    def get_order(self, order_id: UUID) -> models.Order:
        """Read one order."""
        return self._connection.call(GET_ORDER, (order_id,))

    def ship_order(self, order_id: UUID, body: models.NewShipment) -> models.Shipment:
        """Hand an order to the carrier.

        Every subscriber of the webhook orderShipped is told.
        """
        return self._connection.call(SHIP_ORDER, (order_id,), body)
