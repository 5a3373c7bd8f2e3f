"""Runtime expressions against requests and answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.answer import Answer
from runtime.expressions import BadExpression, names, parse, resolve
from runtime.received import Received

JSON = ("content-type", "application/json")
FORM = ("content-type", "application/x-www-form-urlencoded")
BODY = (
    b'{"callbackUrl": "https://a.example/x?y=1", "n": 7, "f": 1.5, "yes": true, "no": null,'
    b' "list": ["p", {"url": "https://b.example"}], "o": {"a/b": "s", "t~": "u", "": "e"},'
    b' "callback.url": "dotted", "deep": {"er": "w"}, "mail": "a@b.c&d#e"}'
)
REQUEST = Received(
    "POST",
    "https://api.example/orders/7?u=https%3A%2F%2Fq.example&u=2&empty=",
    {"id": "7"},
    "u=https%3A%2F%2Fq.example&u=2&empty=",
    (JSON, ("x-hook", "https://h.example"), ("x-hook", "second")),
    BODY,
)
ANSWER = Answer(
    201, (("Location", "https://l.example/1"),), "application/json", b'{"id": "o_1"}'
)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("{$request.body#/callbackUrl}", "https://a.example/x?y=1"),
        ("$request.body#/callbackUrl", "https://a.example/x?y=1"),
        ("{request.body#/callbackUrl}", "https://a.example/x?y=1"),
        ("{$request.body/callbackUrl}", "https://a.example/x?y=1"),
        ("{$request.body.callbackUrl}", "https://a.example/x?y=1"),
        ("{ $request.body#/callbackUrl }", "https://a.example/x?y=1"),
        ("{$request.body.deep.er}", "w"),
        ("{$request.body#/callback.url}", "dotted"),
        ("{$request.body#/list/1/url}", "https://b.example"),
        ("{$request.body#/list/0}", "p"),
        ("{$request.body#/list/01}", None),
        ("{$request.body#/list/2}", None),
        ("{$request.body#/list/-1}", None),
        ("{$request.body#/list/²}", None),
        ("{$request.body#/o/a~1b}", "s"),
        ("{$request.body#/o/t~0}", "u"),
        ("{$request.body#/o/}", "e"),
        ("{$request.body#/o/a%7E1b}", "s"),
        ("{$request.body#/n}", "7"),
        ("{$request.body#/f}", "1.5"),
        ("{$request.body#/yes}", "true"),
        ("{$request.body#/no}", None),
        ("{$request.body#/o}", None),
        ("{$request.body#/list}", None),
        ("{$request.body#/missing}", None),
        ("{$request.body#/n/deeper}", None),
        ("{$request.query.u}", "https://q.example"),
        ("{$request.query.empty}", ""),
        ("{$request.query.none}", None),
        ("{$request.header.X-Hook}", "https://h.example"),
        ("{$request.header.x-none}", None),
        ("{$request.path.id}", "7"),
        ("{$request.path.none}", None),
        ("{$method}", "POST"),
        ("{$url}", "https://api.example/orders/7?u=https%3A%2F%2Fq.example&u=2&empty="),
        ("{$statusCode}", "201"),
        ("{$response.body#/id}", "o_1"),
        ("{$response.header.location}", "https://l.example/1"),
        ("{$response.header.Content-Type}", "application/json"),
        ("{$response.header.none}", None),
        ("{$request.query.u}/data", "https://q.example/data"),
        ("{$request.body#/callbackUrl}&id={$response.body#/id}",)
        + ("https://a.example/x?y=1&id=o_1",),
        ("https://z.example/?m={$request.body#/mail}",)
        + ("https://z.example/?m=a%40b.c%26d%23e",),
        ("https://{$request.path.id}.example/{$request.query.u}",)
        + ("https://7.example/https%3A%2F%2Fq.example",),
        ("https://z.example/{$request.query.none}", None),
        ("https://fixed.example/hook", "https://fixed.example/hook"),
        ("callback", None),
        ("", None),
    ],
)
def test_an_expression_finds_its_value(expression: str, value: str | None) -> None:
    assert resolve(expression, REQUEST, ANSWER) == value


def test_without_an_answer_what_it_would_say_is_nothing() -> None:
    for text in ("$statusCode", "$response.body#/id", "$response.header.location"):
        assert resolve(text, REQUEST) is None
        assert parse(text).reads_response
    assert not parse("{$request.body#/x}").reads_response


def test_form_bodies_are_read_too() -> None:
    body = b"callbackUrl=https%3A%2F%2Fa.example&to=1&to=2&n+x=%C3%A4"
    form = Received("POST", "https://x/", headers=(FORM,), body=body)
    assert resolve("{$request.body#/callbackUrl}", form) == "https://a.example"
    assert resolve("{$request.body#/to/1}", form) == "2"
    assert resolve("{$request.body#/to}", form) is None
    assert resolve("{$request.body#/n%20x}", form) == "ä"


def test_the_text_fields_of_multipart_bodies_are_read_too() -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="url"\r\n\r\nhttps://a.example\r\n'
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="f.bin"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\nabc\r\n--b--\r\n"
    )
    kind = ("content-type", "multipart/form-data; boundary=b")
    request = Received("POST", "https://x/", headers=(kind,), body=body)
    assert resolve("{$request.body#/url}", request) == "https://a.example"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[1", b'"\\ud800"', b"NaN"])
@pytest.mark.parametrize("kind", [JSON, FORM, ("content-type", "text/plain"), None])
def test_a_body_that_cannot_be_read_holds_nothing(
    body: bytes, kind: tuple[str, str] | None
) -> None:
    request = Received("POST", "https://x/", headers=(kind,) if kind else (), body=body)
    assert resolve("{$request.body#/x}", request) is None


@pytest.mark.parametrize(
    "text",
    ["{$request.cookie.x}", "{$foo}", "{}", "{$request.body#/x", "a}b{$url}", "{a.b}"]
    + ["{$request.header.}", "{$response.query.x}", "{$request}", "$", "{{$url}}"],
)
def test_what_is_no_expression_is_refused_when_it_is_parsed(text: str) -> None:
    with pytest.raises(BadExpression):
        parse(text)


def test_an_expression_names_the_request_headers_it_needs() -> None:
    text = "{$request.header.X-Hook}/{$response.header.Y}/{$request.header.z}"
    assert names(text) == {"x-hook", "z"}
    assert names("{$request.body#/header.x}") == frozenset()


@given(st.text())
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        resolve(text, REQUEST, ANSWER)
    except BadExpression:
        pass


@given(
    st.binary(), st.sampled_from([JSON, FORM, ("content-type", "multipart/form-data")])
)
def test_any_body_is_read_or_holds_nothing(body: bytes, kind: tuple[str, str]) -> None:
    request = Received("POST", "https://x/", headers=(kind,), body=body)
    resolve("{$request.body#/a/0}", request)
