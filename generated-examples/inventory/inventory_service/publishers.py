"""What the service sends: a function for each kind of message, `await publishers.<name>(body)`."""

from __future__ import annotations

from collections.abc import Mapping

from . import models
from .channels import STOCK_CHANGED_MESSAGE, STOCK_CHANNEL
from .runtime.publisher import Publisher

TELL_STOCK: Publisher = Publisher("tellStock", STOCK_CHANNEL, (STOCK_CHANGED_MESSAGE,))


async def tell_stock(
    body: models.Stock,
    *,
    item: str | None = None,
    headers: Mapping[str, str] | None = None,
    correlation_id: str | None = None,
    key: str | None = None,
) -> None:
    """How much is left of an item."""
    await TELL_STOCK.send(
        body, {"item": item}, headers=headers, correlation_id=correlation_id, key=key
    )


PUBLISHERS = (TELL_STOCK,)
