"""The receiver of what Orders sends."""

from __future__ import annotations

from . import models
from .runtime.bodies import Json
from .runtime.job_notice import JobNotice, NOTICES
from .runtime.receiver import Delivery, Hook, NotTaken, SignedReceiver
from .runtime.seen import MemorySeen, Seen, SqliteSeen

__all__ = [
    "Delivery",
    "JobNotice",
    "MemorySeen",
    "Receiver",
    "Seen",
    "SqliteSeen",
]


class Receiver(SignedReceiver):
    """Override a method for each event that is expected.

    An event whose method is not overridden is answered with 501, and so sent again later.
    """

    hooks = {
        "placeOrder.placed": Hook(
            "place_order_placed", {"application/json": Json(models.Order)}
        ),
        "placeOrder.refused": Hook(
            "place_order_refused", {"application/problem+json": Json(models.Refusal)}
        ),
        "orderPlaced": Hook("order_placed", {"application/json": Json(models.Order)}),
        "orderShipped": Hook(
            "order_shipped", {"application/json": Json(models.Shipment)}
        ),
        "job.succeeded": Hook("job_succeeded", NOTICES),
        "job.failed": Hook("job_failed", NOTICES),
        "job.canceled": Hook("job_canceled", NOTICES),
    }

    async def place_order_placed(self, body: models.Order, delivery: Delivery) -> None:
        """The order was placed."""
        raise NotTaken

    async def place_order_refused(
        self, body: models.Refusal, delivery: Delivery
    ) -> None:
        """The payment was refused."""
        raise NotTaken

    async def order_placed(self, body: models.Order, delivery: Delivery) -> None:
        """An order was placed."""
        raise NotTaken

    async def order_shipped(self, body: models.Shipment, delivery: Delivery) -> None:
        """An order has left the warehouse."""
        raise NotTaken

    async def job_succeeded(self, body: JobNotice, delivery: Delivery) -> None:
        """A job succeeded whose caller gave a Callback-Url."""
        raise NotTaken

    async def job_failed(self, body: JobNotice, delivery: Delivery) -> None:
        """A job failed whose caller gave a Callback-Url."""
        raise NotTaken

    async def job_canceled(self, body: JobNotice, delivery: Delivery) -> None:
        """A job was canceled whose caller gave a Callback-Url."""
        raise NotTaken
