"""What is sent to a Callback-Url when a job has ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from .bodies import Json
from .job_status import JobStatus


class JobNotice(BaseModel):
    """A job has ended; `data` is how."""

    model_config = ConfigDict(frozen=True)

    type: Literal["job.succeeded", "job.failed", "job.canceled"]
    timestamp: datetime
    data: JobStatus[Any]


NOTICES = {"application/json": Json(JobNotice)}
