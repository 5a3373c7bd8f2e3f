"""What is promised survives: kill -9, a stopped worker that comes back, a job that kills."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Table, select

from crash import program
from engines import REQUEST
from runtime.engine import Engine
from runtime.jobs import JobRecord
from runtime.status import Status, done
from runtime.store import Store

ROOT = Path(__file__).parents[2]
KILLS = 10
PROMISES = 1000


@contextmanager
def service(folder: Path, mode: str) -> Iterator[subprocess.Popen[str]]:
    """The program at work; killed at the end if it still lives."""
    process = subprocess.Popen(
        [sys.executable, str(Path(program.__file__)), str(folder), mode],
        env={**os.environ, "PYTHONPATH": str(ROOT / "templates")},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def promised(process: subprocess.Popen[str], seconds: float) -> list[str]:
    """The ids of a program that is killed after so many seconds at work."""
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    time.sleep(seconds)
    process.kill()
    lines = process.stdout.read().splitlines(keepends=True)
    return [line.strip() for line in lines if line.endswith("\n")]


def stop_between_writes(process: subprocess.Popen[str], database: Path) -> None:
    """SIGSTOP while the process writes nothing: with the database locked nobody could go on."""
    while True:
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        with closing(sqlite3.connect(database, timeout=0.2)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError:
                process.send_signal(signal.SIGCONT)


@asynccontextmanager
async def onlooker(folder: Path) -> AsyncIterator[Engine[None]]:
    """An engine that accepts and looks, and runs nothing."""
    store = Store(f"sqlite:///{folder}/jobs.db")
    await store.open()
    engine = program.engine(store, 0)
    await engine.start(None)
    try:
        yield engine
    finally:
        await engine.stop(0)
        await store.close()


async def last(engine: Engine[None], id: str, timeout: float = 30) -> JobRecord:
    job = await engine.ended(id, timeout)
    assert job is not None and done(job.status), (id, job)
    return job


async def count(engine: Engine[None], table: Table) -> Counter[str]:
    rows = await engine._store.read(lambda db: list(db.scalars(select(table.c.job))))
    return Counter(rows)


def effects(db: Connection) -> list[tuple[str, int]]:
    return [(row.job, row.attempt) for row in db.execute(select(program.effects))]


def test_no_promise_is_lost_to_kill_9(tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    print("seed", seed)
    chance = random.Random(seed)
    ids: list[str] = []
    kills = 0
    while kills < KILLS or len(ids) < PROMISES:
        assert kills < 30
        with service(tmp_path, "submit") as process:
            ids += promised(process, chance.uniform(0.1, 0.6))
        kills += 1
    print("kills", kills, "promises", len(ids))

    async def check() -> None:
        async with onlooker(tmp_path) as engine:
            jobs = [await last(engine, id) for id in ids]
            await asyncio.sleep(0.1)
            made = await count(engine, program.effects)
            ends = await count(engine, program.ends)
        states = Counter(job.status for job in jobs)
        print(dict(states), "attempts", dict(Counter(job.attempt for job in jobs)))
        assert set(states) <= {Status.SUCCEEDED, Status.FAILED}
        for job in jobs:
            assert ends[job.id] == 1
            assert made[job.id] == (job.status is Status.SUCCEEDED)
        assert set(made.values()) == {1} and set(ends.values()) == {1}

    with service(tmp_path, "work"):
        asyncio.run(check())


def test_a_stopped_worker_that_comes_back_writes_nothing(tmp_path: Path) -> None:
    async def check(workers: dict[int, subprocess.Popen[str]]) -> None:
        async with onlooker(tmp_path) as engine:
            id = (await engine.accept(program.SLOW, REQUEST)).job.id
            job = await engine.wait(id, 1, 10)
            assert job is not None and job.worker is not None
            stopped = workers[int(job.worker.split(":")[1])]
            stop_between_writes(stopped, tmp_path / "jobs.db")
            while job.attempt < 2:
                job = await engine.wait(id, job.version, 10)
                assert job is not None and not done(job.status)
            stopped.send_signal(signal.SIGCONT)
            job = await last(engine, id)
            assert (job.status, job.attempt) == (Status.SUCCEEDED, 2)
            await asyncio.sleep(1.0)
            assert stopped.poll() is None
            assert await engine.get(id) == job
            assert await engine._store.read(effects) == [(id, 2)]
            assert await count(engine, program.ends) == {id: 1}
            after = (await engine.accept(program.QUICK, REQUEST)).job.id
            assert (await last(engine, after)).status is Status.SUCCEEDED

    with service(tmp_path, "work") as one, service(tmp_path, "work") as two:
        asyncio.run(check({one.pid: one, two.pid: two}))


def test_a_job_that_kills_its_worker_ends_after_its_attempts(tmp_path: Path) -> None:
    async def poison() -> str:
        async with onlooker(tmp_path) as engine:
            return (await engine.accept(program.POISON, REQUEST)).job.id

    async def check(id: str) -> None:
        async with onlooker(tmp_path) as engine:
            job = await last(engine, id)
            assert (job.status, job.attempt) == (Status.FAILED, 2)
            assert job.error is not None and job.error["code"] == "lease_lost"
            assert await count(engine, program.ends) == {id: 1}

    id = asyncio.run(poison())
    for _ in range(2):
        with service(tmp_path, "work") as process:
            assert process.wait(20) == 3
    with service(tmp_path, "work") as process:
        asyncio.run(check(id))
        assert process.poll() is None
