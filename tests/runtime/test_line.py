"""The place in line that is kept in memory is the one that the database would count."""

from __future__ import annotations

import asyncio
from pathlib import Path

from engines import REQUEST, operation, running
from runtime.answer import Answer
from runtime.engine import Engine
from runtime.job import Job
from runtime.jobs import JobRecord
from runtime.line import FAR, READ, Line


async def make(job: Job) -> Answer:
    raise NotImplementedError


def test_a_line_counts_no_further_than_far() -> None:
    line = Line(list(range(READ)), whole=False, seen=0.0)
    assert [line.ahead(number) for number in (0, 7, FAR + 5, 10 * READ)] == [
        *(0, 7),
        *(FAR, FAR),
    ]


def test_a_line_that_was_cut_does_not_take_in_who_stands_behind_it() -> None:
    line = Line([1, 2], whole=False, seen=0.0)
    line.put(9, queued=True)
    assert line.numbers == [1, 2]
    line = Line([1, 2], whole=True, seen=0.0)
    line.put(9, queued=True)
    line.put(9, queued=True)
    assert line.numbers == [1, 2, 9]


def test_a_line_keeps_no_more_than_is_read() -> None:
    line = Line(list(range(READ)), whole=True, seen=0.0)
    line.put(READ, queued=True)
    assert len(line.numbers) == READ and not line.whole


def test_a_cut_line_that_has_moved_on_is_read_again() -> None:
    line = Line(list(range(FAR)), whole=False, seen=5.0)
    assert line.is_good(5.0) and not line.is_good(6.0)
    line.put(0, queued=False)
    assert not line.is_good(5.0)


def test_the_line_follows_what_this_process_does(tmp_path: Path) -> None:
    async def check() -> None:
        op = operation(make)
        async with running(tmp_path, op, workers=0, poll=60.0) as engine:
            jobs = [(await engine.accept(op, REQUEST)).job for _ in range(4)]
            assert await places(engine, jobs) == [0, 1, 2, 3]
            await engine.cancel(jobs[1].id)
            assert await places(engine, [jobs[0], *jobs[2:]]) == [0, 1, 2]
            jobs.append((await engine.accept(op, REQUEST)).job)
            assert await engine.ahead(jobs[4]) == 3

    asyncio.run(check())


def test_what_another_process_did_is_seen_after_a_while(tmp_path: Path) -> None:
    async def check() -> None:
        op = operation(make)
        async with (
            running(tmp_path, op, workers=0) as engine,
            running(tmp_path, op, workers=0) as other,
        ):
            jobs = [(await engine.accept(op, REQUEST)).job for _ in range(3)]
            assert await places(engine, jobs) == [0, 1, 2]
            await other.cancel(jobs[0].id)
            await asyncio.sleep(2 * engine.settings.poll)
            assert await places(engine, jobs[1:]) == [0, 1]

    asyncio.run(check())


async def places(engine: Engine[object], jobs: list[JobRecord]) -> list[int]:
    return [await engine.ahead(job) for job in jobs]
