"""Who waits is woken at once, by this process or another, and misses nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

from engines import OK, REQUEST, ended, operation, running
from runtime.answer import Answer
from runtime.job import Job
from runtime.jobs import JobEvent


async def report(job: Job) -> Answer:
    for number in range(20):
        await job.progress(done=number, total=20)
    return OK


def is_complete(events: list[JobEvent]) -> bool:
    """Whether the events rise, and end, with nothing missing but progress."""
    versions = [event.version for event in events]
    names = [event.name for event in events if event.name != "job.progress"]
    return versions == sorted(set(versions)) and names == [
        "job.running",
        "job.succeeded",
    ]


def test_a_subscriber_sees_a_job_to_its_end(tmp_path: Path) -> None:
    async def check() -> None:
        op = operation(report)
        async with running(tmp_path, op) as engine:
            id = (await engine.accept(op, REQUEST)).job.id
            events = [event async for event in engine.subscribe(id)]
            assert is_complete(events)
            assert events[-1].snapshot.version == events[-1].version == 23

    asyncio.run(check())


def test_a_subscriber_resumes_after_any_version(tmp_path: Path) -> None:
    async def check() -> None:
        op = operation(report)
        async with running(tmp_path, op) as engine:
            id = (await engine.accept(op, REQUEST)).job.id
            seen: list[JobEvent] = []
            while not seen or seen[-1].name != "job.succeeded":
                async for event in engine.subscribe(
                    id, seen[-1].version if seen else 0
                ):
                    seen.append(event)
                    break
            assert is_complete(seen)
            assert [event async for event in engine.subscribe(id, 23)] == []
            assert [event async for event in engine.subscribe("job_nobody")] == []

    asyncio.run(check())


def test_another_process_is_heard_too(tmp_path: Path) -> None:
    async def check() -> None:
        op = operation(report)
        async with running(tmp_path, op), running(tmp_path, op, workers=0) as other:
            id = (await other.accept(op, REQUEST)).job.id
            assert is_complete([event async for event in other.subscribe(id)])

    asyncio.run(check())


def test_an_owner_sees_all_its_jobs_and_no_other(tmp_path: Path) -> None:
    async def check() -> None:
        op = operation(report)
        async with running(tmp_path, op) as engine:
            await ended(engine, (await engine.accept(op, REQUEST, owner="ada")).job.id)
            subscription = engine.subscribe_owner("ada")
            first = asyncio.ensure_future(anext(subscription))
            await asyncio.sleep(0.02)
            ids = set()
            for owner in ("ada", "bob", "ada", None):
                job = (await engine.accept(op, REQUEST, owner=owner)).job
                if owner == "ada":
                    ids.add(job.id)
            seen = [await first]
            while sum(event.name == "job.succeeded" for event in seen) < 2:
                seen.append(await anext(subscription))
            await subscription.aclose()
            assert {event.job_id for event in seen} == ids
            sequences = [event.sequence for event in seen]
            assert sequences == sorted(set(sequences))
            for id in ids:
                assert is_complete([event for event in seen if event.job_id == id])
            resumed = engine.subscribe_owner("ada", seen[1].sequence)
            again = await anext(resumed)
            assert again.sequence > seen[1].sequence
            await resumed.aclose()

    asyncio.run(check())


def test_events_after_one_that_is_yet_to_come_begin_now(tmp_path: Path) -> None:
    async def check() -> None:
        op = operation(report)
        async with running(tmp_path, op) as engine:
            await ended(engine, (await engine.accept(op, REQUEST, owner="ada")).job.id)
            subscription = engine.subscribe_owner("ada", 10**9)
            first = asyncio.ensure_future(anext(subscription))
            await asyncio.sleep(0.02)
            job = (await engine.accept(op, REQUEST, owner="ada")).job
            assert (await first).job_id == job.id
            await subscription.aclose()

    asyncio.run(check())


def test_waiters_go_home_when_the_service_stops(tmp_path: Path) -> None:
    async def check() -> None:
        op = operation(report)
        async with running(tmp_path, op, workers=0) as engine:
            id = (await engine.accept(op, REQUEST)).job.id

            async def watch() -> list[JobEvent]:
                return [event async for event in engine.subscribe(id)]

            waiting = asyncio.gather(watch(), engine.wait(id, 1, 60))
            await asyncio.sleep(0.02)
            engine.end_streams()
            assert list(await asyncio.wait_for(waiting, 30)) == [[], None]
            assert len(engine.watch) == 0

    asyncio.run(check())


def test_a_waiter_is_woken_by_the_change_itself(tmp_path: Path) -> None:
    async def check() -> None:
        op = operation(report)
        async with running(tmp_path, op, workers=0, poll=60) as engine:
            for _ in range(100):
                id = (await engine.accept(op, REQUEST)).job.id
                waiting = asyncio.create_task(engine.wait(id, 1, 5))
                await asyncio.sleep(0)
                job = await engine.cancel(id)
                assert await waiting == job

    asyncio.run(check())
