"""What the service tells its subscribers: `webhooks.<webhook>.publish(job, body)`."""

from __future__ import annotations

from . import models
from .runtime.contents import Json
from .runtime.webhooks import WebhookTarget

order_filled: WebhookTarget[models.Fill] = WebhookTarget(
    "orderFilled", {"application/json": Json(models.Fill)}
)
"""One of your orders was filled."""

WEBHOOKS = (order_filled,)
