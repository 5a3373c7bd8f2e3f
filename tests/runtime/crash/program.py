"""A service without HTTP, for the tests that kill it: `program.py FOLDER submit|work`.

`submit` prints the id of every job it was promised. Each job that ends leaves a row in
`ends`, each that succeeds one in `effects`, written by the hook and by the handler.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Column, Connection, Integer, Table, Text, insert

sys.path.insert(0, str(Path(__file__).parents[1]))

from engines import OK, REQUEST, operation  # noqa: E402
from runtime.answer import Answer  # noqa: E402
from runtime.ending import Ending  # noqa: E402
from runtime.engine import Engine, EngineSettings  # noqa: E402
from runtime.job import Job  # noqa: E402
from runtime.jobs import JobRecord  # noqa: E402
from runtime.store import Store, metadata  # noqa: E402

effects = Table("effects", metadata, Column("job", Text), Column("attempt", Integer))
ends = Table("ends", metadata, Column("job", Text), Column("status", Text))


async def quick(job: Job) -> Answer:
    job.also(effect(job))
    await asyncio.sleep(random.random() * 0.02)
    await job.progress(done=1, total=1)
    return OK


async def slow(job: Job) -> Answer:
    job.also(effect(job))
    await asyncio.sleep(1.0)
    return OK


async def poison(job: Job) -> Answer:
    os._exit(3)


def effect(job: Job) -> Callable[[Connection], object]:
    row = insert(effects).values(job=job.id, attempt=job.attempt)
    return lambda db: db.execute(row)


def noted(job: JobRecord, ending: Ending) -> list[Callable[[Connection], object]]:
    def write(db: Connection) -> None:
        db.execute(insert(ends).values(job=job.id, status=ending.status.value))

    return [write]


QUICK = operation(quick, "quick", attempts=3, queue=100_000, concurrency=16)
SLOW = operation(slow, "slow", attempts=3)
POISON = operation(poison, "poison", attempts=2)
OPERATIONS = (QUICK, SLOW, POISON)
LEASE = 0.6


def engine(store: Store, workers: int) -> Engine[None]:
    settings = EngineSettings(workers=workers, lease=LEASE, poll=0.05)
    return Engine(store, OPERATIONS, settings, on_finish=noted)


async def submit(engine: Engine[None]) -> None:
    while True:
        accepted = await engine.accept(QUICK, REQUEST, owner="ada")
        sys.stdout.write(accepted.job.id + "\n")
        sys.stdout.flush()
        await asyncio.sleep(0.01)


async def main(folder: str, mode: str) -> None:
    store = Store(f"sqlite:///{folder}/jobs.db")
    await store.open()
    service = engine(store, 16)
    await service.start(None)
    print("ready", flush=True)
    if mode == "submit":
        await asyncio.gather(*(submit(service) for _ in range(8)))
    await asyncio.Event().wait()


if __name__ == "__main__":
    logging.disable()
    asyncio.run(main(*sys.argv[1:]))
