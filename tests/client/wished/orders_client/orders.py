"""The operations tagged orders, and how each is called."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from . import errors, models, responses
from .runtime.bodies import Json
from .runtime.call import Operation
from .runtime.decoding import Raises, ResponseHeader, Returns
from .runtime.encoding import Path, Query
from .runtime.formats import Uuid
from .runtime.handle import JobHandle, resume_job, start_job
from .runtime.model import Integer, Whole
from .runtime.remote_job import JobOperation
from .runtime.transport import AsyncConnection

PLACE_ORDER: JobOperation[models.Order] = JobOperation(
    name="placeOrder",
    method="POST",
    path="/orders",
    contents={"application/json": Json(models.NewOrder)},
    answers={
        "201": Returns({"application/json": Json(models.Order)}),
        "402": Raises(
            {"application/problem+json": Json(models.Refusal)},
            error=errors.PlaceOrder402Error,
        ),
    },
    security=(("partner",), ("staff",)),
)

LIST_ORDERS: Operation[responses.ListOrders200] = Operation(
    name="listOrders",
    method="GET",
    path="/orders",
    parameters=(
        Query("status", list[models.OrderStatus]),
        Query("limit", Annotated[int, Field(ge=1, le=100), Whole]),
    ),
    answers={
        "200": Returns(
            {"application/json": Json(list[models.Order])},
            {
                "x_total_count": ResponseHeader(
                    "X-Total-Count", Integer, kind="integer", required=True
                )
            },
            envelope=responses.ListOrders200,
        )
    },
    security=(("partner",), ("staff",)),
)

GET_ORDER: Operation[models.Order] = Operation(
    name="getOrder",
    method="GET",
    path="/orders/{orderId}",
    parameters=(Path("orderId", Uuid),),
    answers={
        "200": Returns({"application/json": Json(models.Order)}),
        "404": Raises(
            {"application/problem+json": Json(models.Missing)},
            error=errors.GetOrder404Error,
        ),
    },
    security=(("partner",), ("staff",)),
)

SHIP_ORDER: Operation[models.Shipment] = Operation(
    name="shipOrder",
    method="POST",
    path="/orders/{orderId}/shipment",
    parameters=(Path("orderId", Uuid),),
    contents={"application/json": Json(models.NewShipment)},
    answers={
        "200": Returns({"application/json": Json(models.Shipment)}),
        "404": Raises(
            {"application/problem+json": Json(models.Missing)},
            error=errors.ShipOrder404Error,
        ),
    },
    security=(("partner",), ("staff",)),
)


class Orders:
    """Placing orders and following them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def place_order(
        self, body: models.NewOrder, *, idempotency_key: str | None = None
    ) -> JobHandle[models.Order]:
        """Place an order.

        The bank is charged and the goods are reserved. The result is the placed order.
        """
        return await start_job(
            self._connection, PLACE_ORDER, (), body, key=idempotency_key
        )

    def place_order_job(self, id: str) -> JobHandle[models.Order]:
        """The job with this id, which an earlier place_order became."""
        return resume_job(self._connection, PLACE_ORDER, id)

    async def list_orders(
        self,
        *,
        status: list[models.OrderStatus] | None = None,
        limit: int | None = None,
    ) -> responses.ListOrders200:
        """List the orders, newest first."""
        return await self._connection.call(LIST_ORDERS, (status, limit))

    async def get_order(self, order_id: UUID) -> models.Order:
        """Read one order."""
        return await self._connection.call(GET_ORDER, (order_id,))

    async def ship_order(
        self, order_id: UUID, body: models.NewShipment
    ) -> models.Shipment:
        """Hand an order to the carrier.

        Every subscriber of the webhook orderShipped is told.
        """
        return await self._connection.call(SHIP_ORDER, (order_id,), body)
