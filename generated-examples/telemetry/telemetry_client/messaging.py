"""The messages of Telemetry, from the other side."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from . import models
from .channels import (
    ALERTS_CHANNEL,
    ALERT_MESSAGE,
    CALIBRATED_CHANNEL,
    CALIBRATE_MESSAGE,
    CALIBRATIONS_CHANNEL,
    CALIBRATION_MESSAGE,
    CLOSE_VENTS_MESSAGE,
    COMMANDS_CHANNEL,
    OPEN_VENTS_MESSAGE,
    READINGS_CHANNEL,
    READING_MESSAGE,
)
from .runtime.broker import carrier_of
from .runtime.carrier import Carrier
from .runtime.carrier_link import Link
from .runtime.correlating import Envelope
from .runtime.message_job import MessageJob
from .runtime.messenger import MessagingSession
from .runtime.received_message import Received
from .runtime.remote_exchange import Feed, Publication, Replies, Request
from .runtime.subscription import Subscription

TAKE_READING = Publication(
    name="takeReading",
    channel=READINGS_CHANNEL,
    kinds=(READING_MESSAGE,),
    options={"mqtt": {"qos": 1}},
)

RAISE_ALERT: Feed[Received[models.Alert]] = Feed(
    name="raiseAlert",
    channel=ALERTS_CHANNEL,
    kinds=(ALERT_MESSAGE,),
    options={"mqtt": {"qos": 1, "retain": False}},
)

COMMAND_VENTS: Feed[Received[models.OpenVents] | Received[models.CloseVents]] = Feed(
    name="commandVents",
    channel=COMMANDS_CHANNEL,
    kinds=(OPEN_VENTS_MESSAGE, CLOSE_VENTS_MESSAGE),
    options={"mqtt": {"qos": 1}},
)

CALIBRATE: Request[models.Calibration] = Request(
    name="calibrate",
    channel=CALIBRATIONS_CHANNEL,
    kinds=(CALIBRATE_MESSAGE,),
    replies=Replies(kinds=(CALIBRATION_MESSAGE,), channel=CALIBRATED_CHANNEL),
)


class MessagingClient(MessagingSession):
    """Sensors in greenhouses over MQTT. They send readings; the service tells
    whoever listens when it gets too warm, and tells the vents what to do about
    it.
    """

    def __init__(
        self, carrier: Carrier | str = "mqtt://localhost:1883", *, timeout: float = 30.0
    ) -> None:
        """Connect when it is first needed: `carrier` by URL, or as a carrier that is
        started already.

        `timeout` is how many seconds a reply is waited for.
        """
        links = {
            "broker": Link(
                carrier, partial(carrier_of, carriers={"mqtt": "mqtt_carrier"})
            )
        }
        super().__init__(links, "telemetry_client", timeout)

    async def take_reading(
        self,
        greenhouse_id: str,
        sensor_id: str,
        body: models.Reading,
        *,
        headers: models.ReadingHeaders | None = None,
        message_id: str | None = None,
        correlation_id: str | None = None,
    ) -> None:
        """A sensor has measured something."""
        await self._messenger.publish(
            TAKE_READING,
            body,
            {"greenhouseId": greenhouse_id, "sensorId": sensor_id},
            Envelope(headers, message_id, correlation_id),
        )

    def raise_alert(
        self, *, greenhouse_id: str | None = None, group: str | None = None
    ) -> Subscription[Received[models.Alert]]:
        """A greenhouse needs attention."""
        return self._messenger.subscribe(
            RAISE_ALERT, {"greenhouseId": greenhouse_id}, group
        )

    def command_vents(
        self, *, greenhouse_id: str | None = None, group: str | None = None
    ) -> Subscription[Received[models.OpenVents] | Received[models.CloseVents]]:
        """What the vents of a greenhouse shall do."""
        return self._messenger.subscribe(
            COMMAND_VENTS, {"greenhouseId": greenhouse_id}, group
        )

    async def calibrate(
        self,
        body: models.CalibrationOrder,
        *,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        correlation_id: str | None = None,
    ) -> MessageJob[models.Calibration]:
        """Compare a sensor with others around it, which takes a while."""
        return await self._messenger.submit(
            CALIBRATE, body, {}, Envelope(headers, message_id, correlation_id)
        )


Client = MessagingClient
