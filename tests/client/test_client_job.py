"""A job's handle against a scripted service: waiting, results, errors, events and their fallback."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest

from scripted import ORDER, Script, client, problem

JOB = "https://shop.example/v1/jobs/job_1"


def status(state: str, version: int, **more: object) -> dict[str, object]:
    done = state in ("succeeded", "failed", "canceled")
    told = {"id": "job_1", "operation": "placeOrder", "status": state, "done": done}
    return {**told, "version": version, "attempt": 1, "maxAttempts": 5, **more}


def accepted(**headers: str) -> httpx2.Response:
    given = {"operation-location": JOB, "retry-after": "0", **headers}
    return httpx2.Response(202, headers=given, json=status("queued", 1))


def told(state: str, version: int, **more: object) -> httpx2.Response:
    return httpx2.Response(200, json=status(state, version, **more))


def result(code: int, body: object, job_status: str, kind: str) -> httpx2.Response:
    headers = {"job-status": job_status, "content-type": kind}
    return httpx2.Response(code, headers=headers, content=json.dumps(body))


class Stream(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """Frames, and then the connection breaks if it is to."""

    def __init__(self, *frames: str, breaks: bool = False) -> None:
        self.frames = frames
        self.breaks = breaks

    def __iter__(self) -> Iterator[bytes]:
        yield from (frame.encode() for frame in self.frames)
        if self.breaks:
            raise httpx2.ReadError("cut")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece


def stream(*frames: str, breaks: bool = False) -> httpx2.Response:
    headers = {"content-type": "text/event-stream"}
    return httpx2.Response(200, headers=headers, stream=Stream(*frames, breaks=breaks))


def frame(state: str, version: int, event: str = "job.progress", **more: object) -> str:
    document = json.dumps(status(state, version, **more))
    return f"id: {version}\nevent: {event}\ndata: {document}\n\n"


def place(shop: Any, **options: Any) -> Any:
    from orders_client import models

    return shop.orders.place_order(models.NewOrder(item="lamp", quantity=2), **options)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses are noted, not made."""
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    return slept


def test_a_job_is_waited_for_by_long_polling_and_its_result_is_typed() -> None:
    from orders_client import models

    script = Script(
        accepted(),
        told("running", 2, progress={"done": 1, "total": 3, "message": "charging"}),
        httpx2.Response(304),
        told("succeeded", 3),
        result(201, ORDER, "succeeded", "application/json"),
    )
    with client(script, staff="token") as shop:
        job = place(shop)
        assert job.id == "job_1"
        order = job.result(timeout=60)
    assert isinstance(order, models.Order)
    submit, first, second, third, last = script.requests
    assert len(submit.headers["idempotency-key"]) == 36
    assert json.loads(submit.content) == {"item": "lamp", "quantity": 2}
    assert first.headers["prefer"].startswith("wait=")
    assert first.headers["if-none-match"] == '"1"'
    assert second.headers["if-none-match"] == third.headers["if-none-match"] == '"2"'
    assert str(last.url) == f"{JOB}/result"
    assert {r.headers["authorization"] for r in script.requests} == {"Bearer token"}


def test_a_submission_is_tried_again_with_the_same_key() -> None:
    script = Script(httpx2.ReadTimeout("silent"), problem(503, "Full"), accepted())
    with client(script) as shop:
        place(shop, idempotency_key="mine")
    assert [r.headers["idempotency-key"] for r in script.requests] == ["mine"] * 3


def test_progress_is_typed() -> None:
    progress = {"done": 1, "total": 3, "message": "charging"}
    script = Script(accepted(), told("running", 2, progress=progress))
    with client(script) as shop:
        snapshot = place(shop).status()
    assert snapshot.status == "running" and not snapshot.done
    assert snapshot.progress.message == "charging"
    assert (snapshot.attempt, snapshot.max_attempts) == (1, 5)


def test_the_declared_error_of_a_failed_job_is_raised() -> None:
    from orders_client import errors

    refused = result(
        402, {"title": "Card declined"}, "failed", "application/problem+json"
    )
    script = Script(accepted(), told("failed", 2), refused)
    with client(script) as shop, pytest.raises(errors.PlaceOrder402Error) as raised:
        place(shop).result()
    assert raised.value.body.title == "Card declined"
    assert raised.value.problem.title == "Card declined"


@pytest.mark.parametrize(
    ("state", "answer", "name", "words"),
    [
        (
            "failed",
            problem(500, "Failed", **{"job-status": "failed"}),
            "JobFailed",
            "job job_1 failed: Failed: really",
        ),
        ("canceled", problem(409, "Canceled"), "JobCanceled", "job job_1 was canceled"),
        ("succeeded", problem(410, "Gone"), "JobExpired", "is no longer kept"),
        ("succeeded", problem(404, "Unknown"), "JobUnknown", "is not known"),
    ],
)
def test_a_job_without_a_result_says_why(
    state: str, answer: httpx2.Response, name: str, words: str
) -> None:
    from orders_client import errors

    script = Script(accepted(), told(state, 2), answer)
    with (
        client(script) as shop,
        pytest.raises(getattr(errors, name), match=words) as got,
    ):
        place(shop).result()
    assert got.value.id == "job_1"
    assert got.value.problem is not None


