"""What is kept of a request while its job waits: enough to read it, and no credentials."""

from __future__ import annotations

import pytest

from runtime.parameters import Cookie
from runtime.reader import Reader
from runtime.received import Received

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
