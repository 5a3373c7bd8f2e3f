"""What the operations do. Yours: gen wrote it once and never touches it again."""

from __future__ import annotations

from collections import Counter

from inventory_service import Handlers, Message, MessageFailed, models, publishers

SHELVES = 1000
"""How much of one item the warehouse can hold."""


class InventoryHandlers(Handlers):
    """Counts what is in stock."""

    def __init__(self) -> None:
        self.left: Counter[str] = Counter()

    async def take_arrival(self, body: models.Arrival, message: Message) -> None:
        if self.left[body.item] + body.quantity > SHELVES:
            raise MessageFailed("shelves_full", f"no room for {body.quantity} more")
        self.left[body.item] += body.quantity
        await self.tell(body.item)

    async def reserve(
        self, body: models.Reservation, message: Message[models.ReserveHeaders]
    ) -> models.Reserved | models.Refused:
        left = self.left[body.item]
        if left < body.quantity:
            reason = f"{left} left of {body.item}"
            return models.Refused(status="refused", order=body.order, reason=reason)
        self.left[body.item] -= body.quantity
        await self.tell(body.item)
        return models.Reserved(
            status="reserved", order=body.order, left=self.left[body.item]
        )

    async def tell(self, item: str) -> None:
        """Let everybody know who wants to."""
        stock = models.Stock(item=item, left=self.left[item])
        await publishers.tell_stock(stock, item=item)
