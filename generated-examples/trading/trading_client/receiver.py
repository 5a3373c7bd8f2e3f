"""The receiver of what Trading sends."""

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
        "orderFilled": Hook("order_filled", {"application/json": Json(models.Fill)}),
        "job.succeeded": Hook("job_succeeded", NOTICES),
        "job.failed": Hook("job_failed", NOTICES),
        "job.canceled": Hook("job_canceled", NOTICES),
    }

    async def order_filled(self, body: models.Fill, delivery: Delivery) -> None:
        """One of your orders was filled."""
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
