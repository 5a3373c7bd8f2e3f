"""The shop behind the service: a warehouse, its books, and a bank that takes its time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from orders_service import models

SHOP = UUID("8c4a5f5e-2f0e-4b2f-9a53-1d5b0a2f6c10")
PRICES = {
    "lamp": Decimal("29.90"),
    "desk": Decimal("349.00"),
    "chair": Decimal("89.50"),
}
USUAL_PRICE = Decimal("10.00")
CURRENCY = "EUR"


class Refused(Exception):
    """The bank says no."""


def money(amount: Decimal) -> models.Money:
    """An amount as the API writes it."""
    return models.Money(amount=f"{amount:.2f}", currency=CURRENCY)


@dataclass
class Bank:
    """Charges and refunds; the same key is never charged twice."""

    limit: Decimal = Decimal("1000.00")
    pause: float = 0.1
    charges: dict[str, Decimal] = field(default_factory=dict)

    async def charge(self, amount: Decimal, key: str) -> None:
        """Raises Refused above the limit."""
        await asyncio.sleep(self.pause)
        if amount > self.limit:
            raise Refused("Card declined")
        self.charges.setdefault(key, amount)

    async def refund(self, amount: Decimal, key: str) -> None:
        await asyncio.sleep(self.pause)
        self.charges.setdefault(key, -amount)


@dataclass
class Shop:
    """The books: orders by id, newest last, and what was refunded of each."""

    bank: Bank = field(default_factory=Bank)
    orders: dict[UUID, models.Order] = field(default_factory=dict)
    refunds: dict[UUID, dict[UUID, Decimal]] = field(default_factory=dict)

    def price(self, item: str, quantity: int) -> Decimal:
        return PRICES.get(item, USUAL_PRICE) * quantity

    def reserve(self, body: models.NewOrder, key: str) -> models.Order:
        """The order of this key: a second attempt finds what the first one made."""
        id = uuid5(SHOP, key)
        if id not in self.orders:
            self.orders[id] = models.Order(
                id=id,
                item=body.item,
                quantity=body.quantity,
                status="placed",
                total=money(self.price(body.item, body.quantity)),
                placed_at=datetime.now(UTC),
                note=body.note,
            )
        return self.orders[id]

    def newest(self, statuses: list[models.OrderStatus] | None) -> list[models.Order]:
        found = reversed(self.orders.values())
        return [order for order in found if not statuses or order.status in statuses]

    def change(self, id: UUID, status: models.OrderStatus) -> None:
        self.orders[id] = self.orders[id].model_copy(update={"status": status})

    def left_to_refund(self, order: models.Order) -> Decimal:
        refunded = sum(self.refunds.get(order.id, {}).values(), Decimal())
        return Decimal(order.total.amount) - refunded