def test_a_declared_404_is_not_taken_for_an_unknown_job() -> None:
    from orders_client import errors, models

    missing = result(404, {"title": "No order"}, "failed", "application/problem+json")
    script = Script(accepted(), told("failed", 2), missing)
    refund = models.NewRefund.model_validate(
        {"orderId": ORDER["id"], "amount": ORDER["total"]}, strict=False
    )
    with client(script) as shop, pytest.raises(errors.CreateRefund404Error):
        shop.refunds.create_refund(refund).result()


def test_waiting_ends_in_time_and_can_go_on() -> None:
    from orders_client.errors import JobTimeout

    script = Script(accepted(), told("running", 2), told("succeeded", 3))
    with client(script) as shop:
        job = place(shop)
        with pytest.raises(JobTimeout, match="is still queued"):
            job.wait(timeout=0)
        with pytest.raises(TimeoutError):
            job.result(timeout=-1)
        assert job.wait().status == "succeeded"


def test_each_change_is_told_once_by_long_polling() -> None:
    script = Script(
        accepted(),
        told("running", 2),
        httpx2.Response(304),
        told("running", 4),
        told("succeeded", 5),
    )
    with client(script) as shop:
        job = place(shop)
        statuses = [job.next_status(timeout=60) for _ in range(4)]
    assert [status.version for status in statuses] == [2, 4, 5, 5]
    known = [r.headers["if-none-match"] for r in script.requests[1:]]
    assert known == ['"1"', '"2"', '"2"', '"4"']


def test_the_next_status_of_a_job_nobody_has_looked_at_is_the_present_one() -> None:
    script = Script(told("running", 7))
    with client(script) as shop:
        assert shop.orders.place_order_job("job_1").next_status().version == 7


def test_waiting_for_a_change_ends_in_time() -> None:
    from orders_client.errors import JobTimeout

    with client(Script(accepted())) as shop, pytest.raises(JobTimeout, match="queued"):
        place(shop).next_status(timeout=0)


def test_a_service_that_does_not_hold_is_not_hammered(quick: list[float]) -> None:
    same = [told("queued", 1) for _ in range(3)]
    script = Script(accepted(), *same, told("succeeded", 2))
    with client(script) as shop:
        place(shop).wait()
    assert len(quick) == 3 and all(0.9 < pause <= 1.0 for pause in quick)


def test_a_handle_is_made_again_from_an_id() -> None:
    answer = result(201, ORDER, "succeeded", "application/json")
    script = Script(told("succeeded", 9), answer)
    with client(script) as shop:
        job = shop.orders.place_order_job("job_1")
        assert job.url == JOB
        assert job.result().item == "lamp"


def test_a_result_that_does_not_say_how_the_job_ended_is_unreadable() -> None:
    from orders_client.errors import UnreadableResponse

    script = Script(told("succeeded", 9), httpx2.Response(201, json=ORDER))
    with client(script) as shop:
        with pytest.raises(UnreadableResponse, match=r"no end \(no Job-Status\)"):
            shop.orders.place_order_job("job_1").result()


def test_a_direct_answer_is_a_job_that_has_its_result() -> None:
    from orders_client import models

    refund = {"id": ORDER["id"], "orderId": ORDER["id"], "amount": ORDER["total"]}
    answer = httpx2.Response(201, headers={"operation-location": JOB}, json=refund)
    script = Script(answer)
    body = models.NewRefund.model_validate(
        {"orderId": ORDER["id"], "amount": ORDER["total"]}, strict=False
    )
    with client(script) as shop:
        job = shop.refunds.create_refund(body, wait=2)
        assert (job.id, str(job.result().order_id)) == ("job_1", ORDER["id"])
    assert script.requests[0].headers["prefer"] == "wait=2"


def test_an_error_that_is_answered_at_once_is_raised_at_once() -> None:
    from orders_client import errors

    refused = problem(402, "Card declined")
    with client(Script(refused)) as shop, pytest.raises(errors.PlaceOrder402Error):
        place(shop)
    with client(Script(problem(422, "Invalid"))) as shop:
        with pytest.raises(errors.ApiError, match="422: Invalid"):
            place(shop)


