"""Parameters in every style, as OpenAPI's own table has them (3.1 §4.8.12.6)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime import styles
from runtime.encoding import Cookie, Header, Parameter, Parts, Path, Query, QueryString
from runtime.errors import UnsendableArgument

COLORS = ["blue", "black", "brown"]
TEXTS = st.text(st.characters(codec="utf-8"), min_size=1)
RGB = {"R": 100, "G": 200, "B": 150}


def placed(parameter: Parameter, value: object) -> Parts:
    parts = Parts()
    parameter.place(value, parts)
    return parts


@pytest.mark.parametrize(
    ("style", "explode", "value", "text"),
    [
        ("simple", False, "blue", "blue"),
        ("simple", False, COLORS, "blue,black,brown"),
        ("simple", False, RGB, "R,100,G,200,B,150"),
        ("simple", True, RGB, "R=100,G=200,B=150"),
        ("label", False, "blue", ".blue"),
        ("label", False, COLORS, ".blue,black,brown"),
        ("label", True, COLORS, ".blue.black.brown"),
        ("label", False, RGB, ".R,100,G,200,B,150"),
        ("label", True, RGB, ".R=100.G=200.B=150"),
        ("matrix", False, "blue", ";color=blue"),
        ("matrix", False, COLORS, ";color=blue,black,brown"),
        ("matrix", True, COLORS, ";color=blue;color=black;color=brown"),
        ("matrix", False, RGB, ";color=R,100,G,200,B,150"),
        ("matrix", True, RGB, ";R=100;G=200;B=150"),
    ],
)
def test_a_path_parameter_has_its_style(
    style: str, explode: bool, value: object, text: str
) -> None:
    parameter = Path("color", Any, style=style, explode=explode)
    assert placed(parameter, value).path == {"color": text}


@pytest.mark.parametrize(
    ("style", "explode", "value", "pairs"),
    [
        ("form", True, "blue", ["color=blue"]),
        ("form", False, COLORS, ["color=blue,black,brown"]),
        ("form", True, COLORS, ["color=blue", "color=black", "color=brown"]),
        ("form", False, RGB, ["color=R,100,G,200,B,150"]),
        ("form", True, RGB, ["R=100", "G=200", "B=150"]),
        ("spaceDelimited", False, COLORS, ["color=blue%20black%20brown"]),
        ("pipeDelimited", False, COLORS, ["color=blue%7Cblack%7Cbrown"]),
        (
            "deepObject",
            True,
            RGB,
            ["color%5BR%5D=100", "color%5BG%5D=200", "color%5BB%5D=150"],
        ),
        ("form", True, {"tags": ["a", "b"], "n": 1}, ["tags=a", "tags=b", "n=1"]),
        ("form", True, "a b&c=d", ["color=a%20b%26c%3Dd"]),
        ("form", True, True, ["color=true"]),
        ("form", True, None, []),
    ],
)
def test_a_query_parameter_has_its_style(
    style: str, explode: bool, value: object, pairs: list[str]
) -> None:
    parameter = Query("color", Any, style=style, explode=explode)
    assert placed(parameter, value).query == pairs


def test_a_parameter_with_a_content_is_json() -> None:
    parameter = Query("filter", Any, as_json=True)
    assert placed(parameter, {"a": [1]}).query == ["filter=%7B%22a%22%3A%20%5B1%5D%7D"]


def test_the_whole_query_is_one_parameter() -> None:
    assert placed(QueryString("q", Any), {"a": 1, "b": "c"}).query == ["a=1", "b=c"]


def test_reserved_characters_may_be_allowed() -> None:
    parameter = Query("path", Any, allow_reserved=True)
    assert placed(parameter, "/a/b?c d").query == ["path=/a/b?c%20d"]
    # What would end the value, or be read as something else, is quoted all the same.
    assert placed(parameter, "a,b#&+[%=").query == ["path=a,b%23%26%2B%5B%25="]
    words = Query("path", Any, explode=False, allow_reserved=True)
    assert placed(words, ["/a", "b,c"]).query == ["path=/a,b%2Cc"]
    part = Path("part", Any, allow_reserved=True)
    assert placed(part, "a:b+/?#").path == {"part": "a:b+%2F%3F%23"}


def test_headers_and_cookies_are_written_plainly() -> None:
    assert placed(Header("X-Ids", Any), [1, 2]).headers == [("X-Ids", "1,2")]
    assert placed(Header("X-Rgb", Any, explode=True), RGB).headers == [
        ("X-Rgb", "R=100,G=200,B=150")
    ]
    assert placed(Cookie("session", Any), "a;b").cookies == ["session=a%3Bb"]


def test_a_cookie_of_its_own_style_is_not_quoted() -> None:
    session = Cookie("session", Any, style="cookie")
    assert placed(session, "a/b%3D=").cookies == ["session=a/b%3D="]
    assert placed(session, [1, 2]).cookies == ["session=1", "session=2"]
    for text in ("a;b", "a b", '"a"', "é"):
        with pytest.raises(UnsendableArgument, match="session: a cookie has no"):
            placed(session, text)


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_path_parameter_cannot_change_the_path(value: str) -> None:
    with pytest.raises(UnsendableArgument, match="orderId"):
        placed(Path("orderId", str), value)


@pytest.mark.parametrize("text", ["a\r\nX-Admin: 1", "a\0", "日"])
def test_a_header_takes_no_text_that_it_cannot_carry(text: str) -> None:
    with pytest.raises(UnsendableArgument, match="control characters"):
        placed(Header("X-Note", str), text)


@pytest.mark.parametrize("value", [["a,b"], ["a", " b"], {"a": "b,c"}])
def test_an_item_of_a_header_cannot_hold_what_parts_items(value: object) -> None:
    with pytest.raises(UnsendableArgument, match="X-Ids: no item can hold a comma"):
        placed(Header("X-Ids", Any), value)
    assert placed(Header("X-Ids", Any), "a, b").headers == [("X-Ids", "a, b")]


@pytest.mark.parametrize("style", ["simple", "label", "matrix"])
@pytest.mark.parametrize("explode", [False, True])
@given(texts=st.lists(TEXTS, min_size=2))
def test_the_service_reads_the_path_that_the_client_writes(
    style: str, explode: bool, texts: list[str]
) -> None:
    parameter = Path("ids", Any, style=style, explode=explode)
    written = placed(parameter, texts).path["ids"]
    assert styles.in_path(written, "ids", ["string"], style, explode) == texts


@pytest.mark.parametrize(
    ("style", "explode"),
    [
        ("form", True),
        ("form", False),
        ("spaceDelimited", False),
        ("pipeDelimited", False),
    ],
)
@given(texts=st.lists(TEXTS, min_size=2))
def test_the_service_reads_the_query_that_the_client_writes(
    style: str, explode: bool, texts: list[str]
) -> None:
    without = {"spaceDelimited": " ", "pipeDelimited": "|"}.get(style, "")
    texts = [text.replace(without, "-") if without else text for text in texts]
    pairs = placed(Query("ids", Any, style=style, explode=explode), texts).query
    sent = styles.pairs_of("&".join(pairs))
    assert styles.in_fields(sent, "ids", ["string"], style, explode) == texts


def test_an_item_cannot_hold_its_separator() -> None:
    with pytest.raises(UnsendableArgument, match="separates"):
        placed(Query("ids", Any, style="pipeDelimited", explode=False), ["a|b", "c"])
