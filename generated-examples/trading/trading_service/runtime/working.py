"""The job engine, running as long as the service runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection

from .engine import Engine, EngineSettings
from .ending import Ending, FinishHook, PurgeHook
from .jobs import JobRecord
from .operation import AsyncOperation
from .service import Service
from .settings import Settings
from .store import Store


class Working:
    """A part of a service that accepts and runs jobs of these operations.

    `hooks` add writes to the transaction that ends a job.
    """

    def __init__(
        self,
        operations: Sequence[AsyncOperation[Any]],
        *hooks: FinishHook,
        on_purge: PurgeHook | None = None,
    ) -> None:
        self.operations = operations
        self.hooks = hooks
        self.on_purge = on_purge

    @asynccontextmanager
    async def __call__(self, service: Service[Any]) -> AsyncIterator[None]:
        settings = service.settings
        engine: Engine[Any] = Engine(
            service.part(Store),
            self.operations,
            engine_settings(settings, service.works),
            on_finish=together(self.hooks),
            on_purge=self.on_purge,
        )
        service.add(engine)
        service.closers.append(engine.end_streams)
        await engine.start(service.handlers)
        try:
            yield
        finally:
            await engine.stop(service.grace)


def together(hooks: Sequence[FinishHook]) -> FinishHook:
    """One hook that does what all of these do."""

    def on_finish(
        job: JobRecord, ending: Ending
    ) -> list[Callable[[Connection], object]]:
        return [write for hook in hooks for write in hook(job, ending)]

    return on_finish


def engine_settings(settings: Settings, works: bool) -> EngineSettings:
    return EngineSettings(
        workers=settings.workers if works else 0,
        lease=settings.lease,
        max_waiters=settings.max_waiters,
        owner_limit=settings.max_jobs_per_caller,
        tombstone=settings.tombstones,
    )
