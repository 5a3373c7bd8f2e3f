"""What the service tells its subscribers: `webhooks.<webhook>.publish(job, body)`."""

from __future__ import annotations

from .runtime.webhooks import WebhookTarget

made: WebhookTarget[str] = WebhookTarget()
"""Made."""

WEBHOOKS = (made,)
