"""What the service sends: a function for each kind of message, `await publishers.<name>(body)`."""

from __future__ import annotations

from collections.abc import Mapping

from . import models
from .channels import (
    ALERTS_CHANNEL,
    ALERT_MESSAGE,
    CLOSE_VENTS_MESSAGE,
    COMMANDS_CHANNEL,
    OPEN_VENTS_MESSAGE,
)
from .runtime.publisher import Publisher

RAISE_ALERT: Publisher = Publisher(
    "raiseAlert",
    ALERTS_CHANNEL,
    (ALERT_MESSAGE,),
    options={"mqtt": {"qos": 1, "retain": False}},
)


async def raise_alert(
    body: models.Alert,
    *,
    greenhouse_id: str,
    headers: Mapping[str, str] | None = None,
    correlation_id: str | None = None,
    key: str | None = None,
) -> None:
    """A greenhouse needs attention."""
    await RAISE_ALERT.send(
        body,
        {"greenhouseId": greenhouse_id},
        headers=headers,
        correlation_id=correlation_id,
        key=key,
    )


COMMAND_VENTS: Publisher = Publisher(
    "commandVents",
    COMMANDS_CHANNEL,
    (OPEN_VENTS_MESSAGE, CLOSE_VENTS_MESSAGE),
    options={"mqtt": {"qos": 1}},
)


async def command_vents(
    body: models.OpenVents | models.CloseVents,
    *,
    greenhouse_id: str,
    correlation_id: str | None = None,
    key: str | None = None,
) -> None:
    """What the vents of a greenhouse shall do."""
    await COMMAND_VENTS.send(
        body, {"greenhouseId": greenhouse_id}, correlation_id=correlation_id, key=key
    )


PUBLISHERS = (RAISE_ALERT, COMMAND_VENTS)
