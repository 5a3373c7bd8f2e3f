"""What sensors, vents and watchers see. Yours: gen wrote it once and never touches it again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from handlers import TelemetryHandlers
from telemetry_client import errors, models
from telemetry_client.sync import MessagingClient
from telemetry_service import Settings, broker_of, create_app, serving


@pytest.fixture
def field(tmp_path: Path) -> Iterator[MessagingClient]:
    """What is out in the field, of a service that runs as long as the test."""
    broker = f"memory://{tmp_path}"
    settings = Settings(
        database_url=f"sqlite:///{tmp_path}/test.db", broker_url=broker, port=0
    )
    app = create_app(TelemetryHandlers(pause=0.01), settings)
    with serving(app), MessagingClient(broker_of(broker)) as field:
        yield field


def measured(celsius: float) -> models.Reading:
    return models.Reading(celsius=celsius, measured=datetime(2026, 5, 1, tzinfo=UTC))


def test_take_reading_and_raise_alert(field: MessagingClient) -> None:
    with field.raise_alert() as alerts:
        field.take_reading("north", "t-17", measured(21.5))
        field.take_reading("north", "t-17", measured(36.5))
        alert = next(alerts)
    assert (alert.body.kind, alert.body.celsius) == ("too-warm", 36.5)
    assert alert.address == "greenhouses/north/alerts"


def test_command_vents(field: MessagingClient) -> None:
    with field.command_vents(greenhouse_id="south") as commands:
        field.take_reading("north", "t-17", measured(40.0))
        field.take_reading("south", "t-18", measured(41.0))
        field.take_reading("south", "t-18", measured(2.0))
        told = {next(commands).body.command for _ in range(2)}
    assert told == {"open", "close"}


def test_the_battery_travels_in_a_header(field: MessagingClient) -> None:
    with field.raise_alert() as alerts:
        low = models.ReadingHeaders(battery=5)
        field.take_reading("north", "t-17", measured(50.0), headers=low)
        assert next(alerts).body.kind == "too-warm"


def test_calibrate(field: MessagingClient) -> None:
    with field.raise_alert() as alerts:
        for sensor, celsius in (("t-1", 36.0), ("t-2", 38.0)):
            field.take_reading("north", sensor, measured(celsius))
            next(alerts)
    job = field.calibrate(models.CalibrationOrder(sensor_id="t-1"))
    assert job.result(timeout=30).offset == 1.0


def test_calibrate_a_sensor_that_nobody_knows(field: MessagingClient) -> None:
    job = field.calibrate(models.CalibrationOrder(sensor_id="t-0"))
    with pytest.raises(errors.JobFailed, match="t-0 has never sent anything"):
        job.result(timeout=30)
