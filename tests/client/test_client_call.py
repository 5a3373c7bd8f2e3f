"""Single calls through an injected transport: retries, credentials, typed results and errors."""

from __future__ import annotations

import codecs
import time
from email.utils import formatdate
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.bodies import Json, Text
from runtime.call import Operation, Remote, request_of
from runtime.credentials import ApiKey, Proof
from runtime.exchange import Response, seconds_of
from runtime.retries import Retries
from scripted import ID, ORDER, Script, client, problem


def test_a_result_is_a_model() -> None:
    script = Script(httpx2.Response(200, json=ORDER))
    with client(script) as shop:
        order = shop.orders.get_order(ID)
    assert order.total.amount == "59.80"
    assert str(script.requests[0].url) == f"https://shop.example/v1/orders/{ID}"
    assert script.requests[0].headers["accept"].startswith("application/json")


def test_a_result_with_headers_comes_with_them() -> None:
    headers = {"X-Total-Count": "41"}
    script = Script(httpx2.Response(200, json=[ORDER], headers=headers))
    with client(script) as shop:
        page = shop.orders.list_orders(status=["placed", "shipped"], limit=1)
    assert (page.status, page.x_total_count, page.body[0].id) == (200, 41, ID)
    query = script.requests[0].url.query
    assert query == b"status=placed&status=shipped&limit=1"


def test_a_declared_error_is_its_own_exception_with_the_typed_problem() -> None:
    from orders_client import errors, models

    script = Script(problem(404, "No such order"))
    with client(script) as shop, pytest.raises(errors.GetOrder404Error) as raised:
        shop.orders.get_order(ID)
    assert isinstance(raised.value, errors.ApiError)
    assert raised.value.status == 404
    assert raised.value.body == models.Missing.model_validate_json(raised.value.content)
    assert raised.value.problem is not None
    assert raised.value.problem.code == "x"
    expected = "getOrder: the service answered 404: No such order: really"
    assert str(raised.value) == expected


def test_a_header_of_another_type_is_told_by_its_name() -> None:
    from orders_client.errors import UnreadableResponse

    script = Script(httpx2.Response(200, json=[], headers={"X-Total-Count": "many"}))
    with client(script) as shop, pytest.raises(UnreadableResponse) as raised:
        shop.orders.list_orders()
    assert "the header X-Total-Count: Input should be" in str(raised.value)


@pytest.mark.parametrize(("takes_null", "sent"), [(True, b"null"), (False, None)])
def test_none_is_a_body_only_where_null_is_one(
    takes_null: bool, sent: bytes | None
) -> None:
    contents = {"application/json": Json(str | None)}
    operation: Operation[None] = Operation(
        name="put", method="PUT", path="/", contents=contents, takes_null=takes_null
    )
    remote = Remote("https://shop.example")
    assert request_of(remote, operation, (), None).content == sent


def test_a_byte_order_mark_before_json_is_ignored() -> None:
    body = codecs.BOM_UTF8 + b"[1]"
    assert Json(list[int]).decode(Response(200, (), body)) == [1]


def test_a_text_is_read_in_the_charset_that_it_names() -> None:
    headers = (("Content-Type", 'text/plain; charset="ISO-8859-1"'),)
    assert Text().decode(Response(200, headers, "déjà".encode("latin-1"))) == "déjà"


def test_an_undeclared_error_has_its_problem_too() -> None:
    from orders_client import errors

    script = Script(problem(418, "A teapot"))
    with client(script) as shop, pytest.raises(errors.ApiError) as raised:
        shop.orders.get_order(ID)
    assert type(raised.value) is errors.ApiError
    assert raised.value.problem is not None
    assert raised.value.problem.title == "A teapot"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (httpx2.Response(200, json={"id": 1}), r"read: id: UUID .* \(and \d more\)$"),
        (httpx2.Response(200, text="<html>"), r"content type \(text/plain\)"),
        (httpx2.Response(204), "its status is not declared"),
        (httpx2.Response(302), "its status is not declared"),
        (
            httpx2.Response(308, headers={"location": "https://b.example/x?key=1"}),
            "declared; it points to https://b.example/x, where nothing is sent$",
        ),
    ],
)
def test_a_response_that_is_not_as_declared_is_told_in_words(
    answer: httpx2.Response, reason: str
) -> None:
    from orders_client.errors import UnreadableResponse

    with (
        client(Script(answer)) as shop,
        pytest.raises(UnreadableResponse, match=reason),
    ):
        shop.orders.get_order(ID)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            httpx2.Response(500, html="<b>Bad\n\n\x1b[31mgateway"),
            ": <b>Bad [31mgateway",
        ),
        (httpx2.Response(400, json={"error": "no"}), ': {"error":"no"}'),
        (httpx2.Response(400, text="x" * 999), f": {'x' * 200}…"),
        (httpx2.Response(400, content=b"\xff\x00"), ""),
        (httpx2.Response(400), ""),
    ],
)
def test_an_error_without_a_problem_tells_how_its_text_begins(
    answer: httpx2.Response, told: str
) -> None:
    from orders_client.errors import ApiError

    with client(Script(answer)) as shop, pytest.raises(ApiError) as raised:
        shop.orders.get_order(ID)
    expected = f"getOrder: the service answered {answer.status_code}{told}"
    assert str(raised.value) == expected


