"""What the service tells its callers, at a URL that they gave: `callbacks.<operation>.<callback>`."""

from __future__ import annotations

from . import models
from .runtime.callbacks import CallbackTarget
from .runtime.contents import Json

CREATE_REPORT_FINISHED: CallbackTarget[models.Report] = CallbackTarget(
    operation="createReport",
    name="finished",
    expression="{$request.body#/callbackUrl}",
    contents={"application/json": Json(models.Report)},
    sends_on=(201,),
)


class CreateReport:
    """The callbacks of createReport."""

    finished = CREATE_REPORT_FINISHED


create_report = CreateReport()
