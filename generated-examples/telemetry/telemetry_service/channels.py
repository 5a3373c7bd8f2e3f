"""Where messages travel, and what kinds of them there are."""

from __future__ import annotations

from . import models
from .runtime.channel import Channel
from .runtime.contents import Json
from .runtime.message_kind import MessageKind

READINGS_CHANNEL = Channel(
    "readings",
    "greenhouses/{greenhouseId}/sensors/{sensorId}/readings",
    options={"mqtt": {"protocol_version": "5"}},
)

ALERTS_CHANNEL = Channel(
    "alerts",
    "greenhouses/{greenhouseId}/alerts",
    options={"mqtt": {"protocol_version": "5"}},
)

COMMANDS_CHANNEL = Channel(
    "commands",
    "greenhouses/{greenhouseId}/vents/commands",
    options={"mqtt": {"protocol_version": "5"}},
)

CALIBRATIONS_CHANNEL = Channel(
    "calibrations", "calibrations", options={"mqtt": {"protocol_version": "5"}}
)

CALIBRATED_CHANNEL = Channel(
    "calibrated", "calibrations/done", options={"mqtt": {"protocol_version": "5"}}
)

READING_MESSAGE: MessageKind[models.Reading, models.ReadingHeaders] = MessageKind(
    "reading",
    Json(models.Reading),
    headers=models.ReadingHeaders,
    header_kinds={"battery": "integer"},
)
"""One measurement."""

ALERT_MESSAGE: MessageKind[models.Alert] = MessageKind("alert", Json(models.Alert))
"""Something is wrong in a greenhouse."""

OPEN_VENTS_MESSAGE: MessageKind[models.OpenVents] = MessageKind(
    "openVents", Json(models.OpenVents)
)

CLOSE_VENTS_MESSAGE: MessageKind[models.CloseVents] = MessageKind(
    "closeVents", Json(models.CloseVents)
)

CALIBRATE_MESSAGE: MessageKind[models.CalibrationOrder] = MessageKind(
    "calibrate",
    Json(models.CalibrationOrder),
    correlation="$message.header#/correlationId",
)

CALIBRATION_MESSAGE: MessageKind[models.Calibration] = MessageKind(
    "calibration",
    Json(models.Calibration),
    correlation="$message.header#/correlationId",
)
