"""What the service sends: a function for each kind of message, `await publishers.<name>(body)`."""

from __future__ import annotations

from collections.abc import Mapping

from . import models
from .channels import LINE_MESSAGE, RELAY_CHANNEL, ROOM_CHANNEL
from .runtime.publisher import Publisher

TELL: Publisher = Publisher("tell", ROOM_CHANNEL, (LINE_MESSAGE,))


async def tell(
    body: models.Line,
    *,
    room: str,
    headers: Mapping[str, str] | None = None,
    correlation_id: str | None = None,
) -> None:
    """What was said, to everybody in the room."""
    await TELL.send(
        body, {"room": room}, headers=headers, correlation_id=correlation_id
    )


RELAY_OUT: Publisher = Publisher("relayOut", RELAY_CHANNEL, (LINE_MESSAGE,))


async def relay_out(
    body: models.Line,
    *,
    room: str,
    headers: Mapping[str, str] | None = None,
    correlation_id: str | None = None,
    key: str | None = None,
) -> None:
    """What was said here, to the other servers."""
    await RELAY_OUT.send(
        body, {"room": room}, headers=headers, correlation_id=correlation_id, key=key
    )


PUBLISHERS = (TELL, RELAY_OUT)
