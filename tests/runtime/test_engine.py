"""A job from acceptance to its end: results, failures, retries, deadlines, cancels, limits."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from engines import OK, REQUEST, ended, operation, running, until
from runtime.answer import Answer
from runtime.engine import KeyReused, OverQuota, QueueFull, TooManyWaiters
from runtime.job import Job, JobFailed
from runtime.jobs import BadCursor, JobRecord, jobs
from runtime.ending import Ending
from runtime.operation import AsyncOperation
from runtime.problem import HttpProblem, Invalid
from runtime.received import Received
from runtime.status import Status


async def make(job: Job) -> Answer:
    return OK


def test_a_job_ends_with_its_handlers_answer(tmp_path: Path) -> None:
    async def check() -> None:
        op = operation(make, retention=60)
        async with running(tmp_path, op) as engine:
            accepted = await engine.accept(op, REQUEST, owner="ada", traceparent="00-1")
            job = accepted.job
            assert not accepted.replayed and job.id.startswith("job_")
            assert (job.status, job.version, job.attempt) == (Status.QUEUED, 1, 0)
            job = await ended(engine, job.id)
            assert (job.status, job.version, job.attempt) == (Status.SUCCEEDED, 3, 1)
            assert (job.result_status, job.result_body) == (201, OK.body)
            assert (job.result_type, job.result_headers) == (OK.media_type, OK.headers)
            assert (job.owner, job.traceparent, job.error) == ("ada", "00-1", None)
            assert job.finished and job.expires == job.finished + 60

    asyncio.run(check())


def test_a_handler_sees_the_request_without_its_secrets(tmp_path: Path) -> None:
    seen: list[Received] = []

    async def look(job: Job) -> Answer:
        seen.append(job.request)
        return OK

    async def check() -> None:
        op = operation(look)
        async with running(tmp_path, op) as engine:
            await ended(engine, (await engine.accept(op, REQUEST)).job.id)

    asyncio.run(check())
    assert dict(seen[0].headers) == {
        "content-type": "application/json",
        "x-tenant": "t",
    }
    assert (seen[0].url, seen[0].query, seen[0].body) == (
        REQUEST.url,
        REQUEST.query,
        REQUEST.body,
    )


def test_a_declared_error_is_a_failure_with_its_own_answer(tmp_path: Path) -> None:
    body = b'{"title":"Card declined","detail":"No money.","code":"no_money"}'

    async def refuse(job: Job) -> Answer:
        return Answer(402, (), "application/problem+json", body)

    async def check() -> None:
        op = operation(refuse)
        async with running(tmp_path, op) as engine:
            job = await ended(engine, (await engine.accept(op, REQUEST)).job.id)
            assert (job.status, job.result_status) == (Status.FAILED, 402)
            assert job.result_body == body and job.attempt == 1
            assert job.error is not None
            assert job.error["code"] == "no_money" and job.error["status"] == 402
            assert job.error["message"] == "No money."

    asyncio.run(check())


class PaymentGone(Exception):
    pass


def test_a_raising_handler_is_tried_again_and_then_fails(tmp_path: Path) -> None:
    async def fail(job: Job) -> Answer:
        raise PaymentGone("password=hunter2")

    async def check() -> None:
        op = operation(fail, attempts=3)
        async with running(tmp_path, op) as engine:
            id = (await engine.accept(op, REQUEST)).job.id
            job = await ended(engine, id)
            assert (job.status, job.attempt) == (Status.FAILED, 3)
            assert job.error is not None and job.error["code"] == "payment_gone"
            assert "hunter2" not in str(job)
            names = [event.name async for event in engine.subscribe(id)]
            assert names == ["job.running", "job.retrying"] * 2 + [
                "job.running",
                "job.failed",
            ]

    asyncio.run(check())


@pytest.mark.parametrize(("retry", "attempts"), [(False, 1), (True, 2)])
def test_a_handler_may_fail_in_its_own_words(
    tmp_path: Path, retry: bool, attempts: int
) -> None:
    async def fail(job: Job) -> Answer:
        raise JobFailed("sold_out", "No lamps left.", retry=retry, status=409)

    async def check() -> None:
        op = operation(fail, attempts=2)
        async with running(tmp_path, op) as engine:
            job = await ended(engine, (await engine.accept(op, REQUEST)).job.id)
            assert job.attempt == attempts and job.error is not None
            assert job.error["code"] == "sold_out" and job.error["status"] == 409
            assert job.error["message"] == "No lamps left."

    asyncio.run(check())


@pytest.mark.parametrize(
    ("error", "level", "told"),
    [
        (JobFailed("sold_out", "None left."), "INFO", "sold_out: None left."),
        (HttpProblem(409, "Taken"), "INFO", "taken: Taken"),
        (HttpProblem(502, "No bank"), "ERROR", ""),
        (KeyError("lamp"), "ERROR", ""),
    ],
)
def test_an_expected_failure_is_news_and_any_other_is_traced(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    level: str,
    told: str,
) -> None:
    async def fail(job: Job) -> Answer:
        raise error

    async def check() -> None:
        op = operation(fail, attempts=1)
        async with running(tmp_path, op) as engine:
            await ended(engine, (await engine.accept(op, REQUEST)).job.id)

    with caplog.at_level("INFO", "runtime.attempt"):
        asyncio.run(check())
    (record,) = [one for one in caplog.records if one.name == "runtime.attempt"]
    assert record.levelname == level
    assert record.getMessage().endswith(told)
    assert bool(record.exc_info) is (level == "ERROR")


def test_a_later_attempt_may_succeed(tmp_path: Path) -> None:
    async def second(job: Job) -> Answer:
        if job.attempt == 1:
            raise OSError
        return OK

    async def check() -> None:
        op = operation(second)
        async with running(tmp_path, op) as engine:
            job = await ended(engine, (await engine.accept(op, REQUEST)).job.id)
            assert (job.status, job.attempt, job.error) == (Status.SUCCEEDED, 2, None)
            assert job.last_error is None

    asyncio.run(check())


def test_an_attempt_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    canceled: list[int] = []

    async def sleep(job: Job) -> Answer:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            canceled.append(job.attempt)
            raise
        return OK

    async def check() -> None:
        op = operation(sleep, deadline=0.05, attempts=2)
        async with running(tmp_path, op) as engine:
            job = await ended(engine, (await engine.accept(op, REQUEST)).job.id)
            assert (job.status, job.attempt) == (Status.FAILED, 2)
            assert job.error is not None and job.error["code"] == "deadline_exceeded"
            assert canceled == [1, 2]

    asyncio.run(check())


def test_an_answer_that_blocked_past_its_deadline_does_not_count(
    tmp_path: Path,
) -> None:
    async def block(job: Job) -> Answer:
        time.sleep(0.1)
        return OK

    async def check() -> None:
        op = operation(block, deadline=0.05, attempts=1)
        async with running(tmp_path, op) as engine:
            job = await ended(engine, (await engine.accept(op, REQUEST)).job.id)
            assert job.status is Status.FAILED and job.error is not None
            assert job.error["code"] == "deadline_exceeded"

    asyncio.run(check())


def test_a_running_job_is_canceled_at_once_in_its_own_process(tmp_path: Path) -> None:
    async def sleep(job: Job) -> Answer:
        await asyncio.sleep(60)
        return OK

    async def check() -> None:
        op = operation(sleep)
        async with running(tmp_path, op) as engine:
            id = (await engine.accept(op, REQUEST)).job.id
            assert await engine.wait(id, 1, 5)
            wished = await engine.cancel(id)
            assert wished is not None and wished.cancel_requested
            assert wished.status is Status.RUNNING
            job = await ended(engine, id)
            assert job.status is Status.CANCELED and job.error is not None
            assert job.error["code"] == "canceled"
            again = await engine.cancel(id)
            assert again is not None and again.version == job.version

    asyncio.run(check())


def test_a_running_job_is_canceled_from_another_process(tmp_path: Path) -> None:
    async def sleep(job: Job) -> Answer:
        await asyncio.sleep(60)
        return OK

    async def check() -> None:
        op = operation(sleep)
        async with running(tmp_path, op, lease=0.6) as engine:
            async with running(tmp_path, op, workers=0, lease=0.6) as other:
                id = (await other.accept(op, REQUEST)).job.id
                job = await other.wait(id, 1, 5)
                assert job is not None and job.status is Status.RUNNING
                await other.cancel(id)
                assert (await ended(other, id)).status is Status.CANCELED
                assert (await ended(engine, id)).attempt == 1

    asyncio.run(check())


def test_a_thread_learns_that_its_job_is_canceled(tmp_path: Path) -> None:
    turns: list[int] = []

    def blocking(job: Job) -> None:
        while not job.cancel_requested:
            time.sleep(0.01)
        turns.append(job.attempt)

    async def work(job: Job) -> Answer:
        await job.thread(blocking, job)
        return OK

    async def check() -> None:
        op = operation(work)
        async with running(tmp_path, op) as engine:
            id = (await engine.accept(op, REQUEST)).job.id
            await engine.wait(id, 1, 5)
            await engine.cancel(id)
            assert (await ended(engine, id)).status is Status.CANCELED
            await until(lambda: turns == [1])

    asyncio.run(check())


def test_a_queued_job_is_canceled_without_running(tmp_path: Path) -> None:
    async def check() -> None:
        op = operation(make)
        async with running(tmp_path, op, workers=0) as engine:
            id = (await engine.accept(op, REQUEST)).job.id
            job = await engine.cancel(id)
            assert job is not None and job.status is Status.CANCELED
            assert job.attempt == 0 and job.started is None
            assert await engine.cancel("job_nobody") is None

    asyncio.run(check())


def test_fifty_submits_with_one_key_are_one_job(tmp_path: Path) -> None:
    async def check() -> None:
        op = operation(make)
        async with running(tmp_path, op) as engine:

            async def submit(key: str, fingerprint: str) -> tuple[str, bool]:
                accepted = await engine.accept(
                    op, REQUEST, key=key, fingerprint=fingerprint
                )
                return accepted.job.id, accepted.replayed

            answers = await asyncio.gather(*(submit("k", "f") for _ in range(50)))
            assert len({id for id, _ in answers}) == 1
            assert sorted(replayed for _, replayed in answers) == [False] + [True] * 49
            with pytest.raises(KeyReused):
                await submit("k", "another body")
            assert (await submit("k2", "another body"))[0] != answers[0][0]
            replay = await engine.accept(
                op, REQUEST, key="k", fingerprint="f", owner="ada"
            )
            assert not replay.replayed

    asyncio.run(check())


def test_a_full_queue_sends_callers_away_for_a_while(tmp_path: Path) -> None:
    async def check() -> None:
        op, other = operation(make, queue=3), operation(make, "other")
        async with running(tmp_path, op, other, workers=0) as engine:
            jobs = [(await engine.accept(op, REQUEST)).job for _ in range(3)]
            with pytest.raises(QueueFull) as full:
                await engine.accept(op, REQUEST)
            assert full.value.retry_after >= 1
            await engine.accept(other, REQUEST)
            assert [await engine.ahead(job) for job in jobs] == [0, 1, 2]
            await engine.cancel(jobs[0].id)
            await engine.accept(op, REQUEST)

    asyncio.run(check())


def test_an_owner_has_a_quota(tmp_path: Path) -> None:
    async def check() -> None:
        op = operation(make)
        async with running(tmp_path, op, workers=0, owner_limit=2) as engine:
            for _ in range(2):
                await engine.accept(op, REQUEST, owner="ada")
            with pytest.raises(OverQuota):
                await engine.accept(op, REQUEST, owner="ada")
            await engine.accept(op, REQUEST, owner="bob")

    asyncio.run(check())


def test_jobs_run_in_order_within_their_concurrency(tmp_path: Path) -> None:
    order: list[str] = []
    most = [0, 0]

    async def work(job: Job) -> Answer:
        order.append(job.id)
        most[0] += 1
        most[1] = max(most)
        await asyncio.sleep(0.01)
        most[0] -= 1
        return OK

    async def check() -> None:
        op = operation(work, concurrency=2)
        async with running(tmp_path, op, workers=0) as engine:
            ids = [(await engine.accept(op, REQUEST)).job.id for _ in range(9)]
        async with running(tmp_path, op, workers=8) as engine:
            for id in ids:
                await ended(engine, id)
        assert order == ids and most[1] == 2

    asyncio.run(check())


def test_a_flood_of_one_operation_keeps_no_other_waiting(tmp_path: Path) -> None:
    async def slow(job: Job) -> Answer:
        await asyncio.sleep(0.02)
        return OK

    async def check() -> None:
        flood, rare = operation(slow, "flood"), operation(make, "rare")
        async with running(tmp_path, flood, rare, workers=2) as engine:
            for _ in range(100):
                await engine.accept(flood, REQUEST)
            await ended(engine, (await engine.accept(rare, REQUEST)).job.id)
            assert (await engine.load("flood")).queued > 0

    asyncio.run(check())


def test_what_a_job_writes_also_is_written_when_it_ends(tmp_path: Path) -> None:
    async def work(job: Job) -> Answer:
        job.also(lambda db: note(db, job.id))
        if job.attempt == 1:
            raise OSError
        return OK

    async def check() -> None:
        op = operation(work)
        ends: list[tuple[str, Ending]] = []

        def hook(job: JobRecord, ending: Ending) -> list[object]:
            ends.append((job.id, ending))
            assert job.finished is not None and job.request
            return [lambda db: note(db, "hook")]

        async with running(tmp_path, op, on_finish=hook) as engine:  # type: ignore[arg-type]
            await engine._store.write(
                lambda db: db.execute(text("create table notes (name text)"))
            )
            job = await ended(engine, (await engine.accept(op, REQUEST)).job.id)
            assert await engine._store.read(notes) == [job.id, "hook"]
            assert [id for id, _ in ends] == [job.id]
            assert ends[0][1].answer == OK

    asyncio.run(check())


def note(db: Connection, name: str) -> None:
    db.execute(text("insert into notes values (:name)"), {"name": name})


def notes(db: Connection) -> list[str]:
    return list(db.scalars(text("select name from notes")))


def test_a_write_that_fails_fails_the_job_and_leaves_nothing(tmp_path: Path) -> None:
    async def work(job: Job) -> Answer:
        job.also(lambda db: note(db, "first"))
        job.also(lambda db: db.execute(text("insert into nowhere values (1)")))
        return OK

    async def check() -> None:
        op = operation(work, attempts=1)
        async with running(tmp_path, op) as engine:
            await engine._store.write(
                lambda db: db.execute(text("create table notes (name text)"))
            )
            job = await ended(engine, (await engine.accept(op, REQUEST)).job.id)
            assert job.status is Status.FAILED
            assert await engine._store.read(notes) == []

    asyncio.run(check())


def test_a_job_nobody_can_run_fails(tmp_path: Path) -> None:
    async def check() -> None:
        gone, known = operation(make, "gone"), operation(make)
        async with running(tmp_path, gone, workers=0) as engine:
            id = (await engine.accept(gone, REQUEST)).job.id
        async with running(tmp_path, known, no_handler=0.0, lease=0.3) as engine:
            job = await ended(engine, id)
            assert job.status is Status.FAILED and job.error is not None
            assert job.error["code"] == "no_handler"

    asyncio.run(check())


def test_a_request_that_is_no_longer_valid_fails_its_job_in_words(
    tmp_path: Path,
) -> None:
    missing = {"pointer": "#/note", "detail": "Field required", "code": "missing"}

    async def read(job: Job) -> Answer:
        raise Invalid([missing])

    async def check() -> None:
        op = operation(read)
        async with running(tmp_path, op) as engine:
            job = await ended(engine, (await engine.accept(op, REQUEST)).job.id)
            assert job.error is not None and job.attempt == 1
            told = "The request is not valid: #/note: Field required"
            assert (job.error["status"], job.error["message"]) == (422, told)
            assert job.error["errors"] == [missing]

    asyncio.run(check())


def test_a_job_waits_for_a_program_that_can_run_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def check() -> None:
        gone, known = operation(make, "gone"), operation(make)
        async with running(tmp_path, gone, workers=0) as engine:
            id = (await engine.accept(gone, REQUEST)).job.id
            long_ago = jobs.update().values(available_at=0.0)
            await engine._store.write(lambda db: db.execute(long_ago))
        async with running(tmp_path, known, no_handler=600.0, lease=0.01) as engine:
            await until(lambda: "wait for gone: 1" in caplog.text)
        async with running(tmp_path, gone) as engine:
            assert (await ended(engine, id)).status is Status.SUCCEEDED

    asyncio.run(check())


def test_stopping_puts_jobs_back_without_counting_the_attempt(tmp_path: Path) -> None:
    async def sleep(job: Job) -> Answer:
        await asyncio.sleep(60)
        return OK

    async def check() -> None:
        slow = operation(sleep)
        async with running(tmp_path, slow, grace=0.05) as engine:
            id = (await engine.accept(slow, REQUEST)).job.id
            await engine.wait(id, 1, 5)
        quick = operation(make)
        async with running(tmp_path, quick, workers=0) as engine:
            job = await engine.get(id)
            assert job is not None and job.status is Status.QUEUED
            assert (job.attempt, job.claim, job.lease) == (0, 1, None)
        async with running(tmp_path, quick) as engine:
            job = await ended(engine, id)
            assert (job.status, job.attempt, job.claim) == (Status.SUCCEEDED, 1, 2)

    asyncio.run(check())


def test_stopping_lets_a_job_end_within_the_grace(tmp_path: Path) -> None:
    async def nap(job: Job) -> Answer:
        await asyncio.sleep(0.2)
        return OK

    async def check() -> None:
        op = operation(nap)
        async with running(tmp_path, op, grace=5.0) as engine:
            id = (await engine.accept(op, REQUEST)).job.id
            await engine.wait(id, 1, 5)
        async with running(tmp_path, op, workers=0) as engine:
            job = await engine.get(id)
            assert job is not None and job.status is Status.SUCCEEDED

    asyncio.run(check())


def test_a_handler_that_blocks_the_loop_keeps_its_lease(tmp_path: Path) -> None:
    async def block(job: Job) -> Answer:
        time.sleep(1.2)
        return OK

    async def check() -> None:
        op = operation(block)
        async with running(tmp_path, op, lease=0.5) as engine:
            job = await ended(engine, (await engine.accept(op, REQUEST)).job.id)
            assert (job.status, job.attempt) == (Status.SUCCEEDED, 1)

    asyncio.run(check())


def test_retention_leaves_a_tombstone_and_then_nothing(tmp_path: Path) -> None:
    async def check() -> None:
        op = operation(make, retention=0.0)
        async with running(tmp_path, op) as engine:
            id = (await engine.accept(op, REQUEST, key="k", fingerprint="f")).job.id
            await ended(engine, id)
        async with running(tmp_path, op) as engine:
            await asyncio.sleep(0.3)
            job = await engine.get(id)
            assert job is not None and job.expired and job.result_body is None
            assert job.request == b"" and job.status is Status.SUCCEEDED
            assert [event async for event in engine.subscribe(id)] == []
            replay = await engine.accept(op, REQUEST, key="k", fingerprint="f")
            assert replay.replayed and replay.job.expired
        async with running(tmp_path, op, keys=0.0) as engine:
            await asyncio.sleep(0.3)
            assert not (
                await engine.accept(op, REQUEST, key="k", fingerprint="f")
            ).replayed
        async with running(tmp_path, op, tombstone=0.0) as engine:
            await asyncio.sleep(0.3)
            assert await engine.get(id) is None

    asyncio.run(check())


def test_deleting_ends_an_active_job_and_buries_an_ended_one(tmp_path: Path) -> None:
    async def check() -> None:
        op = operation(make)
        async with running(tmp_path, op, workers=0) as engine:
            id = (await engine.accept(op, REQUEST)).job.id
            job = await engine.delete(id)
            assert job is not None and job.status is Status.CANCELED
            assert not job.expired
            await engine.delete(id)
            job = await engine.get(id)
            assert job is not None and job.expired

    asyncio.run(check())


def test_an_owners_jobs_are_listed_newest_first(tmp_path: Path) -> None:
    async def check() -> None:
        op = operation(make)
        async with running(tmp_path, op, workers=0) as engine:
            ids = [
                (await engine.accept(op, REQUEST, owner="ada")).job.id for _ in range(5)
            ]
            await engine.accept(op, REQUEST, owner="bob")
            await engine.accept(op, REQUEST)
            await engine.cancel(ids[0])
            first = await engine.list("ada", limit=3)
            second = await engine.list("ada", limit=3, cursor=first.cursor)
            found = [job.id for job in (*first.jobs, *second.jobs)]
            assert found == ids[::-1] and second.cursor is None
            queued = await engine.list("ada", Status.QUEUED, op.name)
            assert [job.id for job in queued.jobs] == ids[:0:-1]
            assert (await engine.list("")).jobs == ()
            for cursor in ("", "x", "am9iczo", "é", "am9iczotMQ"):
                with pytest.raises(BadCursor):
                    await engine.list("ada", cursor=cursor)

    asyncio.run(check())


def test_waiters_are_limited(tmp_path: Path) -> None:
    async def check() -> None:
        op = operation(make)
        async with running(tmp_path, op, workers=0, max_waiters=1) as engine:
            id = (await engine.accept(op, REQUEST)).job.id
            waiting = asyncio.create_task(engine.wait(id, 1, 0.2))
            await asyncio.sleep(0.01)
            with pytest.raises(TooManyWaiters):
                await engine.wait(id, 1, 0.2)
            with pytest.raises(TooManyWaiters):
                engine.subscribe(id)
            assert await waiting is None
            assert await engine.wait(id, 0, 0.2) is not None

    asyncio.run(check())


def test_a_handler_that_blocks_for_ever_loses_its_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.worker.STUBBORN", 0.1)
    release = threading.Event()

    async def block(job: Job) -> Answer:
        release.wait(20)
        return OK

    def stuck(op: AsyncOperation[None]) -> None:
        async def serve() -> None:
            async with running(tmp_path, op, lease=0.5):
                await until(release.is_set)

        asyncio.run(serve())

    async def check() -> None:
        op = operation(block, deadline=0.2, attempts=1)
        async with running(tmp_path, op, workers=0, lease=0.5) as engine:
            thread = threading.Thread(target=stuck, args=(op,))
            thread.start()
            try:
                id = (await engine.accept(op, REQUEST)).job.id
                job = await ended(engine, id)
            finally:
                release.set()
                await asyncio.to_thread(thread.join)
            assert job.status is Status.FAILED and job.error is not None
            assert job.error["code"] == "deadline_exceeded"
            assert await engine.get(id) == job

    asyncio.run(check())


def test_a_handler_cannot_end_the_service(tmp_path: Path) -> None:
    async def leave(job: Job) -> Answer:
        raise SystemExit(1)

    async def check() -> None:
        op = operation(leave, attempts=1)
        async with running(tmp_path, op) as engine:
            job = await ended(engine, (await engine.accept(op, REQUEST)).job.id)
            assert job.status is Status.FAILED and job.error is not None
            assert job.error["code"] == "handler_exited"

    asyncio.run(check())


def test_a_stubborn_handler_is_left_to_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.worker.STUBBORN", 0.1)

    async def refuse(job: Job) -> Answer:
        for _ in range(20):
            try:
                await asyncio.sleep(0.05)
            except asyncio.CancelledError:
                pass
        return OK

    async def check() -> None:
        op = operation(refuse)
        async with running(tmp_path, op) as engine:
            id = (await engine.accept(op, REQUEST)).job.id
            await engine.wait(id, 1, 5)
            await engine.cancel(id)
            job = await ended(engine, id, 0.8)
            assert job.status is Status.CANCELED
            await asyncio.sleep(1)
            assert await engine.get(id) == job

    asyncio.run(check())


@pytest.mark.parametrize(("status", "attempts"), [(404, 1), (503, 2)])
def test_a_problem_that_a_handler_raises_is_the_jobs(
    tmp_path: Path, status: int, attempts: int
) -> None:
    async def fail(job: Job) -> Answer:
        raise HttpProblem(status, "No such lamp", "Lamp 7 is gone.")

    async def check() -> None:
        op = operation(fail, attempts=2)
        async with running(tmp_path, op) as engine:
            job = await ended(engine, (await engine.accept(op, REQUEST)).job.id)
            assert job.attempt == attempts and job.error is not None
            assert job.error["code"] == "no_such_lamp"
            assert job.error["status"] == status
            assert job.error["message"] == "Lamp 7 is gone."

    asyncio.run(check())
