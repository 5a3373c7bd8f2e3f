"""The messages of Telemetry, from the other side, without `await`."""

from __future__ import annotations

from collections.abc import Mapping

from .. import models
from ..messaging import MessagingClient as AsyncClient
from ..runtime.carrier import Carrier
from ..runtime.messenger_sync import MessageJob, MessagingSession, Subscription
from ..runtime.received_message import Received


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
        self._client = AsyncClient(carrier, timeout=timeout)
        super().__init__(self._client)

    def take_reading(
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
        self._thread.run(
            self._client.take_reading(
                greenhouse_id,
                sensor_id,
                body,
                headers=headers,
                message_id=message_id,
                correlation_id=correlation_id,
            )
        )

    def raise_alert(
        self, *, greenhouse_id: str | None = None, group: str | None = None
    ) -> Subscription[Received[models.Alert]]:
        """A greenhouse needs attention."""
        return Subscription(
            self._thread,
            self._client.raise_alert(greenhouse_id=greenhouse_id, group=group),
        )

    def command_vents(
        self, *, greenhouse_id: str | None = None, group: str | None = None
    ) -> Subscription[Received[models.OpenVents] | Received[models.CloseVents]]:
        """What the vents of a greenhouse shall do."""
        return Subscription(
            self._thread,
            self._client.command_vents(greenhouse_id=greenhouse_id, group=group),
        )

    def calibrate(
        self,
        body: models.CalibrationOrder,
        *,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        correlation_id: str | None = None,
    ) -> MessageJob[models.Calibration]:
        """Compare a sensor with others around it, which takes a while."""
        return MessageJob(
            self._thread,
            self._thread.run(
                self._client.calibrate(
                    body,
                    headers=headers,
                    message_id=message_id,
                    correlation_id=correlation_id,
                )
            ),
        )


Client = MessagingClient
