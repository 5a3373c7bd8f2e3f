"""The hand-written service as a running program: what callers get to see."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import httpx2
import pytest
from wished_running import Running, assemble

SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
ITEM = "12345678-1234-1234-1234-123456789012"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return assemble(tmp_path_factory.mktemp("wished"))


@pytest.fixture(scope="module")
def service(project: Path) -> Iterator[Running]:
    with Running(project, project / "shared.db", MAX_BODY="100k") as running:
        yield running


@pytest.fixture
def http(service: Running) -> Iterator[httpx2.Client]:
    with service.client() as client:
        yield client


def submit(http: httpx2.Client, **body: Any) -> dict[str, Any]:
    response = http.post("/reports", json={"rows": 3, **body})
    assert response.status_code == 202, response.text
    found: dict[str, Any] = response.json()
    return found


def ended(http: httpx2.Client, job: dict[str, Any]) -> dict[str, Any]:
    """The status of a job when it has ended."""
    until = time.monotonic() + 20
    while not job["done"]:
        assert time.monotonic() < until
        headers = {"Prefer": "wait=5", "If-None-Match": f'"{job["version"]}"'}
        response = http.get(job["links"]["self"], headers=headers)
        if response.status_code == 200:
            job = response.json()
    return job


# The program


def test_the_banner_says_where_it_listens(service: Running) -> None:
    pattern = (
        r"Wished 1\.0\.0   http://127\.0\.0\.1:\d+   docs /docs   "
        r"13 operations \(3 async\)   4 workers   sqlite:///.*shared\.db"
    )
    assert re.fullmatch(pattern, service.banner)


def test_it_tells_whether_it_is_ready(http: httpx2.Client) -> None:
    assert http.get("/healthz").text == "ok\n"
    assert http.get("/readyz").status_code == 200


def test_a_bad_setting_is_one_line_and_exit_2(project: Path, tmp_path: Path) -> None:
    with Running(project, tmp_path / "a.db", LEASE="soon") as running:
        assert running.wait(20) == 2
    assert running.log.startswith("LEASE='soon': expected a duration such as")
    assert running.log.count("\n") == 1


def test_an_unknown_mode_is_exit_2(project: Path, tmp_path: Path) -> None:
    with Running(project, tmp_path / "a.db", "sevre") as running:
        assert running.wait(20) == 2
    assert running.log.startswith("usage: python app.py [serve|api|worker]")


def test_a_taken_port_is_one_line_and_exit_1(project: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with Running(project, tmp_path / "a.db", PORT=port) as running:
            assert running.wait(20) == 1
    assert running.log == f"cannot listen on 127.0.0.1:{port}: Address already in use\n"


def test_an_unusable_database_is_said_and_ends_the_program(
    project: Path, tmp_path: Path
) -> None:
    with Running(project, tmp_path / "no" / "such" / "a.db") as running:
        assert running.wait(20) != 0
    assert "a.db" in running.log
    assert running.log.startswith("cannot start: ") and running.log.count("\n") == 1


# Synchronous operations


def test_parameters_of_every_place_arrive(http: httpx2.Client) -> None:
    response = http.get(
        f"/items/{ITEM}?tags=a&tags=b%2Cc&limit=3&fields=x%7Cy"
        "&filter%5Bcolor%5D=red&filter[sizes]=1&filter[sizes]=2",
        headers={"X-Trace": "t1", "Cookie": "other=1; session=s%201"},
    )
    assert response.json() == {
        "id": ITEM,
        "limit": 3,
        "tags": ["a", "b,c"],
        "fields": ["x", "y"],
        "filter": {"color": "red", "sizes": [1, 2]},
        "trace": "t1",
        "session": "s 1",
    }


def test_a_default_stands_for_an_absent_parameter(http: httpx2.Client) -> None:
    assert http.get(f"/items/{ITEM}?tags=a").json()["limit"] == 10


def test_every_violation_is_told_at_once(http: httpx2.Client) -> None:
    response = http.get("/items/12?limit=many")
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert [
        (one["parameter"], one["in"], one["code"]) for one in response.json()["errors"]
    ] == [
        ("itemId", "path", "format"),
        ("tags", "query", "missing"),
        ("limit", "query", "int_type"),
    ]


def test_a_violation_in_a_body_has_its_pointer(http: httpx2.Client) -> None:
    body = {
        "name": "",
        "price": 1,
        "parts": [{"partNumber": 1}, {"partNumber": "x"}, {}],
    }
    response = http.post("/items", json=body)
    assert response.status_code == 422
    assert [one["pointer"] for one in response.json()["errors"]] == [
        "#/name",
        "#/parts/1/partNumber",
        "#/parts/2/partNumber",
    ]


def test_broken_json_is_400_with_the_place(http: httpx2.Client) -> None:
    headers = {"Content-Type": "application/json"}
    response = http.post("/items", content=b'{"name":\n oops}', headers=headers)
    assert response.status_code == 400
    assert "line 2 column 2" in response.json()["detail"]


def test_an_undeclared_content_type_is_415(http: httpx2.Client) -> None:
    response = http.post("/items", data={"name": "a"})
    assert response.status_code == 415
    assert response.headers["accept"] == "application/json"


def test_a_large_body_is_413_announced_or_not(http: httpx2.Client) -> None:
    headers = {"Content-Type": "application/json"}
    assert (
        http.post("/items", content=b" " * 102_401, headers=headers).status_code == 413
    )

    def pieces() -> Iterator[bytes]:
        for _ in range(11):
            yield b" " * 10_240

    assert http.post("/items", content=pieces(), headers=headers).status_code == 413


def test_declared_status_and_headers_go_out(http: httpx2.Client) -> None:
    response = http.post("/items", json={"name": "a", "price": 1.5})
    assert response.status_code == 201
    assert response.headers["location"] == "/items/a"
    assert response.headers["x-remaining"] == "7"
    assert response.json() == {"name": "a", "price": 1.5}


def test_a_declared_error_is_returned(http: httpx2.Client) -> None:
    response = http.get(f"/items/{'0' * 8}-0000-0000-0000-{'0' * 12}?tags=a")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {"title": "No such item"}


def test_each_of_several_successes_is_answered(http: httpx2.Client) -> None:
    note = {"text": "a"}
    statuses = [
        http.put("/notes/a%2Fb", json=note).status_code,
        http.put("/notes/a%2Fb", json=note).status_code,
        http.put("/notes/a%2Fb", json={"text": "b"}).status_code,
        http.put("/notes/a%2Fb").status_code,
    ]
    assert statuses == [201, 204, 200, 418]


def test_an_exception_tells_nothing(service: Running, http: httpx2.Client) -> None:
    response = http.get(f"/items/{ITEM}?tags=a&limit=13")
    assert response.status_code == 500
    assert response.json() == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
    }
    assert service.says("a secret of the machine room")


def test_text_and_binary_bodies(http: httpx2.Client) -> None:
    photo = bytes(range(256))
    headers = {"Content-Type": "image/webp"}
    assert http.put("/photos/p1", content=photo, headers=headers).status_code == 204
    response = http.get("/photos/p1")
    assert response.headers["content-type"] == "image/png"
    assert response.content == photo
    latin = {"Content-Type": "text/plain; charset=latin-1"}
    assert http.post("/shout", content="é".encode("latin-1"), headers=latin).text == "É"
    assert http.post("/shout", json={"text": "a"}).json() == {"text": "A"}


def test_a_form_and_a_path_with_a_suffix(http: httpx2.Client) -> None:
    fine = http.post("/people/Ann%3A%2F:greet", data={"name": "x", "times": "2"})
    assert fine.status_code == 204
    bad = http.post("/people/ann:greet", data={"times": "two"})
    assert {one["pointer"] for one in bad.json()["errors"]} == {"#/name", "#/times"}


def test_an_upload_with_files(http: httpx2.Client) -> None:
    response = http.post(
        "/photos",
        data={
            "caption": "me",
            "rating": "5",
            "labels": ["a", "b"],
            "place": '{"latitude": 1.5, "longitude": 2}',
        },
        files=[
            ("photo", ("me.png", b"\r\n--png\x00", "image/png")),
            ("more", ("2.png", b"2", "image/png")),
            ("more", ("3.png", b"3", "image/png")),
        ],
    )
    assert response.status_code == 201, response.text
    assert response.json() == {
        "name": "me.png",
        "size": 8,
        "files": 3,
        "caption": "me",
        "rating": 5,
        "labels": ["a", "b"],
        "place": {"latitude": 1.5, "longitude": 2.0},
    }


def test_wrong_fields_of_an_upload_are_pointed_at(http: httpx2.Client) -> None:
    files = {"photo": ("me.png", b"x")}
    response = http.post("/photos", data={"rating": "much"}, files=files)
    assert response.status_code == 422
    assert [one["pointer"] for one in response.json()["errors"]] == ["#/rating"]


# The router


def test_a_method_that_is_not_there_is_405_with_the_others(http: httpx2.Client) -> None:
    response = http.request("PATCH", "/photos/a")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, PUT"
    assert response.json()["title"] == "Method Not Allowed"


def test_head_is_get_without_its_body(http: httpx2.Client) -> None:
    response = http.head("/photos/a%20b")
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-length"] == "3"


def test_an_unknown_path_is_a_problem(http: httpx2.Client) -> None:
    response = http.get("/nowhere")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


# Hosts


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:1234", 200),
        ("[::1]:8000", 200),
        ("127.0.0.9", 200),
        ("api.example.com", 400),
        ("localhost.example.com", 400),
        ("user@localhost", 400),
        ("localhost/evil", 400),
        ("localhost:port", 400),
        ("", 400),
    ],
)
def test_a_host_must_be_ours(http: httpx2.Client, host: str, status: int) -> None:
    assert http.get("/photos/a", headers={"Host": host}).status_code == status


def test_a_health_check_may_name_any_host(http: httpx2.Client) -> None:
    assert http.get("/healthz", headers={"Host": "10.0.0.7:80"}).status_code == 200


def test_urls_follow_the_public_url(project: Path, tmp_path: Path) -> None:
    public = "https://api.example.com/v1"
    with Running(project, tmp_path / "a.db", PUBLIC_URL=public) as running:
        assert f"as {public}   docs" in running.banner
        with running.client() as http:
            response = http.post(
                "/reports", json={"rows": 1}, headers={"Host": "api.example.com"}
            )
    assert response.headers["location"].startswith(f"{public}/jobs/job_")
    assert response.json()["links"]["self"].startswith(f"{public}/jobs/job_")


# Submit, status, result


def test_curl_gets_a_202_with_everything(service: Running) -> None:
    command = ["curl", "-si", f"{service.url}/reports", "-d", '{"rows": 2}']
    command += ["-H", "content-type: application/json", "-H", "prefer: respond-async"]
    head, _, body = subprocess.run(
        command, capture_output=True, text=True, check=True
    ).stdout.partition("\n\n")
    assert head.startswith("HTTP/1.1 202 Accepted\n")
    found = dict(line.split(": ", 1) for line in head.splitlines()[1:])
    job = found["operation-location"]
    assert re.fullmatch(rf"{service.url}/jobs/job_[\w-]{{22}}", job)
    assert found["location"] == f"{job}/result"
    assert found["retry-after"] == "1"
    assert found["preference-applied"] == "respond-async"
    assert found["cache-control"] == "no-store"
    assert found["link"] == (
        f'<{job}>; rel="monitor",'
        f' <{job}/events>; rel="alternate"; type="text/event-stream"'
    )
    assert '"status":"queued","done":false' in body
    assert f'"self":"{job}"' in body


def test_a_job_goes_from_202_to_its_result(http: httpx2.Client) -> None:
    job = submit(http)
    assert job["maxAttempts"] == 2 and job["version"] == 1
    status = ended(http, job)
    assert status["status"] == "succeeded" and status["done"]
    assert status["progress"] == {"done": 3, "total": 3, "message": "done"}
    assert status["finished"].endswith("Z") and status["expires"] > status["finished"]
    result = http.get(status["links"]["result"])
    assert result.status_code == 201
    assert result.headers["job-status"] == "succeeded"
    assert result.json() == {"rows": 3, "attempt": 1}


def test_an_async_call_is_validated_before_the_202(http: httpx2.Client) -> None:
    response = http.post("/reports", json={"rows": 0})
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "#/rows"


def test_kept_headers_reach_the_worker(http: httpx2.Client) -> None:
    response = http.post(
        "/reports", json={"rows": 1, "seconds": 0.3}, headers={"X-Tenant": "t7"}
    )
    status = http.get(
        response.headers["operation-location"] + "?wait=5&version=2"
    ).json()
    assert status["progress"]["message"] == "t7"


def test_a_result_that_is_not_there_is_202_with_the_status(http: httpx2.Client) -> None:
    job = submit(http, seconds=0.5)
    result = http.get(job["links"]["result"])
    assert result.status_code == 202
    assert result.headers["retry-after"] == "1"
    assert result.json()["id"] == job["id"]
    assert ended(http, job)["status"] == "succeeded"


def test_a_declared_error_is_the_result_of_a_failed_job(http: httpx2.Client) -> None:
    job = ended(http, submit(http, outcome="refused"))
    assert job["status"] == "failed"
    assert job["error"]["status"] == 402 and job["error"]["title"] == "Not paid"
    result = http.get(job["links"]["result"])
    assert result.status_code == 402
    assert result.headers["job-status"] == "failed"
    assert result.headers["retry-after"] == "60"
    assert result.json() == {"title": "Not paid", "balance": 1.5}


def test_an_undeclared_failure_is_a_problem(http: httpx2.Client) -> None:
    job = ended(http, submit(http, outcome="broken"))
    assert job["error"]["code"] == "out_of_paper"
    result = http.get(job["links"]["result"])
    assert result.status_code == 507
    assert result.headers["content-type"] == "application/problem+json"
    assert result.json()["detail"] == "There is no paper left"


def test_a_long_poll_answers_as_soon_as_something_happens(http: httpx2.Client) -> None:
    job = submit(http, seconds=0.4)
    running = http.get(job["links"]["self"] + "?wait=5&version=2").json()
    assert running["status"] == "running"
    headers = {"Prefer": "wait=20", "If-None-Match": f'"{running["version"]}"'}
    response = http.get(job["links"]["self"], headers=headers)
    assert response.status_code == 200
    assert response.json()["version"] > running["version"]
    assert response.headers["etag"] == f'"{response.json()["version"]}"'
    ended(http, response.json())


def test_a_long_poll_for_more_than_comes_answers_at_the_end(
    http: httpx2.Client,
) -> None:
    job = submit(http, seconds=0.4)
    response = http.get(job["links"]["self"] + "?wait=60&version=99")
    assert response.status_code == 200
    assert response.json()["status"] == "succeeded"


def test_a_long_poll_in_vain_is_304(http: httpx2.Client) -> None:
    job = submit(http, seconds=4)
    version = http.get(job["links"]["self"] + "?wait=5&version=2").json()["version"]
    response = http.get(job["links"]["self"] + f"?wait=1&version={version}")
    assert response.status_code == 304
    http.delete(job["links"]["self"])


def test_a_status_that_is_known_is_304(http: httpx2.Client) -> None:
    job = ended(http, submit(http))
    known = {"If-None-Match": f'"{job["version"]}"'}
    assert http.get(job["links"]["self"], headers=known).status_code == 304
    known["Prefer"] = "wait=30"
    assert http.get(job["links"]["self"], headers=known).status_code == 304
    other = {"If-None-Match": '"1"'}
    assert http.get(job["links"]["self"], headers=other).status_code == 200


def test_any_tag_of_a_condition_may_name_the_status(http: httpx2.Client) -> None:
    job = ended(http, submit(http))
    for known in ("*", f'"1", W/"{job["version"]}"'):
        headers = {"If-None-Match": known}
        assert http.get(job["links"]["self"], headers=headers).status_code == 304


def test_a_status_that_nobody_has_seen_yet_is_no_reason_to_wait(
    http: httpx2.Client,
) -> None:
    job = submit(http, seconds=4)
    headers = {"Prefer": "wait=60", "If-None-Match": '"2684"'}
    response = http.get(job["links"]["self"], headers=headers)
    assert response.status_code == 200
    assert response.json()["done"] is False
    http.delete(job["links"]["self"])


def test_an_auto_operation_answers_directly_when_it_is_quick(
    http: httpx2.Client,
) -> None:
    response = http.post("/quotes", json={"rows": 2})
    assert response.status_code == 200
    assert response.json() == {"rows": 2, "attempt": 1}
    assert "/jobs/job_" in response.headers["operation-location"]
    assert response.headers["job-status"] == "succeeded"


@pytest.mark.parametrize(
    ("prefer", "status"),
    [
        ("respond-async", "queued"),
        ("", "running"),
        ("respond-async, wait=9", "running"),
    ],
)
def test_an_auto_operation_is_held_as_long_as_preferred(
    http: httpx2.Client, prefer: str, status: str
) -> None:
    """Who is answered at once sees the job as it was accepted, who is held sees it run."""
    response = http.post(
        "/quotes", json={"rows": 2, "seconds": 5}, headers={"Prefer": prefer}
    )
    assert response.status_code == 202
    assert response.json()["status"] == status
    http.delete(response.headers["operation-location"])


def test_an_auto_call_whose_job_is_canceled_is_told_so_and_of_the_job(
    http: httpx2.Client,
) -> None:
    headers = {"Idempotency-Key": "stopped", "Prefer": "respond-async"}
    body = {"rows": 2, "seconds": 30}
    job = http.post("/quotes", json=body, headers=headers).json()
    http.post(job["links"]["cancel"])
    assert ended(http, job)["status"] == "canceled"
    again = http.post("/quotes", json=body, headers={"Idempotency-Key": "stopped"})
    assert (again.status_code, again.json()["code"]) == (409, "canceled")
    assert again.headers["operation-location"] == job["links"]["self"]


def test_an_answer_is_whole_when_its_call_comes_again(http: httpx2.Client) -> None:
    """Who does not want to wait is told of the job, never handed an answer without its body."""

    def call(prefer: str) -> httpx2.Response:
        headers = {"Idempotency-Key": "twice", "Prefer": prefer}
        return http.post("/quotes", json={"rows": 2}, headers=headers)

    first, again, later = call("wait=1"), call("wait=1"), call("respond-async")
    assert (first.status_code, first.json()) == (200, {"rows": 2, "attempt": 1})
    assert (again.status_code, again.json()) == (200, first.json())
    assert (later.status_code, later.json()["status"]) == (202, "succeeded")


# Cancel, delete, list


def test_a_running_job_can_be_canceled(http: httpx2.Client) -> None:
    job = submit(http, seconds=30)
    http.get(job["links"]["self"] + "?wait=5&version=2")
    response = http.post(job["links"]["cancel"])
    assert response.status_code == 202
    assert response.json()["cancelRequested"] is True
    status = ended(http, response.json())
    assert status["status"] == "canceled" and status["error"]["code"] == "canceled"
    assert http.get(job["links"]["result"]).status_code == 409
    assert http.post(job["links"]["cancel"]).status_code == 200


def test_a_job_that_has_ended_cannot_be_canceled(http: httpx2.Client) -> None:
    job = ended(http, submit(http))
    assert http.post(job["links"]["cancel"]).status_code == 409


def test_a_deleted_job_is_gone_for_good(http: httpx2.Client) -> None:
    job = ended(http, submit(http))
    assert http.delete(job["links"]["self"]).status_code == 204
    assert http.get(job["links"]["self"]).status_code == 410
    assert http.get(job["links"]["result"]).status_code == 410


# Idempotency


def test_fifty_calls_with_one_key_are_one_job(service: Running) -> None:
    bodies = ('{"rows": 1, "seconds": 0.1}', '{"seconds":0.1,"rows":1}')

    with service.client(**{"Content-Type": "application/json"}) as http:

        def call(number: int) -> httpx2.Response:
            headers = {"Idempotency-Key": '"fifty"'}
            return http.post("/reports", content=bodies[number % 2], headers=headers)

        with ThreadPoolExecutor(50) as pool:
            responses = list(pool.map(call, range(50)))
    assert {response.status_code for response in responses} == {202}
    assert len({response.json()["id"] for response in responses}) == 1
    replayed = Counter("idempotency-replayed" in one.headers for one in responses)
    assert replayed == {True: 49, False: 1}


def test_a_key_belongs_to_one_request(http: httpx2.Client) -> None:
    headers = {"Idempotency-Key": "mine"}
    assert http.post("/reports", json={"rows": 1}, headers=headers).status_code == 202
    other = http.post("/reports", json={"rows": 2}, headers=headers)
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"


@pytest.mark.parametrize("path", ["/reports", "/quotes"])
def test_a_key_whose_job_is_gone_is_410_and_no_empty_answer(
    http: httpx2.Client, path: str
) -> None:
    def call() -> httpx2.Response:
        headers = {"Idempotency-Key": "gone", "Prefer": "wait=1"}
        return http.post(path, json={"rows": 1}, headers=headers)

    status = call().headers["operation-location"]
    ended(http, http.get(status).json())
    assert http.delete(status).status_code == 204
    again = call()
    assert again.status_code == 410
    assert again.json()["detail"] == "The job is past its retention"


def test_a_bad_key_is_400(http: httpx2.Client) -> None:
    headers = {"Idempotency-Key": "x" * 256}
    assert http.post("/reports", json={"rows": 1}, headers=headers).status_code == 400


# Access


def test_both_schemes_of_a_requirement_are_needed(http: httpx2.Client) -> None:
    bearer = {"Authorization": "Bearer alice+secrets:read"}
    key = {"X-App-Key": "k1"}
    assert http.get("/secrets/s", headers=bearer).status_code == 401
    assert http.get("/secrets/s", headers=key).status_code == 401
    assert http.get("/secrets/s", headers={**bearer, **key}).json()["caller"] == "alice"
    assert (
        http.get("/secrets/s", auth=("carol", "swordfish")).json()["caller"] == "carol"
    )
    assert http.get("/secrets/s", auth=("carol", "x")).status_code == 401


def test_a_401_says_how_to_come_in(http: httpx2.Client) -> None:
    response = http.get("/secrets/s", headers={"Authorization": "Bearer mallory"})
    assert response.headers["www-authenticate"] == (
        'Bearer error="invalid_token", ApiKey in="header", name="X-App-Key",'
        ' Basic realm="api", charset="UTF-8"'
    )


def test_missing_scopes_are_403(http: httpx2.Client) -> None:
    headers = {"Authorization": "Bearer alice", "X-App-Key": "k1"}
    response = http.get("/secrets/s", headers=headers)
    assert response.status_code == 403
    assert "secrets:read" in response.json()["detail"]


@pytest.mark.parametrize("token", ["broken", "true"])
def test_access_fails_closed(http: httpx2.Client, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    assert http.get("/door", headers=headers).status_code == 500
    assert http.post("/exports", headers=headers).status_code == 500


def test_an_optional_scheme_is_optional(http: httpx2.Client) -> None:
    assert http.get("/door").text == "nobody"
    assert http.get("/door", headers={"Authorization": "bearer bob"}).text == "bob"


def test_jobs_belong_to_their_caller(service: Running, http: httpx2.Client) -> None:
    alice, bob = (
        service.client(Authorization=f"Bearer {who}") for who in ("alice", "bob")
    )
    with alice, bob:
        assert alice.post("/exports").status_code == 400
        job = alice.post("/exports", headers={"Idempotency-Key": "e1"}).json()
        status = ended(alice, job)
        assert status["status"] == "succeeded"
        assert alice.get(job["links"]["result"]).json() == {"rows": 5, "attempt": 1}
        for link in ("self", "result", "events"):
            foreign, unknown = (
                bob.get(job["links"][link]),
                bob.get(job["links"][link].replace(job["id"], "job_nothing")),
            )
            assert foreign.status_code == unknown.status_code == 404
            assert foreign.content == unknown.content
            assert http.get(job["links"][link]).status_code == 401
        assert bob.post(job["links"]["cancel"]).status_code == 404
        assert bob.delete(job["links"]["self"]).status_code == 404
        assert [one["id"] for one in alice.get("/jobs").json()["jobs"]] == [job["id"]]
        assert bob.get("/jobs").json() == {"jobs": [], "cursor": None}
    assert http.get("/jobs").status_code == 401


def test_a_list_has_pages(service: Running) -> None:
    with service.client(Authorization="Basic Y2FybDpzd29yZGZpc2g=") as carl:
        assert carl.get("/jobs?limit=x").status_code == 422
        assert carl.get("/jobs?cursor=x").status_code == 422
        assert carl.get("/jobs?status=lost").status_code == 422
    with service.client(Authorization="Bearer bob") as bob:
        ids = [
            bob.post("/exports", headers={"Idempotency-Key": f"p{number}"}).json()["id"]
            for number in range(5)
        ]
        seen: list[str] = []
        cursor = ""
        while True:
            page = bob.get(f"/jobs?limit=2&operation=startExport{cursor}").json()
            seen += [one["id"] for one in page["jobs"]]
            if page["cursor"] is None:
                break
            cursor = f"&cursor={page['cursor']}"
    assert seen == ids[::-1]


# Back-pressure


@pytest.fixture(scope="module")
def narrow(project: Path) -> Iterator[Running]:
    """A service that works on nothing and lets few in."""
    limits = {"MAX_JOBS_PER_CALLER": "2", "MAX_WAITERS": "2"}
    with Running(project, project / "narrow.db", "api", **limits) as running:
        yield running


def test_a_caller_over_its_limit_is_429(narrow: Running) -> None:
    with narrow.client(Authorization="Bearer alice") as alice:
        answers = [
            alice.post("/exports", headers={"Idempotency-Key": f"q{number}"})
            for number in range(3)
        ]
    assert [one.status_code for one in answers] == [202, 202, 429]
    assert int(answers[2].headers["retry-after"]) >= 1


def test_more_waiters_than_allowed_are_503(narrow: Running) -> None:
    with narrow.client() as http, ThreadPoolExecutor(2) as pool:
        job = submit(http)
        poll = f"{job['links']['self']}?wait=1&version=1"
        waiting = [pool.submit(http.get, poll) for _ in range(2)]
        time.sleep(0.5)
        third = http.get(poll)
        assert third.status_code == 503 and third.headers["retry-after"] == "1"
        assert http.get(job["links"]["events"]).status_code == 503
        assert [one.result().status_code for one in waiting] == [304, 304]


def test_a_full_queue_is_503(narrow: Running) -> None:
    with narrow.client() as http:
        statuses = [
            http.post("/reports", json={"rows": 1}).status_code for _ in range(103)
        ]
        last = http.post("/reports", json={"rows": 1})
    assert statuses == sorted(statuses) and set(statuses) == {202, 503}
    assert int(last.headers["retry-after"]) >= 1
    assert last.json()["code"] == "queue_full"


# Callbacks


@pytest.mark.parametrize(
    "url",
    ["https://10.0.0.1/", "http://example.com/", "https://[::1]/", "ftp://x/", "/here"],
)
def test_a_callback_may_not_go_anywhere(http: httpx2.Client, url: str) -> None:
    declared = http.post("/reports", json={"rows": 1, "callbackUrl": url})
    assert declared.status_code == 422
    assert declared.json()["title"] == "Nothing can be sent to this URL"
    header = http.post("/quotes", json={"rows": 1}, headers={"Callback-Url": url})
    assert header.status_code == 422


def test_callbacks_and_notices_arrive(project: Path, tmp_path: Path) -> None:
    received: Queue[tuple[str, dict[str, Any]]] = Queue()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            received.put((self.headers["webhook-event"], json.loads(body)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as receiver:
        Thread(target=receiver.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{receiver.server_port}/hook"
        settings = {"DEVELOPMENT": "1", "CALLBACK_SECRET": SECRET}
        with Running(project, tmp_path / "a.db", **settings) as running:
            with running.client() as http:
                http.post("/reports", json={"rows": 4, "callbackUrl": url})
                event, body = received.get(timeout=10)
                assert (event, body) == (
                    "createReport.finished",
                    {"rows": 4, "attempt": 1},
                )
                answer = http.post(
                    "/quotes", json={"rows": 5}, headers={"Callback-Url": url}
                )
                event, body = received.get(timeout=10)
        receiver.shutdown()
    assert (event, body["type"]) == ("job.succeeded", "job.succeeded")
    assert body["data"]["links"]["self"] == answer.headers["operation-location"]
    assert running.log == ""


# Modes


def test_api_and_worker_share_a_database(project: Path, tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    with Running(project, database, "api") as api, api.client() as http:
        job = submit(http)
        assert "workers" not in api.banner
        with Running(project, database, "worker") as worker:
            assert worker.banner.startswith(
                "Wished 1.0.0   worker   4 workers   sqlite"
            )
            assert ended(http, job)["status"] == "succeeded"
            worker.tell(signal.SIGTERM)
            assert worker.wait(10) == 0


# The document


def test_the_document_is_served_as_it_is(project: Path, http: httpx2.Client) -> None:
    response = http.get("/openapi.json")
    assert response.content == (project / "wished_service/openapi.json").read_bytes()
    headers = {"If-None-Match": response.headers["etag"]}
    assert http.get("/openapi.json", headers=headers).status_code == 304


def test_the_page_shows_every_operation(http: httpx2.Client) -> None:
    page = http.get("/docs")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    for path in ("/items/{itemId}", "/reports", "/people/{who}:greet"):
        assert path in page.text
    assert page.text.count('<span class="mark">async</span>') == 3
