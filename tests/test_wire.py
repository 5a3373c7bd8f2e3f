"""The wire contract, promise by promise, against the finished orders example over HTTP."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from time import sleep
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from client.building import importable
from httpx_sse import EventSource
from standardwebhooks import Webhook

ORDERS = Path(__file__).parent.parent / "generated-examples" / "orders"
LAMP = {"item": "lamp", "quantity": 2}
PARTNER, STAFF = {"X-Api-Key": "key"}, {"Authorization": "Bearer token"}
MONEY = {"amount": "1.00", "currency": "EUR"}


@dataclass
class Service:
    """The running example, and the two callers that it knows."""

    url: str
    bank: Any
    clients: list[httpx2.Client] = field(default_factory=list)

    def client(self, **headers: str) -> httpx2.Client:
        made = httpx2.Client(base_url=self.url, headers=headers, timeout=60)
        self.clients.append(made)
        return made

    @property
    def partner(self) -> httpx2.Client:
        return self.client(**PARTNER)

    @property
    def staff(self) -> httpx2.Client:
        return self.client(**STAFF)


@pytest.fixture
def start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Service]]:
    """Starts the example with settings; its bank takes `pause` seconds."""
    monkeypatch.setenv("PARTNER_KEY", "key")
    monkeypatch.setenv("STAFF_TOKEN", "token")
    ended: list[Any] = []
    with importable(ORDERS, "orders_service"):
        from handlers import OrdersHandlers  # type: ignore[import-not-found]
        from orders_service import create_app  # type: ignore[import-not-found]
        from orders_service import Settings, serving
        from shop import Bank, Shop  # type: ignore[import-not-found]

        def started(pause: float = 0.0, **settings: Any) -> Service:
            bank = Bank(pause=pause)
            database = f"sqlite:///{tmp_path}/{uuid4()}.db"
            usual = {"database_url": database, "development": True, "grace": 0.2}
            chosen = Settings(**{**usual, **settings})
            running = serving(create_app(OrdersHandlers(Shop(bank)), chosen))
            service = Service(running.__enter__(), bank)
            ended.append((running, service))
            return service

        yield started
        for running, service in ended:
            for client in service.clients:
                client.close()
            running.__exit__(None, None, None)
    for name in ("handlers", "shop"):
        sys.modules.pop(name, None)


def until_ended(http: httpx2.Client, job: dict[str, Any]) -> dict[str, Any]:
    """The job when it has ended."""
    while not job["done"]:
        path = f"/jobs/{job['id']}?wait=30&version={job['version']}"
        answer = http.get(path)
        job = answer.json() if answer.status_code == 200 else job
    return job


def until_running(http: httpx2.Client, job: dict[str, Any]) -> dict[str, Any]:
    """The job when it runs and has told of its first step."""
    while job["progress"] is None:
        job = http.get(f"/jobs/{job['id']}?wait=30&version={job['version']}").json()
    return job


# Submit


def test_a_202_says_where_everything_is(start: Callable[..., Service]) -> None:
    service = start(pause=5)
    answer = service.partner.post("/orders", json=LAMP)
    assert answer.status_code == 202
    job, head = answer.json(), answer.headers
    self = f"{service.url}/jobs/{job['id']}"
    assert head["operation-location"] == self
    assert head["location"] == f"{self}/result"
    assert head["retry-after"] == "1"
    assert head["cache-control"] == "no-store"
    assert f'<{self}>; rel="monitor"' in head["link"]
    assert f'<{self}/events>; rel="alternate"' in head["link"]
    assert 'type="text/event-stream"' in head["link"]
    assert "idempotency-replayed" not in head and "etag" not in head
    assert re.fullmatch(r"job_[\w-]{22}", job["id"])
    assert (job["operation"], job["status"], job["done"]) == (
        "placeOrder",
        "queued",
        False,
    )
    assert (job["attempt"], job["maxAttempts"], job["version"]) == (0, 5, 1)
    assert job["queue"] == {"ahead": 0} and job["progress"] is None
    assert job["started"] is job["finished"] is job["expires"] is None


def test_links_name_only_what_exists(start: Callable[..., Service]) -> None:
    service = start(pause=5)
    links = service.partner.post("/orders", json=LAMP).json()["links"]
    assert {"self", "result", "events", "cancel"} <= {*links}
    for name, url in links.items():
        method = "POST" if name in ("cancel", "ticket") else "HEAD"
        if name not in ("events", "socket"):
            status = service.partner.request(method, url).status_code
            assert status not in (404, 405) or method == "HEAD" and status == 405, name


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [("respond-async", "respond-async"), ("wait=1", None), (None, None)],
)
def test_a_preference_is_said_to_be_applied_only_if_there_was_one(
    start: Callable[..., Service], prefer: str | None, applied: str | None
) -> None:
    headers = {"Prefer": prefer} if prefer else {}
    answer = start().partner.post("/orders", json=LAMP, headers=headers)
    assert answer.status_code == 202
    assert answer.headers.get("preference-applied") == applied


def test_auto_answers_directly_and_still_has_a_job(
    start: Callable[..., Service],
) -> None:
    staff = start().staff
    body = {"orderId": str(uuid4()), "amount": MONEY}
    answer = staff.post("/refunds", json=body, headers={"Idempotency-Key": "a"})
    assert answer.status_code == 404
    assert answer.headers["job-status"] == "failed"
    job = staff.get(answer.headers["operation-location"]).json()
    assert job["operation"] == "createRefund" and job["status"] == "failed"


@pytest.mark.parametrize(
    ("prefer", "held"),
    [("respond-async", False), ("wait=0", False), ("respond-async, wait=1", True)],
)
def test_auto_holds_a_call_as_long_as_is_preferred(
    start: Callable[..., Service], prefer: str, held: bool
) -> None:
    service = start()
    order = placed(service)
    service.bank.pause = 30
    headers = {"Idempotency-Key": "a", "Prefer": prefer}
    body = {"orderId": order["id"], "amount": MONEY}
    answer = service.staff.post("/refunds", json=body, headers=headers)
    assert answer.status_code == 202
    assert answer.json()["status"] == ("running" if held else "queued")


def placed(service: Service) -> dict[str, Any]:
    """An order that was placed."""
    job = service.partner.post("/orders", json=LAMP).json()
    until_ended(service.partner, job)
    return dict(service.partner.get(f"/jobs/{job['id']}/result").json())


@pytest.mark.parametrize("url", ["ftp://a.example/", "http://user@a.example/"])
def test_a_callback_url_that_is_not_allowed_is_422_before_the_202(
    start: Callable[..., Service], url: str
) -> None:
    partner = start().partner
    answer = partner.post("/orders", json={**LAMP, "callbackUrl": url})
    assert answer.status_code == 422
    assert partner.get("/jobs").json()["jobs"] == []


@pytest.mark.parametrize(
    "url", ["http://a.example/", "https://127.0.0.1/", "https://a.example:22/"]
)
def test_without_the_development_setting_callbacks_go_out_to_https_only(
    start: Callable[..., Service], url: str
) -> None:
    partner = start(development=False).partner
    answer = partner.post("/orders", json={**LAMP, "callbackUrl": url})
    assert answer.status_code == 422


def test_urls_are_the_public_urls_and_a_host_that_is_not_ours_is_400(
    start: Callable[..., Service],
) -> None:
    service = start(public_url="https://shop.example/api")
    job = service.partner.post("/orders", json=LAMP).json()
    assert job["links"]["self"] == f"https://shop.example/api/jobs/{job['id']}"
    strange = service.partner.get("/orders", headers={"Host": "evil.example"})
    assert strange.status_code == 400
    assert strange.headers["content-type"] == "application/problem+json"
    ours = service.partner.get("/orders", headers={"Host": "shop.example"})
    assert ours.status_code == 200


# Status


def test_a_status_has_an_etag_and_is_not_kept(start: Callable[..., Service]) -> None:
    service = start(pause=30)
    job = service.partner.post("/orders", json=LAMP).json()
    answer = service.partner.get(f"/jobs/{job['id']}")
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
    assert answer.headers["cache-control"] == "no-store"
    assert int(answer.headers["retry-after"]) >= 1


def test_a_status_of_an_ended_job_asks_for_no_more_polls(
    start: Callable[..., Service],
) -> None:
    partner = start().partner
    job = until_ended(partner, partner.post("/orders", json=LAMP).json())
    answer = partner.get(f"/jobs/{job['id']}")
    assert "retry-after" not in answer.headers
    assert job["expires"] > job["finished"] >= job["started"] >= job["created"]


@pytest.mark.parametrize("by_header", [True, False])
def test_a_long_poll_ends_when_the_version_moves_or_in_304(
    start: Callable[..., Service], by_header: bool
) -> None:
    service = start(pause=1)

    def poll(job: dict[str, Any], wait: int) -> httpx2.Response:
        path, version = f"/jobs/{job['id']}", job["version"]
        if not by_header:
            return service.partner.get(f"{path}?wait={wait}&version={version}")
        headers = {"Prefer": f"wait={wait}", "If-None-Match": f'"{version}"'}
        return service.partner.get(path, headers=headers)

    job = until_running(
        service.partner, service.partner.post("/orders", json=LAMP).json()
    )
    moved = poll(job, 30)
    assert moved.status_code == 200 and moved.json()["version"] > job["version"]
    until_ended(service.partner, moved.json())
    service.bank.pause = 30
    slow = until_running(
        service.partner, service.partner.post("/orders", json=LAMP).json()
    )
    vain = poll(slow, 1)
    assert (vain.status_code, vain.content) == (304, b"")
    assert vain.headers["etag"] == f'"{slow["version"]}"'


def test_too_many_waiters_are_told_to_come_back(start: Callable[..., Service]) -> None:
    service = start(pause=30, max_waiters=1)
    job = until_ready(service)
    with service.partner.stream("GET", f"/jobs/{job['id']}/events") as first:
        frames = first.iter_bytes()  # kept: dropping it would close the stream
        next(frames)
        path = f"/jobs/{job['id']}?wait=1&version={job['version']}"
        turned_away = service.partner.get(path)
        while turned_away.status_code == 304:  # the stream had not sat down yet
            turned_away = service.partner.get(path)
        assert turned_away.status_code == 503
        assert int(turned_away.headers["retry-after"]) >= 1


def until_ready(service: Service) -> dict[str, Any]:
    """A job that runs, found without waiting for it."""
    job = service.partner.post("/orders", json=LAMP).json()
    while job["progress"] is None:
        sleep(0.01)
        job = service.partner.get(f"/jobs/{job['id']}").json()
    return dict(job)


# Result


def test_a_result_is_202_with_the_status_until_there_is_one(
    start: Callable[..., Service],
) -> None:
    service = start(pause=30)
    job = service.partner.post("/orders", json=LAMP).json()
    answer = service.partner.get(f"/jobs/{job['id']}/result")
    assert answer.status_code == 202 and answer.json()["id"] == job["id"]
    assert int(answer.headers["retry-after"]) >= 1


def test_a_result_is_the_declared_success_as_if_it_had_been_sync(
    start: Callable[..., Service],
) -> None:
    partner = start().partner
    job = until_ended(partner, partner.post("/orders", json=LAMP).json())
    answer = partner.get(f"/jobs/{job['id']}/result")
    assert answer.status_code == 201 and answer.json()["item"] == "lamp"
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["job-status"] == "succeeded"


def test_a_declared_error_is_the_jobs_own_answer(start: Callable[..., Service]) -> None:
    partner = start().partner
    dear = {"item": "desk", "quantity": 1000}
    job = until_ended(partner, partner.post("/orders", json=dear).json())
    answer = partner.get(f"/jobs/{job['id']}/result")
    assert (answer.status_code, answer.json()) == (402, {"title": "Card declined"})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["job-status"] == job["status"]


def test_a_handler_that_breaks_fails_its_job_with_code_and_problem(
    start: Callable[..., Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    service = start()
    service.bank.limit = "not a number"
    job = service.partner.post("/orders", json=LAMP).json()
    job = service.partner.get(f"/jobs/{job['id']}?wait=1&version=3").json()
    assert job["status"] in ("running", "queued") and job["attempt"] >= 1
    answer = service.partner.post(f"/jobs/{job['id']}/cancel")
    ended = until_ended(service.partner, answer.json())
    assert ended["error"]["code"] == "canceled"


def test_a_canceled_job_has_an_error_and_its_result_is_409(
    start: Callable[..., Service],
) -> None:
    service = start(pause=30)
    job = until_running(
        service.partner, service.partner.post("/orders", json=LAMP).json()
    )
    answer = service.partner.post(f"/jobs/{job['id']}/cancel")
    assert answer.status_code == 202 and answer.json()["cancelRequested"] is True
    ended = until_ended(service.partner, answer.json())
    assert ended["status"] == "canceled"
    assert {"code", "message", "title", "status"} <= {*ended["error"]}
    result = service.partner.get(f"/jobs/{job['id']}/result")
    assert result.status_code == 409 and "job-status" not in result.headers
    assert result.headers["content-type"] == "application/problem+json"


@pytest.mark.slow  # what has expired is swept away once a minute
def test_a_purged_job_is_410_and_then_404(start: Callable[..., Service]) -> None:
    service = start(retention=0.2, tombstones=2.0)
    partner = service.partner
    job = until_ended(partner, partner.post("/orders", json=LAMP).json())
    seen: list[int] = []
    while 404 not in seen:
        seen.append(partner.get(f"/jobs/{job['id']}/result").status_code)
        sleep(0.02)
    assert list(dict.fromkeys(seen))[-2:] == [410, 404]


def test_an_unknown_job_and_anothers_are_the_same_404(
    start: Callable[..., Service],
) -> None:
    service = start(pause=30)
    id = service.partner.post("/orders", json=LAMP).json()["id"]
    for path in ("", "/result", "/events", "/deliveries"):
        others = service.staff.get(f"/jobs/{id}{path}")
        unknown = service.staff.get(f"/jobs/job_{'x' * 22}{path}")
        assert others.status_code == unknown.status_code == 404
        assert others.content == unknown.content
    assert service.staff.post(f"/jobs/{id}/cancel").status_code == 404
    assert service.staff.delete(f"/jobs/{id}").status_code == 404
    assert service.client().get(f"/jobs/{id}").status_code == 401


# Events


def events(http: httpx2.Client, path: str, **headers: str) -> list[Any]:
    with http.stream("GET", path, headers=headers) as answer:
        assert answer.headers["x-accel-buffering"] == "no"
        assert answer.headers["content-type"].startswith("text/event-stream")
        return list(EventSource(answer).iter_sse())  # type: ignore[arg-type]


def test_the_events_of_a_job_end_with_its_end_and_then_are_204(
    start: Callable[..., Service],
) -> None:
    partner = start(pause=0.2).partner
    path = f"/jobs/{partner.post('/orders', json=LAMP).json()['id']}/events"
    found = events(partner, path)
    names = [one.event for one in found]
    assert names[-1] == "job.succeeded" and "job.progress" in names
    assert [one.id for one in found] == sorted({one.id for one in found}, key=int)
    assert all(str(one.json()["version"]) == one.id for one in found)
    assert {one.retry for one in found} <= {2000, None}
    resumed = events(partner, path, **{"Last-Event-ID": found[-2].id})
    assert [one.id for one in resumed] == [found[-1].id]
    assert partner.get(f"{path}?lastEventId={found[-1].id}").status_code == 204


def test_a_ticket_opens_the_events_once(start: Callable[..., Service]) -> None:
    service = start()
    job = until_ended(
        service.partner, service.partner.post("/orders", json=LAMP).json()
    )
    made = service.partner.post(f"/jobs/{job['id']}/ticket")
    assert made.status_code == 201 and made.json()["expiresIn"] == 60
    browser = service.client()
    assert browser.get(made.json()["url"]).status_code == 200
    assert browser.get(made.json()["url"]).status_code == 401


def test_all_events_of_a_caller_have_one_rising_sequence(
    start: Callable[..., Service],
) -> None:
    service = start()
    with service.partner.stream("GET", "/events") as answer:
        ids = {service.partner.post("/orders", json=LAMP).json()["id"] for _ in "ab"}
        service.staff.post("/orders", json=LAMP)
        seen: list[Any] = []
        for event in EventSource(answer).iter_sse():  # type: ignore[arg-type]
            seen.append(event)
            if [one.event for one in seen].count("job.succeeded") == 2:
                break
    assert {one.json()["id"] for one in seen} == ids
    numbers = [int(one.id) for one in seen]
    assert numbers == sorted(set(numbers))


# Cancel, delete, list


def test_cancel_is_200_409_and_again_200(start: Callable[..., Service]) -> None:
    service = start(pause=30, workers=1)
    partner = service.partner
    first = until_running(partner, partner.post("/orders", json=LAMP).json())
    queued = partner.post("/orders", json=LAMP).json()
    for _ in range(2):
        answer = partner.post(f"/jobs/{queued['id']}/cancel")
        assert answer.status_code == 200 and answer.json()["status"] == "canceled"
    partner.post(f"/jobs/{first['id']}/cancel")
    service.bank.pause = 0
    ended = until_ended(partner, partner.post("/orders", json=LAMP).json())
    assert partner.post(f"/jobs/{ended['id']}/cancel").status_code == 409


def test_delete_cancels_what_is_active_and_purges_what_has_ended(
    start: Callable[..., Service],
) -> None:
    service = start(pause=30)
    partner = service.partner
    job = until_running(partner, partner.post("/orders", json=LAMP).json())
    assert partner.delete(f"/jobs/{job['id']}").status_code == 202
    assert until_ended(partner, job)["status"] == "canceled"
    assert partner.delete(f"/jobs/{job['id']}").status_code == 204
    assert partner.get(f"/jobs/{job['id']}").status_code == 410


def test_the_list_is_the_callers_own_newest_first_by_pages(
    start: Callable[..., Service],
) -> None:
    service = start()
    partner = service.partner
    ids = [partner.post("/orders", json=LAMP).json()["id"] for _ in range(5)]
    service.staff.post("/orders", json=LAMP)
    seen, cursor = [], ""
    while cursor is not None:
        query = f"&cursor={cursor}" if cursor else ""
        page = partner.get(f"/jobs?limit=2&operation=placeOrder{query}").json()
        seen += [one["id"] for one in page["jobs"]]
        cursor = page["cursor"]
    assert seen == ids[::-1]
    assert partner.get("/jobs?status=failed").json()["jobs"] == []
    for query in ("status=lost", "limit=0", "limit=x", "cursor=x"):
        assert partner.get(f"/jobs?{query}").status_code == 422
    assert service.client().get("/jobs").status_code == 401


# Idempotency


def test_the_same_key_and_request_is_the_same_job(
    start: Callable[..., Service],
) -> None:
    partner = start(pause=0).partner
    headers = {"Idempotency-Key": '"a"'}
    first = partner.post("/orders", json=LAMP, headers=headers)
    until_ended(partner, first.json())
    reordered = b'{"quantity": 2,   "item": "lamp"}'
    headers = {"Idempotency-Key": "a", "Content-Type": "application/json"}
    again = partner.post("/orders", content=reordered, headers=headers)
    assert again.status_code == 202 and again.json()["id"] == first.json()["id"]
    assert again.json()["status"] == "succeeded"
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers


def test_a_key_with_another_request_is_422_and_a_missing_or_bad_one_400(
    start: Callable[..., Service],
) -> None:
    service = start()
    headers = {"Idempotency-Key": "a"}
    service.partner.post("/orders", json=LAMP, headers=headers)
    other = service.partner.post(
        "/orders", json={**LAMP, "quantity": 3}, headers=headers
    )
    assert other.status_code == 422
    refund = {"orderId": str(uuid4()), "amount": MONEY}
    assert service.staff.post("/refunds", json=refund).status_code == 400
    headers = {"Idempotency-Key": "a\tb"}
    assert (
        service.partner.post("/orders", json=LAMP, headers=headers).status_code == 400
    )
    staffs = service.staff.post("/orders", json=LAMP, headers={"Idempotency-Key": "a"})
    assert "idempotency-replayed" not in staffs.headers


# Callbacks and webhooks


class Sink(BaseHTTPRequestHandler):
    """Keeps what is sent to it."""

    arrived: Queue[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.arrived.put((headers, body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def sink() -> Iterator[tuple[str, Queue[tuple[dict[str, str], bytes]]]]:
    kind = type("Here", (Sink,), {"arrived": Queue()})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", kind.arrived  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()


def test_a_callback_carries_the_result_signed_with_the_owners_secret(
    start: Callable[..., Service], sink: Any
) -> None:
    url, arrived = sink
    service = start()
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    body = {**LAMP, "callbackUrl": url}
    sent = service.partner.post("/orders", json=body, headers={"traceparent": trace})
    headers, body = arrived.get(timeout=30)
    assert headers["webhook-event"] == "placeOrder.placed"
    assert headers["webhook-id"].startswith("evt_")
    assert headers["traceparent"].split("-")[1] == trace.split("-")[1]
    secret = service.partner.get("/callback-secret").json()["secret"]
    order = Webhook(secret).verify(body, headers)
    result = service.partner.get(f"/jobs/{sent.json()['id']}/result").json()
    assert order == result
    path = f"/jobs/{sent.json()['id']}/deliveries"
    (told,) = service.partner.get(path).json()["deliveries"]
    assert told["webhookId"] == headers["webhook-id"]


def test_a_declared_error_is_called_back_too(
    start: Callable[..., Service], sink: Any
) -> None:
    url, arrived = sink
    dear = {"item": "desk", "quantity": 1000, "callbackUrl": url}
    start().partner.post("/orders", json=dear)
    headers, _ = arrived.get(timeout=30)
    assert headers["webhook-event"] == "placeOrder.refused"
    assert headers["content-type"] == "application/problem+json"


def test_an_operation_without_callbacks_tells_the_end_to_the_header_callback_url(
    start: Callable[..., Service], sink: Any
) -> None:
    url, arrived = sink
    staff = start().staff
    body = {"orderId": str(uuid4()), "amount": MONEY}
    headers = {"Idempotency-Key": "a", "Callback-Url": url}
    staff.post("/refunds", json=body, headers=headers)
    headers, told = arrived.get(timeout=30)
    assert headers["webhook-event"] == "job.failed"  # there is no such order
    secret = staff.get("/callback-secret").json()["secret"]
    notice = Webhook(secret).verify(told, headers)
    assert notice["type"] == "job.failed"
    assert notice["data"]["operation"] == "createRefund"


def test_a_subscription_hears_with_a_secret_that_is_shown_once(
    start: Callable[..., Service], sink: Any
) -> None:
    url, arrived = sink
    service = start()
    wanted = {"url": url, "events": ["orderPlaced"]}
    made = service.partner.post("/webhooks", json=wanted)
    assert made.status_code == 201
    assert made.headers["location"].endswith(f"/webhooks/{made.json()['id']}")
    headers, body = arrived.get(timeout=30)
    assert headers["webhook-event"] == "webhook.ping"
    Webhook(made.json()["secret"]).verify(body, headers)
    placed(service)
    headers, body = arrived.get(timeout=30)
    assert headers["webhook-event"] == "orderPlaced"
    Webhook(made.json()["secret"]).verify(body, headers)
    path = f"/webhooks/{made.json()['id']}"
    assert "secret" not in service.partner.get(path).json()
    assert service.staff.get(path).status_code == 404
    told, _ = service.partner.get(f"{path}/deliveries").json()["deliveries"]
    again = service.partner.post(f"/deliveries/{told['id']}/redeliver")
    assert again.status_code == 202
    assert arrived.get(timeout=30)[0]["webhook-id"] == headers["webhook-id"]
    assert service.staff.post(f"/deliveries/{told['id']}/redeliver").status_code == 404
    assert service.partner.delete(path).status_code == 204


# Back-pressure and problems


def test_a_caller_over_its_limit_is_429_with_retry_after(
    start: Callable[..., Service],
) -> None:
    partner = start(pause=30, max_jobs_per_caller=2).partner
    answers = [partner.post("/orders", json=LAMP) for _ in range(3)]
    assert [one.status_code for one in answers] == [202, 202, 429]
    assert int(answers[2].headers["retry-after"]) >= 1
    assert answers[2].json()["code"] == "over_quota"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("PATCH", "/orders", 405),
        ("GET", "/orders/not-a-uuid", 422),
        ("GET", "/jobs/unknown", 404),
    ],
)
def test_every_error_is_a_problem(
    start: Callable[..., Service], method: str, path: str, status: int
) -> None:
    answer = start().partner.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
