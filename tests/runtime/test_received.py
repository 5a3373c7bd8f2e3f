"""What is kept of a request while its job waits: enough to read it, and no credentials."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from starlette.requests import Request

from runtime.access import ApiKey
from runtime.parameters import Cookie
from runtime.reader import Reader
from runtime.received import Received
from runtime.service import Service, received_of
from runtime.settings import Settings

HEADERS = (
    ("content-type", "application/json"),
    ("authorization", "Bearer hidden"),
    ("x-tenant", "t7"),
    ("x-other", "hidden"),
    ("cookie", "session=hidden; shade=dark"),
    ("cookie", "size=5; tracker=hidden"),
)
REQUEST = Received("POST", "https://x/y?z=1", {"id": "7"}, "z=1", HEADERS, b"\n{}\n")


def test_a_stored_request_comes_back_with_what_is_kept_of_it() -> None:
    stored = REQUEST.stored(frozenset({"x-tenant"}))
    headers = (("content-type", "application/json"), ("x-tenant", "t7"))
    expected = Received(
        "POST", "https://x/y?z=1", {"id": "7"}, "z=1", headers, b"\n{}\n"
    )
    assert Received.restored(stored) == expected


def test_declared_cookies_are_kept_and_no_others() -> None:
    stored = REQUEST.stored(cookies=frozenset({"shade", "size"}))
    assert b"hidden" not in stored
    reader = Reader(Received.restored(stored))
    assert reader.take(Cookie("shade", str)) == "dark"
    assert reader.take(Cookie("size", int, kind="integer")) == 5
    reader.done()


@pytest.mark.parametrize("name", ["authorization", "cookie"])
def test_nothing_can_make_it_keep_credentials(name: str) -> None:
    assert b"hidden" not in REQUEST.stored(frozenset({name}))


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("a=1&my+key=hidden&b=2", "a=1&b=2"),
        ("my%20key=hidden", ""),
        ("a=my+key&&my+keys=1", "a=my+key&&my+keys=1"),
    ],
)
def test_a_key_in_the_query_does_not_outlive_the_call(query: str, kept: str) -> None:
    schemes = {"key": ApiKey("authenticate_key", "my key", "query")}
    service = Service[None](None, Settings(), schemes=schemes)
    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "https",
        "path": "/y",
        "path_params": {},
        "query_string": query.encode(),
        "headers": [(b"host", b"x")],
        "app": SimpleNamespace(service=service),
    }
    received = asyncio.run(received_of(Request(scope)))
    assert received.query == kept
    assert received.url == f"https://x/y{'?' if kept else ''}{kept}"
