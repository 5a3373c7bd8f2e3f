"""What the service sends: a function for each kind of message, `await publishers.<name>(body)`."""

from __future__ import annotations

from collections.abc import Mapping

from . import models
from .channels import FILLS_CHANNEL, FILL_MESSAGE
from .runtime.publisher import Publisher

PUBLISH_FILL: Publisher = Publisher("publishFill", FILLS_CHANNEL, (FILL_MESSAGE,))


async def publish_fill(
    body: models.Fill,
    *,
    headers: Mapping[str, str] | None = None,
    correlation_id: str | None = None,
    key: str | None = None,
) -> None:
    """Every fill, for the books."""
    await PUBLISH_FILL.send(
        body, headers=headers, correlation_id=correlation_id, key=key
    )


PUBLISHERS = (PUBLISH_FILL,)
