"""The emitted client against a running service that somebody else wrote by hand."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from building import HERE, importable, write_client

sys.path.append(str(HERE.parent / "runtime"))
from wished_running import Running, assemble  # noqa: E402

NOBODY = UUID(int=0)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("service")
    project = assemble(folder / "wished")
    write_client(HERE / "wished.yaml", "wished_client", folder)
    running = Running(project, folder / "jobs.db", DEVELOPMENT="true")
    with importable(folder, "wished_client"), running:
        yield running


@pytest.fixture
def shop(service: Running) -> Iterator[Any]:
    from wished_client.sync import Client

    with Client(service.url, bearer="alice") as client:
        yield client


def request(**fields: Any) -> Any:
    from wished_client import models

    return models.ReportRequest(**{"rows": 3, **fields})


# Calls


def test_parameters_of_every_place_and_style_arrive(shop: Any) -> None:
    from wished_client import models

    id = uuid4()
    item = shop.get_item(
        id,
        ["a b", "c&d"],
        fields=["x", "y"],
        filter=models.Filter(color="light blue", sizes=[1, 2]),
        x_trace="trace",
        session="cookie; ok",
    )
    assert (item.id, item.limit, item.tags) == (id, 10, ["a b", "c&d"])
    assert item.fields_ == ["x", "y"]
    assert item.filter == models.Filter(color="light blue", sizes=[1, 2])
    assert (item.trace, item.session) == ("trace", "cookie; ok")
    assert shop.get_item(id, ["a"], limit=3).limit == 3


def test_a_declared_error_is_raised_typed(shop: Any) -> None:
    from wished_client import errors

    with pytest.raises(errors.GetItem404Error) as raised:
        shop.get_item(NOBODY, ["a"])
    assert raised.value.body.title == "No such item"


def test_headers_come_with_the_result(shop: Any) -> None:
    from wished_client import models

    made = shop.create_item(models.NewItem(name="lamp", price=9.5))
    assert (made.status, made.location, made.x_remaining) == (201, "/items/lamp", 7)
    assert made.body.name == "lamp"


def test_forms_files_and_texts_arrive(shop: Any) -> None:
    from wished_client import models
    from wished_client import File

    upload = models.Upload(
        photo=File(b"\x89PNG\xff", name="é.png", content_type="image/png"),
        more=[File(b"1"), File(b"2")],
        caption="At the sea",
        rating=5,
        labels=["sea", "sun, too"],
        place=models.Place(latitude=1.5, longitude=-2.0),
    )
    photo = shop.upload_photo(upload)
    assert (photo.name, photo.size, photo.files) == ("é.png", 5, 3)
    assert (photo.caption, photo.rating) == ("At the sea", 5)
    assert photo.labels == ["sea", "sun, too"]
    assert photo.place == models.Place(latitude=1.5, longitude=-2.0)
    shop.put_photo("p", b"\x00\xff", content_type="image/png")
    assert shop.get_photo("p") == b"\x00\xff"
    assert shop.shout("hé") == "HÉ"
    loud = shop.shout(models.Note(text="a"), content_type="application/json")
    assert loud == models.Note(text="A")
    assert shop.greet("ann", models.Greeting(name="a b&c=d", times=2)) is None


def test_several_successes_and_a_range_of_errors(shop: Any) -> None:
    from wished_client import errors, models

    note = models.Note(text="milk")
    assert shop.put_note("n", body=note) == note
    assert shop.put_note("n", body=note) is None
    with pytest.raises(errors.PutNote4XXError) as raised:
        shop.put_note("n")
    assert (raised.value.status, raised.value.body.title) == (
        418,
        "A note must say something",
    )


def test_credentials_are_joined_or_chosen(service: Running) -> None:
    from wished_client.errors import ApiError
    from wished_client.sync import Client

    with Client(service.url, basic=("carol", "swordfish")) as shop:
        assert shop.get_secret("s").caller == "carol"
    with Client(service.url, bearer="alice+secrets:read", app_key="k1") as shop:
        assert shop.get_secret("s").name == "s"
        assert shop.get_door() == "alice"
    with Client(service.url) as shop:
        assert shop.get_door() == "nobody"
        with pytest.raises(ApiError, match="401"):
            shop.get_secret("s")


# Jobs


def test_a_job_lives_from_submission_to_result(shop: Any) -> None:
    from wished_client import models

    job = shop.reports.create_report(request(seconds=0.3), x_tenant="acme")
    assert job.status().status in ("queued", "running")
    assert job.wait(timeout=20).status == "succeeded"
    report = job.result()
    assert report == models.Report(rows=3, attempt=1)
    again = shop.reports.create_report_job(job.id)
    assert again.result() == report
    assert again.status().progress.message == "done"


def test_events_are_the_same_with_and_without_await(service: Running) -> None:
    from wished_client import Client
    from wished_client.sync import Client as SyncClient

    async def story() -> list[str]:
        async with Client(service.url) as shop:
            job = await shop.reports.create_report(request(seconds=0.2))
            return [event.status async for event in job.events()]

    with SyncClient(service.url) as shop:
        job = shop.reports.create_report(request(seconds=0.2))
        states = [event.status for event in job.events()]
        assert [event.status for event in job.events()] == ["succeeded"]
    for seen in (states, asyncio.run(story())):
        assert seen[-1] == "succeeded"
        assert set(seen) <= {"queued", "running", "succeeded"}


def test_failures_are_raised_as_what_they_are(shop: Any) -> None:
    from wished_client import errors

    with pytest.raises(errors.CreateReport402Error) as refused:
        shop.reports.create_report(request(outcome="refused")).result(timeout=20)
    assert (refused.value.body.balance, refused.value.retry_after) == (1.5, 60)
    with pytest.raises(errors.JobFailed, match="no paper left") as failed:
        shop.reports.create_report(request(outcome="broken")).result(timeout=20)
    assert failed.value.problem.code == "out_of_paper"


def test_a_job_is_canceled(shop: Any) -> None:
    from wished_client import errors

    job = shop.reports.create_report(request(seconds=30))
    job.cancel()
    assert job.wait(timeout=20).status == "canceled"
    with pytest.raises(errors.JobCanceled):
        job.result()
    assert job.cancel().status == "canceled"


def test_an_ended_wait_leaves_the_job_running(shop: Any) -> None:
    from wished_client import errors

    job = shop.reports.create_report(request(seconds=1.5))
    with pytest.raises(errors.JobTimeout):
        job.result(timeout=0.2)
    assert job.result(timeout=20).rows == 3


def test_a_quick_auto_call_has_its_result_at_once(shop: Any) -> None:
    job = shop.reports.quote(request())
    assert job._job.answer is not None
    assert job.result().rows == 3
    slow = shop.reports.quote(request(seconds=0.5), wait=0)
    assert slow._job.answer is None
    assert slow.result(timeout=20).rows == 3


def test_one_key_is_one_job(shop: Any) -> None:
    key = str(uuid4())
    ids = {shop.reports.start_export(idempotency_key=key).id for _ in range(3)}
    assert len(ids) == 1
    assert shop.reports.start_export().id not in ids


def test_an_unknown_job_is_said_to_be_unknown(shop: Any) -> None:
    from wished_client import errors

    with pytest.raises(errors.JobUnknown):
        shop.reports.start_export_job("job_none").result()


class Cut(httpx2.AsyncBaseTransport):
    """A network that breaks every stream after its first event, or has none at all."""

    def __init__(self, *, streams: bool) -> None:
        self.inner = httpx2.AsyncHTTPTransport()
        self.streams = streams
        self.opened: list[str | None] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        is_stream = request.url.path.endswith("/events")
        if is_stream and not self.streams:
            return httpx2.Response(501)
        response = await self.inner.handle_async_request(request)
        if is_stream and response.status_code == 200:
            self.opened.append(request.headers.get("last-event-id"))
            response.stream = Broken(response)
        return response

    async def aclose(self) -> None:
        await self.inner.aclose()


class Broken(httpx2.AsyncByteStream):
    """The stream up to the end of its first event."""

    def __init__(self, response: httpx2.Response) -> None:
        self.whole = response.stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        assert isinstance(self.whole, httpx2.AsyncByteStream)
        async for piece in self.whole:
            yield piece
            if b"data:" in piece:
                raise httpx2.ReadError("cut")

    async def aclose(self) -> None:
        assert isinstance(self.whole, httpx2.AsyncByteStream)
        await self.whole.aclose()


async def followed(url: str, transport: httpx2.AsyncBaseTransport) -> list[Any]:
    from wished_client import Client

    async with Client(url, transport=transport) as shop:
        job = await shop.reports.create_report(request(seconds=0.3))
        return [event async for event in job.events()]


@pytest.mark.parametrize("streams", [True, False], ids=["cut", "absent"])
def test_events_survive_a_network_without_streams(
    service: Running, streams: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wished_client.runtime import job_events

    # The service asks for two seconds between streams: too long for a test.
    monkeypatch.setattr(job_events, "uniform", lambda low, high: 0.01)
    transport = Cut(streams=streams)
    events = asyncio.run(followed(service.url, transport))
    versions = [event.version for event in events]
    assert versions == sorted(set(versions))
    assert events[-1].status == "succeeded"
    if streams:
        assert transport.opened[0] is None
        assert all(transport.opened[1:])


def test_clients_do_not_share_what_they_wait_for(service: Running) -> None:
    from wished_client.sync import Client

    done: list[int] = []

    def run(rows: int) -> None:
        with Client(service.url) as shop:
            job = shop.reports.create_report(request(rows=rows, seconds=0.2))
            done.append(job.result(timeout=30).rows)

    threads = [threading.Thread(target=run, args=(rows,)) for rows in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == list(range(1, 9))