def test_a_job_that_failed_while_the_call_was_held_is_a_failed_job() -> None:
    from orders_client import errors

    found = {"operation-location": JOB, "job-status": "failed"}
    failed = problem(500, "Operation failed", **found)
    with client(Script(failed)) as shop:
        with pytest.raises(errors.JobFailed, match="job_1 failed: Operation failed"):
            place(shop)
    refused = problem(402, "Card declined", **found)
    with client(Script(refused)) as shop, pytest.raises(errors.PlaceOrder402Error):
        place(shop)
    members = {"title": "Canceled", "status": 409, "code": "canceled"}
    kind = {"content-type": "application/problem+json", "operation-location": JOB}
    stopped = httpx2.Response(409, headers=kind, content=json.dumps(members))
    with client(Script(stopped)) as shop, pytest.raises(errors.JobCanceled):
        place(shop)


def test_a_job_that_ended_with_503_is_not_asked_for_again() -> None:
    from orders_client import errors

    down = problem(503, "The bank is closed", **{"job-status": "failed"})
    script = Script(accepted(), told("failed", 2), down)
    with client(script) as shop:
        with pytest.raises(errors.JobFailed, match="The bank is closed"):
            place(shop).result()
    assert len(script.requests) == 3


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/jobs/1",
        "http://shop.example/jobs/1",
        "//evil.example/jobs/1",
        "https://shop.example@evil.example/jobs/1",
        "https://shop.example:444/jobs/1",
        "https://shop.example:99999999/jobs/1",
        "https://[/jobs/1",
    ],
)
def test_a_job_at_another_origin_is_refused(elsewhere: str) -> None:
    from orders_client.errors import ForeignUrl

    script = Script(accepted(**{"operation-location": elsewhere}))
    with client(script, staff="token") as shop, pytest.raises(ForeignUrl):
        place(shop)
    assert len(script.requests) == 1


def test_a_relative_operation_location_is_the_services_own() -> None:
    script = Script(accepted(**{"operation-location": "/v1/jobs/job_1"}))
    with client(script) as shop:
        assert place(shop).url == JOB


def test_an_acceptance_without_a_job_is_unreadable() -> None:
    from orders_client.errors import UnreadableResponse

    with client(Script(httpx2.Response(202, json={}))) as shop:
        with pytest.raises(UnreadableResponse, match="no Operation-Location"):
            place(shop)


def test_cancel_tells_the_status_even_of_a_job_that_has_ended() -> None:
    running = httpx2.Response(202, json=status("running", 2, cancelRequested=True))
    ended = [problem(409, "Ended"), told("succeeded", 3)]
    script = Script(accepted(), problem(503, "Full"), running, *ended)
    with client(script) as shop:
        job = place(shop)
        assert job.cancel().cancel_requested
        assert job.cancel().status == "succeeded"


def test_events_go_on_where_the_stream_broke_off(quick: list[float]) -> None:
    script = Script(
        accepted(),
        stream("retry: 100\n\n", frame("running", 2), breaks=True),
        stream(frame("running", 3), ": still here\n\n", breaks=True),
        httpx2.ConnectError("refused"),
        stream(frame("running", 3), frame("succeeded", 4, "job.succeeded")),
    )
    with client(script) as shop:
        seen = [event.version for event in place(shop).events()]
    assert seen == [2, 3, 4]
    resumed = [r.headers.get("last-event-id") for r in script.requests[1:]]
    assert resumed == [None, "2", "3", "3"]
    assert all(pause <= 0.4 for pause in quick)


def test_events_end_when_the_service_says_there_are_no_more() -> None:
    script = Script(
        accepted(), stream(frame("running", 2), breaks=True), httpx2.Response(204)
    )
    with client(script) as shop:
        assert [event.version for event in place(shop).events()] == [2]


@pytest.mark.parametrize(
    "troubles",
    [
        [problem(404, "No stream")],
        [httpx2.Response(200, html="<html>")],
        [httpx2.ConnectError("refused")] * 3,
        [httpx2.ReadTimeout("silent")] * 3,
        [problem(503, "Full")] * 3,
    ],
)
def test_without_a_stream_events_come_by_long_polling(
    troubles: list[httpx2.Response | Exception],
) -> None:
    polls = [told("running", 2), told("running", 3), told("succeeded", 4)]
    script = Script(accepted(), *troubles, *polls)
    with client(script) as shop:
        states = [(event.status, event.version) for event in place(shop).events()]
    assert states == [("running", 2), ("running", 3), ("succeeded", 4)]


def test_leaving_events_early_closes_the_stream() -> None:
    closed: list[bool] = []

    class Endless(Stream):
        def close(self) -> None:
            closed.append(True)

    endless = Endless(*(frame("running", version) for version in range(2, 50)))
    headers = {"content-type": "text/event-stream"}
    script = Script(accepted(), httpx2.Response(200, headers=headers, stream=endless))
    with client(script) as shop:
        events = place(shop).events()
        assert next(events).version == 2
        events.close()
    assert closed
