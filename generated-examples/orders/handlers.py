"""What the operations do. Yours: gen wrote it once and never touches it again."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID, uuid5

from orders_service import Caller, Handlers, Job, known_caller, models, webhooks
from orders_service.responses import (
    CreateRefund404,
    CreateRefund409,
    GetOrder404,
    ListOrders200,
    PlaceOrder402,
    ShipOrder404,
)
from shop import SHOP, Refused, Shop


class OrdersHandlers(Handlers):
    """A shop that keeps its books in memory."""

    def __init__(self, shop: Shop | None = None) -> None:
        self.shop = shop or Shop()

    async def place_order(
        self, body: models.NewOrder, job: Job
    ) -> models.Order | PlaceOrder402:
        await job.progress(done=0, total=2, message="charging the card")
        try:
            await self.shop.bank.charge(
                self.shop.price(body.item, body.quantity), key=job.id
            )
        except Refused as refused:
            return PlaceOrder402(models.Refusal(title=str(refused)))
        await job.progress(done=1, total=2, message="reserving the goods")
        return self.shop.reserve(body, key=job.id)

    async def list_orders(
        self, status: list[models.OrderStatus] | None, limit: int, caller: Caller
    ) -> ListOrders200:
        orders = self.shop.newest(status)
        return ListOrders200(orders[:limit], x_total_count=len(orders))

    async def get_order(
        self, order_id: UUID, caller: Caller
    ) -> models.Order | GetOrder404:
        order = self.shop.orders.get(order_id)
        return order or GetOrder404(models.Missing(title="No such order"))

    async def ship_order(
        self, order_id: UUID, body: models.NewShipment, caller: Caller
    ) -> models.Shipment | ShipOrder404:
        if order_id not in self.shop.orders:
            return ShipOrder404(models.Missing(title="No such order"))
        self.shop.change(order_id, "shipped")
        shipment = models.Shipment(
            order_id=order_id,
            carrier=body.carrier,
            tracking_number=f"PX-{order_id.int % 10_000:04}",
        )
        await webhooks.order_shipped.publish_all(shipment)
        return shipment

    async def create_refund(
        self, body: models.NewRefund, job: Job
    ) -> models.Refund | CreateRefund404 | CreateRefund409:
        order = self.shop.orders.get(body.order_id)
        if order is None:
            return CreateRefund404(models.Missing(title="No such order"))
        id, amount = uuid5(SHOP, job.id), Decimal(body.amount.amount)
        refunds = self.shop.refunds.setdefault(order.id, {})
        if id not in refunds and amount > self.shop.left_to_refund(order):
            return CreateRefund409(models.Refusal(title="More than was paid"))
        await self.shop.bank.refund(amount, key=job.id)
        refunds[id] = amount
        self.shop.change(order.id, "refunded")
        return models.Refund(id=id, order_id=order.id, amount=body.amount)

    async def authenticate_partner(self, key: str) -> Caller | None:
        return known_caller("PARTNER_KEY", key)

    async def authenticate_staff(self, token: str) -> Caller | None:
        return known_caller("STAFF_TOKEN", token)