@pytest.mark.parametrize(
    "trouble",
    [
        problem(503, "Full"),
        httpx2.Response(502, html="<h1>Bad gateway</h1>"),
        httpx2.Response(504),
        problem(429, "Too many", **{"retry-after": "0"}),
        httpx2.ConnectError("refused"),
        httpx2.ReadTimeout("silent"),
        httpx2.RemoteProtocolError("gone"),
    ],
)
def test_a_harmless_call_is_tried_again(trouble: httpx2.Response | Exception) -> None:
    script = Script(trouble, trouble, httpx2.Response(200, json=ORDER))
    with client(script) as shop:
        assert shop.orders.get_order(ID).id == ID
    assert len(script.requests) == 3


def test_trying_again_has_an_end() -> None:
    from orders_client.errors import ApiError, ConnectionFailed

    script = Script(*[problem(503, "Full") for _ in range(9)])
    with client(script) as shop, pytest.raises(ApiError, match="503: Full"):
        shop.orders.get_order(ID)
    assert len(script.requests) == 4
    script = Script(*[httpx2.ConnectError("refused") for _ in range(9)])
    with client(script) as shop, pytest.raises(ConnectionFailed, match="refused"):
        shop.orders.get_order(ID)
    assert len(script.requests) == 4


def test_a_call_that_may_do_harm_is_not_tried_again() -> None:
    from orders_client import models
    from orders_client.errors import ApiError, ConnectionFailed

    body = models.NewShipment(carrier="post")
    for trouble, error in (
        (problem(503, "Full"), ApiError),
        (httpx2.ReadTimeout("silent"), ConnectionFailed),
    ):
        script = Script(trouble)
        with client(script) as shop, pytest.raises(error):
            shop.orders.ship_order(ID, body)
        assert len(script.requests) == 1


def test_retry_after_is_waited_for_unless_it_is_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from orders_client.errors import ApiError

    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    later = problem(503, "Full", **{"retry-after": "7"})
    script = Script(later, httpx2.Response(200, json=ORDER))
    with client(script) as shop:
        shop.orders.get_order(ID)
    assert 7 <= slept[0] < 7.1
    much_later = problem(503, "Full", **{"retry-after": "3600"})
    with client(Script(much_later)) as shop, pytest.raises(ApiError):
        shop.orders.get_order(ID)
    assert len(slept) == 1


def test_the_first_credentials_that_suffice_are_sent() -> None:
    orders = Script(*[httpx2.Response(200, json=ORDER) for _ in range(3)])
    with client(orders, partner="key", staff="token") as shop:
        shop.orders.get_order(ID)
    with client(orders, staff="token") as shop:
        shop.orders.get_order(ID)
    with client(orders) as shop:
        shop.orders.get_order(ID)
    both, token, none = [request.headers for request in orders.requests]
    assert both["x-api-key"] == "key" and "authorization" not in both
    assert token["authorization"] == "Bearer token" and "x-api-key" not in token
    assert "authorization" not in none and "x-api-key" not in none


def test_a_redirect_is_not_followed() -> None:
    from orders_client.errors import UnreadableResponse

    script = Script(httpx2.Response(307, headers={"location": "https://evil.example/"}))
    with client(script, staff="token") as shop, pytest.raises(UnreadableResponse):
        shop.orders.get_order(ID)
    assert len(script.requests) == 1


async def asyncio_call(script: Script) -> Any:
    from orders_client import Client

    transport = httpx2.MockTransport(script)
    async with Client("https://shop.example", transport=transport) as shop:
        return await shop.orders.get_order(ID)


