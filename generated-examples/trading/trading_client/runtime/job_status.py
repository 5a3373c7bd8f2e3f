"""A job as its service describes it: the status document, typed."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from typing_extensions import TypeVar

from .errors import Problem


class Progress(BaseModel):
    """How far a job is, as its handler tells it."""

    model_config = ConfigDict(frozen=True)

    done: int | float | None = None
    total: int | float | None = None
    message: str | None = None


P = TypeVar("P", default=Progress)


class Queue(BaseModel):
    """Where a job stands in its queue."""

    model_config = ConfigDict(frozen=True)

    ahead: int


class JobStatus(BaseModel, Generic[P]):
    """A job at one moment; `version` rises with every change."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel)

    id: str
    operation: str
    status: Literal["queued", "running", "succeeded", "failed", "canceled"]
    done: bool
    version: int
    progress: P | None = None
    attempt: int = 0
    max_attempts: int = 1
    cancel_requested: bool = False
    queue: Queue | None = None
    error: Problem | None = None
    created: datetime | None = None
    updated: datetime | None = None
    started: datetime | None = None
    finished: datetime | None = None
    expires: datetime | None = None
    links: dict[str, str] = {}
