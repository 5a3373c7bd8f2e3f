"""What the operations do. Yours: gen wrote it once and never touches it again."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from statistics import mean

from telemetry_service import Handlers, Job, JobFailed, Message, models, publishers

WARM, COLD = 35.0, 5.0
"""Degrees above and below which a greenhouse needs attention."""


class TelemetryHandlers(Handlers):
    """Keeps the last reading of every sensor, and acts when it is too warm or too cold."""

    def __init__(self, pause: float = 0.2) -> None:
        self.pause = pause
        self.last: defaultdict[str, dict[str, float]] = defaultdict(dict)

    async def take_reading(
        self,
        greenhouse_id: str,
        sensor_id: str,
        body: models.Reading,
        message: Message[models.ReadingHeaders],
    ) -> None:
        self.last[greenhouse_id][sensor_id] = body.celsius
        if body.celsius > WARM:
            await publishers.raise_alert(
                models.Alert(kind="too-warm", celsius=body.celsius),
                greenhouse_id=greenhouse_id,
            )
            await publishers.command_vents(
                models.OpenVents(command="open", percent=60),
                greenhouse_id=greenhouse_id,
            )
        elif body.celsius < COLD:
            await publishers.raise_alert(
                models.Alert(kind="too-cold", celsius=body.celsius),
                greenhouse_id=greenhouse_id,
            )
            await publishers.command_vents(
                models.CloseVents(command="close"), greenhouse_id=greenhouse_id
            )

    async def calibrate(
        self, body: models.CalibrationOrder, job: Job
    ) -> models.Calibration:
        house = next(
            (house for house in self.last.values() if body.sensor_id in house), None
        )
        if house is None:
            raise JobFailed(
                "unknown_sensor", f"{body.sensor_id} has never sent anything"
            )
        await job.progress(done=1, total=2, message="comparing")
        await asyncio.sleep(self.pause)
        offset = mean(house.values()) - house[body.sensor_id]
        return models.Calibration(sensor_id=body.sensor_id, offset=round(offset, 2))
