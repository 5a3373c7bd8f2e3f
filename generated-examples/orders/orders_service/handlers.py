"""What the service asks of you: one method for each operation."""

from __future__ import annotations

from abc import abstractmethod
from uuid import UUID

from . import models
from .responses import (
    CreateRefund404,
    CreateRefund409,
    GetOrder404,
    ListOrders200,
    PlaceOrder402,
    ShipOrder404,
)
from .runtime.access import Caller
from .runtime.job import Job
from .runtime.lifespan import Lifespan
from .runtime.problem import HttpProblem


class Handlers(Lifespan):
    """The operations of Orders: implement each in a class of your own."""

    @abstractmethod
    async def place_order(
        self, body: models.NewOrder, job: Job
    ) -> models.Order | PlaceOrder402:
        """Place an order.

        The bank is charged and the goods are reserved. The result is the placed order.
        """

    @abstractmethod
    async def list_orders(
        self, status: list[models.OrderStatus] | None, limit: int, caller: Caller
    ) -> ListOrders200:
        """List the orders, newest first."""

    @abstractmethod
    async def get_order(
        self, order_id: UUID, caller: Caller
    ) -> models.Order | GetOrder404:
        """Read one order."""

    @abstractmethod
    async def ship_order(
        self, order_id: UUID, body: models.NewShipment, caller: Caller
    ) -> models.Shipment | ShipOrder404:
        """Hand an order to the carrier.

        Every subscriber of the webhook orderShipped is told.
        """

    @abstractmethod
    async def create_refund(
        self, body: models.NewRefund, job: Job
    ) -> models.Refund | CreateRefund404 | CreateRefund409:
        """Refund an order, or a part of it.

        Only for the shop's own staff. A refund that the bank answers at once comes back
        directly.
        """

    @abstractmethod
    async def authenticate_partner(self, key: str) -> Caller | None:
        """The key of a partner's shop."""

    @abstractmethod
    async def authenticate_staff(self, token: str) -> Caller | None:
        """The token of somebody on the staff."""

    def as_refusal(self, refusal: HttpProblem) -> models.Refusal | None:
        """What the service itself refuses, as Refusal; None: as a problem."""
        return None
