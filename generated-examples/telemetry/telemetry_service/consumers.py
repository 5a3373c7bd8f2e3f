"""How each message is read, and which handler it goes to."""

from __future__ import annotations

from . import models
from .channels import (
    CALIBRATED_CHANNEL,
    CALIBRATE_MESSAGE,
    CALIBRATIONS_CHANNEL,
    CALIBRATION_MESSAGE,
    READINGS_CHANNEL,
    READING_MESSAGE,
)
from .handlers import Handlers
from .runtime.consumer import Consumer, Replies
from .runtime.contents import Json
from .runtime.incoming import Incoming
from .runtime.job import Job
from .runtime.message_reply import message_reply
from .runtime.operation import AsyncOperation, Policy
from .runtime.reader import Body, Reader
from .runtime.replies import Reply


async def run_take_reading(handlers: Handlers, incoming: Incoming) -> None:
    """One message of takeReading."""
    body, message = incoming.take(READING_MESSAGE)
    await handlers.take_reading(
        incoming.parameter("greenhouseId"),
        incoming.parameter("sensorId"),
        body,
        message,
    )


TAKE_READING_CONSUMER: Consumer[Handlers] = Consumer(
    "takeReading",
    READINGS_CHANNEL,
    (READING_MESSAGE,),
    run_take_reading,
    options={"mqtt": {"qos": 1}},
)

CALIBRATE_BODY: Body[models.CalibrationOrder] = Body(
    {"application/json": Json(models.CalibrationOrder)}, required=True
)


def read_calibrate(reader: Reader) -> tuple[models.CalibrationOrder]:
    """What a message of calibrate brings."""
    body = reader.body(CALIBRATE_BODY)
    reader.done()
    return (body,)


async def run_calibrate(handlers: Handlers, reader: Reader, job: Job) -> Reply:
    """One attempt at a job of calibrate."""
    (body,) = read_calibrate(reader)
    result = await handlers.calibrate(body, job)
    return message_reply(result, (CALIBRATION_MESSAGE,))


CALIBRATE: AsyncOperation[Handlers] = AsyncOperation(
    name="calibrate",
    method="MESSAGE",
    path="calibrations",
    read=read_calibrate,
    run=run_calibrate,
    policy=Policy(deadline=60.0, attempts=2),
)
CALIBRATE_CONSUMER: Consumer[Handlers] = Consumer(
    "calibrate",
    CALIBRATIONS_CHANNEL,
    (CALIBRATE_MESSAGE,),
    reply=Replies(CALIBRATED_CHANNEL, (CALIBRATION_MESSAGE,)),
    operation=CALIBRATE,
)


CONSUMERS: tuple[Consumer[Handlers], ...] = (TAKE_READING_CONSUMER, CALIBRATE_CONSUMER)

QUEUED_OPERATIONS: tuple[AsyncOperation[Handlers], ...] = (CALIBRATE,)
