"""What the service tells its subscribers: `webhooks.<webhook>.publish(job, body)`."""

from __future__ import annotations

from . import models
from .runtime.contents import Json
from .runtime.webhooks import WebhookTarget

order_placed: WebhookTarget[models.Order] = WebhookTarget(
    "orderPlaced", {"application/json": Json(models.Order)}
)
"""An order was placed."""

order_shipped: WebhookTarget[models.Shipment] = WebhookTarget(
    "orderShipped", {"application/json": Json(models.Shipment)}
)
"""An order has left the warehouse."""

WEBHOOKS = (order_placed, order_shipped)
