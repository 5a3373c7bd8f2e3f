"""The table of states, the fence, and that no write goes where the table does not."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from engines import OK, REQUEST, operation
from runtime import changes, history, jobs, maintenance
from runtime.admission import new_job
from runtime.answer import Answer
from runtime.ending import Ending, canceled
from runtime.job import Job
from runtime.jobs import JobRecord
from runtime.status import NEXT, Status, done
from runtime.store import Store, now

T = TypeVar("T")
Change = Callable[[Connection, JobRecord], JobRecord | None]


async def make(job: Job) -> Answer:
    return OK


OP = operation(make)


def taken(db: Connection, job: JobRecord) -> JobRecord | None:
    found = changes.claim(db, job.operation, 1, "w", now(), 30.0, 60.0)
    return found[0] if found else None


WAYS: dict[Status, Change] = {
    Status.QUEUED: lambda db, job: changes.requeue(db, job, now(), now()),
    Status.RUNNING: taken,
    Status.SUCCEEDED: lambda db, job: changes.finish(
        db, job, Ending(Status.SUCCEEDED, OK), now()
    ),
    Status.FAILED: lambda db, job: changes.finish(
        db, job, Ending(Status.FAILED), now()
    ),
    Status.CANCELED: lambda db, job: changes.finish(db, job, canceled(), now()),
}
PATHS: dict[Status, tuple[Status, ...]] = {
    Status.QUEUED: (),
    Status.RUNNING: (Status.RUNNING,),
    Status.SUCCEEDED: (Status.RUNNING, Status.SUCCEEDED),
    Status.FAILED: (Status.FAILED,),
    Status.CANCELED: (Status.CANCELED,),
}


def in_state(db: Connection, state: Status) -> JobRecord:
    job = changes.add(db, new_job(OP, REQUEST, owner="ada"))
    assert job is not None
    for step in PATHS[state]:
        changed = WAYS[step](db, job)
        assert changed is not None
        job = changed
    return job


def within(folder: Path, write: Callable[[Connection], T]) -> T:
    async def run() -> T:
        store = Store(f"sqlite:///{folder / 'jobs.db'}")
        await store.open()
        try:
            return await store.write(write)
        finally:
            await store.close()

    return asyncio.run(run())


@pytest.mark.parametrize("state", Status)
@pytest.mark.parametrize("wanted", Status)
def test_a_job_goes_only_where_the_table_lets_it(
    tmp_path: Path, state: Status, wanted: Status
) -> None:
    def write(db: Connection) -> tuple[JobRecord, JobRecord | None, JobRecord | None]:
        job = in_state(db, state)
        return job, WAYS[wanted](db, job), jobs.get(db, job.id)

    job, changed, stored = within(tmp_path, write)
    if wanted in NEXT[state]:
        assert changed is not None and changed == stored
        assert (changed.status, changed.version) == (wanted, job.version + 1)
        assert done(wanted) == (changed.finished is not None)
    else:
        assert changed is None and stored is not None
        assert (stored.status, stored.version) == (state, job.version)


def test_a_job_is_done_where_no_way_leads_on() -> None:
    ends = {Status.SUCCEEDED, Status.FAILED, Status.CANCELED}
    assert {state for state in Status if done(state)} == ends


@pytest.mark.parametrize("wanted", [state for state in Status if state != "running"])
def test_an_older_claim_writes_nothing(tmp_path: Path, wanted: Status) -> None:
    def write(db: Connection) -> tuple[JobRecord | None, ...]:
        first = in_state(db, Status.RUNNING)
        WAYS[Status.QUEUED](db, first)
        second = taken(db, first)
        return WAYS[wanted](db, first), changes.report(db, first, 1, now()), second

    ended, reported, second = within(tmp_path, write)
    assert ended is None and reported is None
    assert second is not None and (second.claim, second.attempt) == (2, 2)


def test_a_lease_is_renewed_for_its_holder_alone(tmp_path: Path) -> None:
    def write(db: Connection) -> dict[str, bool]:
        mine = in_state(db, Status.RUNNING)
        flagged = in_state(db, Status.RUNNING)
        changes.request_cancel(db, flagged, now())
        lost = in_state(db, Status.RUNNING)
        WAYS[Status.QUEUED](db, lost)
        taken(db, lost)
        renewed = changes.renew(
            db, [(job.id, job.claim) for job in (mine, flagged, lost)], 5e9
        )
        assert renewed == {mine.id: False, flagged.id: True}
        after = jobs.get(db, mine.id)
        assert after is not None and after.lease == 5e9
        return renewed

    assert len(within(tmp_path, write)) == 2


def test_a_record_has_the_columns_in_their_order() -> None:
    fields = [field.name for field in dataclasses.fields(JobRecord)]
    assert fields == [column.name for column in jobs.jobs.c]
    assert fields == [column.name for column in jobs.LIGHT]


def test_each_version_but_the_first_has_its_event(tmp_path: Path) -> None:
    def write(db: Connection) -> list[tuple[int, str, object]]:
        job = in_state(db, Status.RUNNING)
        for number in range(3):
            changes.report(db, job, {"done": number}, now())
        changes.finish(db, job, Ending(Status.SUCCEEDED, OK), now())
        found = history.events_of_job(db, job.id, 0, 100)
        return [(one.version, one.name, one.snapshot.progress) for one in found]

    assert within(tmp_path, write) == [
        (2, "job.running", None),
        (5, "job.progress", {"done": 2}),
        (6, "job.succeeded", {"done": 2}),
    ]


def test_no_frequent_statement_walks_the_whole_table(tmp_path: Path) -> None:
    every = (
        *(changes.CLAIM, changes.FINISH, changes.REPORT, history.SUPERSEDE),
        *(
            jobs.GET,
            jobs.GET_KEYED,
            jobs.QUEUED,
            jobs.FIRST_QUEUED,
            jobs.ACTIVE,
            jobs.DUE,
        ),
        *(jobs.ANY_QUEUED, history.EVENTS_OF_JOB, history.EVENTS_OF_OWNER),
    )
    rare = (maintenance.lost, maintenance.over, lambda db: jobs.ended_since(db, 0))

    def write(db: Connection) -> list[str]:
        driver = db.connection.driver_connection
        assert driver is not None
        texts: list[str] = []
        driver.set_trace_callback(texts.append)
        for statement in every:
            statement.rows(db, {"limit": 1})
        for look in rare:
            look(db)
        changes.forget(db, 0.0, 0.0, 1)
        driver.set_trace_callback(None)
        plans = [driver.execute(f"explain query plan {text}") for text in texts]
        return [row[3] for plan in plans for row in plan]

    plan = within(tmp_path, write)
    assert len(plan) > len(every)
    assert [
        step
        for step in plan
        # A subquery is scanned as far as its limit lets it go.
        if step.startswith("SCAN") and "INDEX" not in step and "anon_" not in step
    ] == []
    assert not [step for step in plan if "TEMP B-TREE FOR ORDER" in step]
