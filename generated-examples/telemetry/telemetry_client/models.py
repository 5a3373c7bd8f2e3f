"""What travels: every schema of the API as a type."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, MISSING

from .runtime.formats import DateTime
from .runtime.model import Model, Whole


class Reading(Model):
    celsius: Annotated[float, Field(ge=-60, le=90)]
    measured: DateTime


class Alert(Model):
    kind: Literal["too-warm", "too-cold"] | str
    celsius: float


class OpenVents(Model):
    command: Literal["open"]
    percent: Annotated[int, Field(ge=1, le=100), Whole]


class CloseVents(Model):
    command: Literal["close"]


class CalibrationOrder(Model):
    sensor_id: Annotated[Annotated[str, Field(min_length=1)], Field(alias="sensorId")]


class Calibration(Model):
    sensor_id: Annotated[str, Field(alias="sensorId")]
    offset: float
    """What to add to its readings"""


class ReadingHeaders(Model):
    battery: Annotated[int, Field(ge=0, le=100), Whole] | MISSING = MISSING
    """What is left of the sensor's battery, in percent."""
