"""The small rules of HTTP: preferences, keys, settings, hosts, tickets, times, the page."""

from __future__ import annotations

import dataclasses
import json
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime import tickets as ticketing
from runtime.docs_page import page
from runtime.idempotency import fingerprint, key_of
from runtime.job_document import moment, patience
from runtime.media import split
from runtime.prefer import Preferences, preferences_of
from runtime.problem import HttpProblem, Invalid, document
from runtime.received import Received
from runtime.server import mode_of, shown_url
from runtime.settings import SETTINGS, BadSetting, Settings
from runtime.tickets import Tickets


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], Preferences()),
        (["respond-async"], Preferences(True)),
        (["Respond-Async, Wait=10"], Preferences(True, 10)),
        (["respond-async", "wait=5"], Preferences(True, 5)),
        (['wait="7"; foo=bar'], Preferences(False, 7)),
        (["wait=1, wait=9"], Preferences(False, 1)),
        (["wait=99999"], Preferences(False, 60)),
        (["wait=-1"], Preferences()),
        (["wait=soon, return=minimal"], Preferences()),
        (["wait=1.5"], Preferences()),
        ([',,;="'], Preferences()),
    ],
)
def test_preferences(lines: list[str], expected: Preferences) -> None:
    assert preferences_of(lines) == expected


@given(st.text(max_size=60))
def test_no_preference_is_an_error(line: str) -> None:
    preferences_of([line])


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("abc", "abc"),
        ('"abc"', "abc"),
        (' "a\\"b" ', 'a"b'),
        ("a b", "a b"),
        ("x" * 255, "x" * 255),
    ],
)
def test_a_key_is_quoted_or_bare(header: str, key: str) -> None:
    assert key_of(header, "optional") == key


@pytest.mark.parametrize("header", ["", '""', "x" * 256, "é", "a\tb"])
def test_what_is_no_key_is_400(header: str) -> None:
    with pytest.raises(HttpProblem) as raised:
        key_of(header, "optional")
    assert raised.value.status == 400


def test_a_key_may_be_required_or_ignored() -> None:
    assert key_of(None, "optional") is None
    assert key_of("a", "off") is None
    with pytest.raises(HttpProblem) as raised:
        key_of(None, "required")
    assert raised.value.status == 400


def call(body: bytes, content_type: str, url: str = "http://localhost/a?b=1") -> str:
    return fingerprint(
        Received("POST", url, {}, "b=1", (("content-type", content_type),), body)
    )


def test_a_fingerprint_sees_through_spelling() -> None:
    assert call(b'{"a":1,"b":[]}', "application/json") == call(
        b' {"b": [ ], "a": 1}', "Application/JSON"
    )
    assert call(b"--x\r\n\r\n1\r\n--x--", "multipart/form-data; boundary=x") == call(
        b"--yy\r\n\r\n1\r\n--yy--", "multipart/form-data; boundary=yy"
    )
    assert call(b"", "a/b") == call(b"", "a/b", "http://127.0.0.1/a?b=1")


def test_a_fingerprint_leaves_the_boundary_to_whoever_reads_the_body() -> None:
    call(b"--z\r\n\r\n1\r\n--z--", "multipart/form-data; boundary=z")
    assert split("multipart/form-data; boundary=z")[1] == {"boundary": "z"}


def test_a_fingerprint_sees_differences() -> None:
    one = call(b'{"a":1}', "application/json")
    others = [
        call(b'{"a":2}', "application/json"),
        call(b'{"a":1}', "application/vnd.x+json"),
        call(b'{"a":1}', "application/json", "http://localhost/b?b=1"),
        call(b'{"a":1}', "application/json", "http://localhost/a?b=2"),
        call(b"{broken", "application/json"),
    ]
    assert len({one, *others}) == 6


# Settings


def test_every_setting_is_an_environment_variable_with_help() -> None:
    fields = {field.name.upper() for field in dataclasses.fields(Settings)}
    assert {one.name for one in SETTINGS} == fields
    assert all(one.help.endswith(".") and one.type for one in SETTINGS)


