"""An engine on a fresh database and the operations its tests run: handlers are plain functions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from runtime.answer import Answer
from runtime.engine import Engine, EngineSettings, FinishHook
from runtime.job import Job
from runtime.jobs import JobRecord
from runtime.operation import AsyncOperation, Backoff, Policy
from runtime.reader import Reader
from runtime.received import Received
from runtime.replies import Reply
from runtime.status import done
from runtime.store import Store

Work = Callable[[Job], Awaitable[Answer]]
QUICK = Backoff(initial=0.01, max=0.05)
OK = Answer(201, (("x-made", "yes"),), "application/json", b'{"made":true}')
REQUEST = Received(
    "POST",
    "http://localhost/things?a=1",
    {"id": "7"},
    "a=1",
    (("content-type", "application/json"), ("x-tenant", "t"), ("cookie", "secret")),
    b'{"item":"lamp"}',
)


class Fixed(Reply):
    """A reply that is already an answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.fixed = answer

    def answer(self, accept: str = "") -> Answer:
        return self.fixed


def operation(
    work: Work, name: str = "makeThing", **policy: Any
) -> AsyncOperation[Any]:
    """An operation that does this work."""

    async def run(handlers: Any, reader: Reader, job: Job) -> Reply:
        return Fixed(await work(job))

    return AsyncOperation(
        name=name,
        method="POST",
        path="/things",
        read=lambda reader: (),
        run=run,
        policy=Policy(**{"backoff": QUICK, **policy}),
        keeps=frozenset({"x-tenant"}),
    )


@asynccontextmanager
async def running(
    path: Path,
    *operations: AsyncOperation[Any],
    on_finish: FinishHook | None = None,
    grace: float = 1.0,
    **settings: Any,
) -> AsyncIterator[Engine[Any]]:
    """An engine at work on the database in this folder."""
    store = Store(f"sqlite:///{path / 'jobs.db'}")
    await store.open()
    chosen = EngineSettings(**{"lease": 5.0, "poll": 0.05, **settings})
    engine = Engine(store, operations, chosen, on_finish=on_finish)
    await engine.start(None)
    try:
        yield engine
    finally:
        await engine.stop(grace)
        await store.close()


async def ended(engine: Engine[Any], id: str, timeout: float = 10.0) -> JobRecord:
    """The job, when it has ended."""
    job = await engine.ended(id, timeout)
    assert job is not None and done(job.status), job
    return job


async def until(true: Callable[[], bool], timeout: float = 10.0) -> None:
    """Return as soon as something is true."""
    async with asyncio.timeout(timeout):
        while not true():
            await asyncio.sleep(0.005)
