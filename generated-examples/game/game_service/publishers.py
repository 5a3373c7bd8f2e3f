"""What the service sends: a function for each kind of message, `await publishers.<name>(body)`."""

from __future__ import annotations

from collections.abc import Mapping

from . import models
from .channels import STATE_MESSAGE, TABLE_CHANNEL
from .runtime.publisher import Publisher

TELL_STATE: Publisher = Publisher("tellState", TABLE_CHANNEL, (STATE_MESSAGE,))


async def tell_state(
    body: models.State,
    *,
    table_id: str,
    headers: Mapping[str, str] | None = None,
    correlation_id: str | None = None,
) -> None:
    """The board as everybody at the table sees it."""
    await TELL_STATE.send(
        body, {"tableId": table_id}, headers=headers, correlation_id=correlation_id
    )


PUBLISHERS = (TELL_STATE,)