def test_settings_are_read() -> None:
    settings = Settings.from_environment(
        {
            "HOST": "0.0.0.0",
            "ALLOWED_HOSTS": "a.example, *.b.example",
            "PUBLIC_URL": "https://a.example/v1/",
            "MAX_BODY": "2m",
            "DELIVERY_SCHEDULE": "0s, 500ms, 5m",
            "DEVELOPMENT": "Yes",
            "RETENTION": "7d",
            "LEASE": "",
            "LOG_LEVEL": "WARNING",
        },
        database_url="sqlite:///x.db",
    )
    assert settings == Settings(
        host="0.0.0.0",
        allowed_hosts=("a.example", "*.b.example"),
        public_url="https://a.example/v1",
        max_body=2 << 20,
        delivery_schedule=(0.0, 0.5, 300.0),
        development=True,
        retention=7 * 86400.0,
        database_url="sqlite:///x.db",
        log_level="warning",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "٣"),
        ("WORKERS", "0"),
        ("MAX_BODY", "much"),
        ("LEASE", "1w"),
        ("LEASE", "0s"),
        ("HEARTBEAT", "0"),
        ("DELIVERY_SCHEDULE", ","),
        ("DEVELOPMENT", "maybe"),
        ("PUBLIC_URL", "ftp://a"),
        ("PUBLIC_URL", "https://user@a"),
        ("PUBLIC_URL", "https://a?b"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_bad_setting_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as raised:
        Settings.from_environment({name: value})
    assert str(raised.value).startswith(f"{name}={value!r}: expected ")


def test_the_banner_keeps_the_password() -> None:
    assert shown_url("postgresql://me:secret@db/x") == "postgresql://me@db/x"
    assert shown_url("sqlite:///a.db") == "sqlite:///a.db"


def test_the_mode_is_serve_unless_said() -> None:
    assert [mode_of(one, {}) for one in ([], ["api"], ["worker"])] == [
        "serve",
        "api",
        "worker",
    ]
    with pytest.raises(SystemExit) as raised:
        mode_of(["serve", "api"], {})
    assert raised.value.code == 2


# Times, tickets, problems


def test_patience_is_one_one_two_three_five_up_to_thirty() -> None:
    age = 0.0
    steps: list[int] = []
    while len(steps) < 11:
        steps.append(patience(age))
        age += steps[-1]
    assert steps == [1, 1, 2, 3, 5, 8, 13, 21, 30, 30, 30]
    assert patience(0, 12) == 12 and patience(0, 500) == 30


def test_a_moment_is_utc() -> None:
    assert moment(0.25) == "1970-01-01T00:00:00.250Z"
    assert moment(None) is None


def test_a_ticket_is_good_for_one_job_and_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(ticketing, "now", lambda: clock[0])
    tickets = Tickets()
    used, wrong, old = (tickets.issue("a") for _ in range(3))
    assert tickets.spend(used, "a") and not tickets.spend(used, "a")
    assert not tickets.spend(wrong, "b") and not tickets.spend(wrong, "a")
    clock[0] += 61
    assert not tickets.spend(old, "a")
    assert not tickets.spend("", "a")


def test_a_problem_has_the_members_of_rfc_9457() -> None:
    assert document(418, detail="short", code="pot") == {
        "type": "about:blank",
        "title": "I'm a Teapot",
        "status": 418,
        "detail": "short",
        "code": "pot",
    }
    assert document(499)["title"] == "Error"
    found = json.loads(
        bytes(Invalid([{"pointer": "#", "detail": "é", "code": "c"}]).response().body)
    )
    assert found["errors"][0]["detail"] == "é"


# The page


HOSTILE = "</title></style><script>alert(1)</script><img src=x onerror=alert(1)> ' \" `$(id)`\n"


class Tags(HTMLParser):
    """Which elements a page has, with which attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, tuple[str, ...]]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add((tag, tuple(name for name, _ in attrs)))


def test_hostile_text_stays_text() -> None:
    operation: dict[str, Any] = {
        "operationId": HOSTILE,
        "summary": HOSTILE,
        "description": HOSTILE,
        "tags": [HOSTILE],
        "parameters": [{"name": HOSTILE, "in": HOSTILE, "description": HOSTILE}],
        "requestBody": {"content": {HOSTILE: {"example": HOSTILE}}},
        "responses": {HOSTILE: {"description": HOSTILE, "content": {HOSTILE: {}}}},
        "x-processing": "async",
    }
    described = {"title": HOSTILE, "version": HOSTILE, "description": HOSTILE}
    tags = Tags()
    tags.feed(
        page(
            {
                "info": described,
                "paths": {"/" + HOSTILE: {"post": operation}},
                "webhooks": {HOSTILE: {"post": operation}},
            }
        )
    )
    plain = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "h3"}
    plain |= {
        "small",
        "b",
        "p",
        "a",
        "section",
        "table",
        "tr",
        "th",
        "td",
        "pre",
        "span",
        "code",
    }
    assert {tag for tag, _ in tags.found} <= plain
    allowed = {"lang", "charset", "name", "content", "class", "href"}
    assert {name for _, names in tags.found for name in names} <= allowed


@pytest.mark.parametrize(
    "strange",
    [{}, {"paths": None}, {"paths": {"/a": None, "/b": {"get": None}}}, {"info": []}],
)
def test_a_page_of_a_strange_document_is_a_page(strange: dict[str, Any]) -> None:
    assert page(strange).startswith("<!doctype html>")