def test_the_asyncio_client_does_the_same() -> None:
    import asyncio

    script = Script(httpx2.ConnectError("refused"), httpx2.Response(200, json=ORDER))
    assert asyncio.run(asyncio_call(script)).id == ID
    assert len(script.requests) == 2


def test_the_package_loads_only_what_is_asked_for(built: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys, orders_client; assert 'pydantic' not in sys.modules; "
        "from orders_client import Client, models; assert 'orders_client.receiver' not in sys.modules; "
        "Client('http://x'); assert 'orders_client.orders' not in sys.modules"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=built, check=True)


@pytest.mark.parametrize(
    "url", ["localhost:8000", "ftp://shop.example", "https://", ""]
)
def test_what_is_no_url_of_a_service_is_said_at_once(url: str) -> None:
    from orders_client.sync import Client

    with pytest.raises(ValueError, match="is not the URL of a service"):
        Client(url)


def test_a_credential_that_cannot_be_sent_is_not_tried_again() -> None:
    from orders_client.errors import UnsendableArgument

    script = Script(httpx2.LocalProtocolError("Illegal header value"))
    with client(script, staff="a b") as shop, pytest.raises(UnsendableArgument):
        shop.orders.get_order(ID)
    assert len(script.requests) == 1


def test_a_credential_that_no_header_can_hold_is_not_sent() -> None:
    from orders_client.errors import UnsendableArgument

    script = Script()
    with (
        client(script, staff="日") as shop,
        pytest.raises(UnsendableArgument) as raised,
    ):
        shop.orders.get_order(ID)
    assert script.requests == [] and "日" not in str(raised.value)


@pytest.mark.parametrize(
    ("credential", "sent"),
    [("a/b+c==", "sid=a/b+c=="), ("a%2Fb", "sid=a%2Fb"), ("a; b", "sid=a%3B%20b")],
)
def test_a_cookie_is_given_back_as_it_was_given(credential: str, sent: str) -> None:
    proof = Proof()
    ApiKey("cookie", "sid").add(credential, proof)
    assert proof.cookies == [sent]


def test_a_cookie_that_the_service_sets_goes_out_with_no_other_call() -> None:
    told = {"Set-Cookie": "session=another; Path=/"}
    answers = [httpx2.Response(200, json=ORDER, headers=told) for _ in range(2)]
    script = Script(*answers)
    with client(script) as shop:
        shop.orders.get_order(ID)
        shop.orders.get_order(ID)
    assert "cookie" not in script.requests[1].headers


def test_an_error_does_not_tell_credentials() -> None:
    from orders_client.errors import ConnectionFailed
    from orders_client.runtime.call import Remote, with_query
    from orders_client.runtime.exchange import Request
    from orders_client.runtime.transport import Connection

    url = with_query("https://shop.example/orders", ["key=secret"])
    request = Request("GET", url, (("Authorization", "secret"),))
    remote = Remote("https://shop.example", {}, {"staff": "secret"})
    assert "secret" not in f"{request!r} {remote!r}"
    script = Script(httpx2.ConnectError("refused"))
    connection = Connection(remote, httpx2.MockTransport(script))
    with pytest.raises(ConnectionFailed) as raised:
        connection.run(one(request))
    assert "secret" not in str(raised.value)


def one(request: Any) -> Any:
    from orders_client.runtime.steps import send

    return (yield from send(request))


def test_retry_after_is_a_number_or_a_date() -> None:
    assert (seconds_of("7"), seconds_of("0")) == (7, 0)
    in_a_minute, a_minute_ago = (
        seconds_of(formatdate(time.time() + seconds, usegmt=True))
        for seconds in (60, -60)
    )
    assert in_a_minute is not None and 50 < in_a_minute <= 60
    assert a_minute_ago == 0


NO_DATE = "Wed, 21 Oct 99999999999 07:28:00 GMT"


@pytest.mark.parametrize("text", [None, "soon", "-1", "1.5", "٣", NO_DATE])
def test_any_other_retry_after_is_none(text: str | None) -> None:
    assert seconds_of(text) is None


@given(failures=st.integers(1, 10_000), after=st.none() | st.floats(0, 100))
def test_a_pause_is_bounded_and_never_less_than_asked_for(
    failures: int, after: float | None
) -> None:
    retries = Retries(first=0.5, longest=30)
    pause = retries.pause(failures, after)
    assert (after or 0) <= pause <= (after or 0) + 30
    assert after is not None or pause >= 0.25
