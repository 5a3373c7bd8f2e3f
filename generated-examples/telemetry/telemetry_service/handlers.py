"""What the service asks of you: one method for each operation."""

from __future__ import annotations

from abc import abstractmethod

from . import models
from .runtime.job import Job
from .runtime.lifespan import Lifespan
from .runtime.message import Message


class Handlers(Lifespan):
    """The operations of Telemetry: implement each in a class of your own."""

    @abstractmethod
    async def take_reading(
        self,
        greenhouse_id: str,
        sensor_id: str,
        body: models.Reading,
        message: Message[models.ReadingHeaders],
    ) -> None:
        """A sensor has measured something."""

    @abstractmethod
    async def calibrate(
        self, body: models.CalibrationOrder, job: Job
    ) -> models.Calibration:
        """Compare a sensor with others around it, which takes a while."""
