"""Forms as the client writes them and the service reads them."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import MISSING

from runtime import form_bodies, forms
from runtime.bodies import Binary, Json, Text, choose
from runtime.exchange import Response
from runtime.form_bodies import FormField
from runtime.formats import Base64
from runtime.forms import Encoding
from runtime.model import File, Model
from runtime.multipart import parts_of

URLENCODED = "application/x-www-form-urlencoded"


class Page(Model):
    """A part whose property is named as a file's is."""

    content: str


class Filter(Model):
    """An object in a form."""

    depth: int
    kind: str


class Sheet(Model):
    """What a form can hold besides texts."""

    picture: Any | MISSING = MISSING
    stamp: Base64 | MISSING = MISSING
    stamps: list[Base64] | MISSING = MISSING
    page: Page | MISSING = MISSING
    rows: list[list[int]] | MISSING = MISSING
    note: str | MISSING = MISSING
    words: list[str] | MISSING = MISSING
    count: int | None


KINDS: Any = {
    "picture": "any",
    "stamp": "string",
    "stamps": ["string"],
    "page": {"content": "string"},
    "rows": [["integer"]],
    "note": "string",
    "words": ["string"],
    "count": "null|integer",
}
JSON = "application/json"
SHEETS = [
    Sheet(stamp=b"\xff\x00", count=1),
    Sheet(stamps=[b"\xff", b""], count=1),
    Sheet(page=Page(content="1"), count=1),
    Sheet(note="123", words=["1", "null", "[]"], count=1),
    Sheet(rows=[[1, 2]], count=1),
    Sheet(rows=[[1], [2]], count=1),
    Sheet(count=None),
]


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("json", [False, True])
def test_a_multipart_form_comes_through(sheet: Sheet, json: bool) -> None:
    fields = {name: FormField(JSON) for name in ("note", "words") if json}
    body, sent = form_bodies.Multipart(Sheet, fields).encode(
        sheet, "multipart/form-data"
    )
    assert forms.Multipart(Sheet, KINDS).read(body, sent) == sheet


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("json", [False, True])
def test_a_urlencoded_form_comes_through(sheet: Sheet, json: bool) -> None:
    named = [name for name in ("note", "words") if json]
    fields = {name: FormField(JSON) for name in named}
    body, sent = form_bodies.Form(Sheet, fields).encode(sheet, URLENCODED)
    encodings = {name: Encoding(JSON) for name in named}
    assert forms.Form(Sheet, KINDS, encodings).read(body, sent) == sheet


class Search(Model):
    """What a form can lay out in a style."""

    words: list[str] | MISSING = MISSING
    filter: Filter | MISSING = MISSING
    picture: File | MISSING = MISSING


SEARCH_KINDS: Any = {
    "words": ["string"],
    "filter": {"depth": "integer", "kind": "string"},
    "picture": "file",
}
WORDS, FILTER = {"words": ["a b", "c+%41"]}, {"filter": {"depth": 2, "kind": "x y"}}


@pytest.mark.parametrize(
    ("style", "explode", "given", "parts"),
    [
        ("form", False, WORDS, {"words": "a b,c+%41"}),
        ("pipeDelimited", False, WORDS, {"words": "a b|c+%41"}),
        ("spaceDelimited", False, {"words": ["a", "b"]}, {"words": "a b"}),
        ("deepObject", True, FILTER, {"filter[depth]": "2", "filter[kind]": "x y"}),
        ("form", False, FILTER, {"filter": "depth,2,kind,x y"}),
        ("form", True, FILTER, {"depth": "2", "kind": "x y"}),
        ("form", True, {"picture": File(b"1")}, {"picture": "1"}),
        ("form", False, {"picture": File(b"1")}, {"picture": "1"}),
    ],
)
def test_a_part_may_be_laid_out_in_a_style(
    style: str, explode: bool, given: dict[str, Any], parts: dict[str, str]
) -> None:
    (name,) = given
    search = Search.model_validate(given)
    fields = {name: FormField(style=style, explode=explode)}
    body, sent = form_bodies.Multipart(Search, fields).encode(
        search, "multipart/form-data"
    )
    found = parts_of(body, sent.partition("boundary=")[2])
    assert {one.name: one.content.decode() for one in found} == parts
    encodings = {name: Encoding(style=style, explode=explode)}
    read = forms.Multipart(Search, SEARCH_KINDS, encodings).read(body, sent)
    assert read.words == search.words and read.filter == search.filter
    assert not read.model_extra
    if name == "picture":
        assert read.picture.content == b"1"


def test_loose_bytes_are_a_file() -> None:
    sheet = Sheet(picture=b"\xff", count=1)
    body, sent = form_bodies.Multipart(Sheet).encode(sheet, "multipart/form-data")
    read = forms.Multipart(Sheet, KINDS).read(body, sent)
    assert read.picture == File(b"\xff", "picture", "application/octet-stream")


@pytest.mark.parametrize(
    ("content_type", "found"),
    [
        ("application/vnd.a+json; version=2", int),
        ("application/vnd.a+json;version=1", str),
        ("application/vnd.a+json", str),
        ("image/png", bytes),
        ("application/octet-stream", bytes),
        ("text/plain; charset=ascii", bool),
        ("text/html", None),
        ("", None),
    ],
)
def test_a_body_is_read_as_the_closest_media_type(
    content_type: str, found: type | None
) -> None:
    contents = {
        "application/vnd.a+json; version=1": Json(str),
        "application/vnd.a+json; version=2": Json(int),
        "image/*": Binary(bytes),
        "text/plain": Text(bool),
    }
    chosen = choose(contents, content_type)
    assert (None if chosen is None else chosen.type) is found


@pytest.mark.parametrize(
    ("type", "kind", "value", "text"),
    [
        (bool, "boolean", True, b"true"),
        (int, "integer", 12, b"12"),
        (str, "string", "12", b"12"),
    ],
)
def test_a_text_may_be_a_number(type: Any, kind: str, value: Any, text: bytes) -> None:
    content = Text(type, kind)
    assert content.encode(value, "text/plain") == (text, "text/plain; charset=utf-8")
    assert content.decode(Response(200, (), text)) == value
