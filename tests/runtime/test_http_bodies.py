"""Bodies: media types, forms, parts, and what handlers answer."""

from __future__ import annotations

import codecs
import gzip
from email.message import EmailMessage
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from runtime.contents import Binary, Content, Json, Text
from runtime.forms import Encoding, Form, Multipart
from runtime.media import declared, preferred
from runtime.model import File, Model
from runtime.multipart import parts_of
from runtime.parameters import Header
from runtime.problem import HttpProblem, Invalid
from runtime.reader import Body, Reader
from runtime.received import Received
from runtime.replies import Reply, ReplyHeader, as_reply


class Thing(Model):
    """A thing."""

    name: Annotated[str, Field(alias="theName")]


def sent(body: bytes, content_type: str | None = "application/json") -> Reader:
    headers = () if content_type is None else (("content-type", content_type),)
    return Reader(Received("POST", "http://localhost/", {}, "", headers, body))


THING: Body[Thing] = Body({"application/json": Json(Thing)}, required=True)


def test_a_body_is_read_by_its_own_names_only() -> None:
    assert sent(b'{"theName": "a"}').body(THING) == Thing(name="a")
    reader = sent(b'{"name": "a"}')
    reader.body(THING)
    with pytest.raises(Invalid) as raised:
        reader.done()
    assert raised.value.members["errors"] == [
        {"pointer": "#/theName", "detail": "Field required", "code": "missing"}
    ]


def test_an_absent_body_is_none_or_missing() -> None:
    optional: Body[Thing | None] = Body({"application/json": Json(Thing)})
    assert sent(b"", None).body(optional) is None
    assert sent(b"", "application/json").body(optional) is None
    reader = sent(b"", None)
    reader.body(THING)
    assert reader.violations[0]["code"] == "missing"


def test_an_empty_text_or_file_is_no_absent_body() -> None:
    optional: Body[str | bytes | None] = Body(
        {
            "text/plain": Text(),
            "text/x-count": Text(int, "integer"),
            "image/*": Binary(),
        }
    )
    assert sent(b"", "text/plain; charset=utf-8").body(optional) == ""
    assert sent(b"", "image/png").body(optional) == b""
    assert sent(b"", "text/x-count").body(optional) is None
    assert sent(b"", None).body(optional) is None


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"{}", "application/xml", 415),
        (b"{}", None, 415),
        (b"[" * 100_000, "application/json", 400),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    body: bytes, content_type: str | None, status: int
) -> None:
    with pytest.raises(HttpProblem) as raised:
        sent(body, content_type).body(THING)
    assert raised.value.status == status


def test_a_byte_order_mark_before_json_is_ignored() -> None:
    mark = codecs.BOM_UTF8
    assert sent(mark + b'{"theName": "a"}').body(THING) == Thing(name="a")
    mixed: Body[Any] = Body({"multipart/form-data": Multipart(Any, {"a": ["any"]})})
    part = b"Content-Type: application/json\r\n\r\n" + mark + b"[1]"
    head = b'--b\r\nContent-Disposition: form-data; name="a"\r\n'
    body = head + part + b"\r\n--b--"
    assert sent(body, "multipart/form-data; boundary=b").body(mixed) == {"a": [1]}


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        (b"1e400", ["#"]),
        (b'{"a": [1, -2.5E+999]}', ["#/a/1"]),
        (b'{"b":1e0400,"a":[1e999]}', ["#/a/0", "#/b"]),
        (b'{"a": "1e400", "b 1e400": "7f1e4000", "c": 1e-400, "d": 1e308}', []),
    ],
)
def test_a_number_beyond_all_floats_is_refused(
    body: bytes, pointers: list[str]
) -> None:
    anything: Body[Any] = Body({"application/json": Json(Any)})
    reader = sent(body)
    reader.body(anything)
    assert [one["pointer"] for one in reader.violations] == pointers
    assert {one["code"] for one in reader.violations} <= {"finite_number"}


@pytest.mark.parametrize("body", [b"NaN", b"[-Infinity]", b'{"a": NaN}'])
def test_what_only_python_calls_json_is_refused(body: bytes) -> None:
    anything: Body[Any] = Body({"application/json": Json(Any)})
    with pytest.raises(HttpProblem) as raised:
        sent(body).body(anything)
    assert raised.value.status == 400
    assert sent(b'["NaN"]').body(anything) == ["NaN"]


def test_a_compressed_body_is_refused_as_such() -> None:
    headers = (("content-type", "application/json"), ("content-encoding", "gzip"))
    body = gzip.compress(b'{"theName": "a"}')
    request = Received("POST", "http://localhost/", {}, "", headers, body)
    with pytest.raises(HttpProblem, match="gzip is not read") as raised:
        Reader(request).body(THING)
    assert raised.value.status == 415


FILE: Body[bytes] = Body({"application/octet-stream": Binary()})


def test_compressed_bytes_are_taken_only_by_who_is_told_of_it() -> None:
    kind = ("content-type", "application/octet-stream")
    coded = (kind, ("content-encoding", "gzip"))
    request = Received("PUT", "http://localhost/", {}, "", coded, b"\x1f\x8b")
    with pytest.raises(HttpProblem, match="gzip is not read"):
        Reader(request).body(FILE)
    reader = Reader(request)
    assert reader.take(Header("Content-Encoding", str)) == "gzip"
    assert reader.body(FILE) == b"\x1f\x8b"
    plain = (kind, ("content-encoding", "identity"))
    request = Received("PUT", "http://localhost/", {}, "", plain, b"x")
    assert Reader(request).body(FILE) == b"x"


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("application/json", "application/json"),
        ("Application/JSON; charset=UTF-8", "application/json"),
        ("application/vnd.a+json; v=2", "application/vnd.a+json;v=2"),
        ("application/vnd.a+json", None),
        ("image/png", "image/*"),
        ("application/merge-patch+json", "application/*+json"),
        ("application/merge-patch+xml", None),
        ("video/mp4", "*/*"),
    ],
)
def test_the_closest_declared_media_type_wins(
    content_type: str, expected: str | None
) -> None:
    patterns = ["application/json", "application/vnd.a+json;v=2", "image/*"]
    if expected in ("*/*", "application/*+json"):
        patterns.append(expected)
    assert declared(patterns, content_type) == expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("text/*;q=0.5, application/json;q=0.4", "text/csv"),
        ("application/json;q=0, */*", "text/csv"),
        ("image/png", None),
        ("text/csv;q=nonsense", None),
    ],
)
def test_the_caller_chooses_among_the_offers(accept: str, expected: str | None) -> None:
    assert preferred(["application/json", "text/csv"], accept) == expected


# Text and forms


def test_text_is_read_as_its_kind() -> None:
    assert Text(int, "integer").read(b"12", "text/plain") == 12
    assert Text().read("é".encode("utf-16"), "text/plain; charset=utf-16") == "é"
    assert Text().read(b"12") == "12"
    with pytest.raises(HttpProblem):
        Text().read(b"\xff", "text/plain")
    with pytest.raises(HttpProblem):
        Text().read(b"a", "text/plain; charset=klingon")


class Order(Model):
    """A form's fields."""

    item: Annotated[str, Field(alias="item")]
    count: Annotated[int | None, Field(alias="count")] = None
    tags: Annotated[list[str] | None, Field(alias="tags")] = None
    filter: Annotated[dict[str, int] | None, Field(alias="filter")] = None
    place: Annotated[dict[str, float] | None, Field(alias="place")] = None
    photo: Annotated[File | None, Field(alias="photo")] = None


KINDS: Any = {
    "item": "string",
    "count": "integer",
    "tags": ["string"],
    "filter": {"*": "integer"},
    "place": {"*": "number"},
    "photo": "file",
}
FORM = "application/x-www-form-urlencoded"


def test_a_form_has_every_style() -> None:
    form = Form(
        Order,
        KINDS,
        {"filter": Encoding(style="deepObject"), "tags": Encoding(explode=False)},
    )
    body = b"item=a+b%26&count=2&tags=x,y%2Cz&filter[a]=1&place=%7B%22x%22%3A1.5%7D&more=1&place[y]=2"
    order = form.read(body, FORM)
    assert order == Order(
        item="a b&",
        count=2,
        tags=["x", "y,z"],
        filter={"a": 1},
        place={"x": 1.5},
        **{"more": 1, "place[y]": 2},  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("text", "pointers"),
    [
        (b"item=%FF&count=2", ["#/item"]),
        (b"count=%FF&item=a%FF", ["#/count", "#/item"]),
        (b"item=a&count=1&%FF=1", ["#"]),
        (b'item=a&count=1&place={"x":"%FF"}', ["#/place"]),
        (b"item=%F0%9F%91%8D&count=2", []),
    ],
)
def test_fields_that_are_not_utf_8_are_told(text: bytes, pointers: list[str]) -> None:
    reader = sent(text, FORM)
    order = reader.body(Body[Order]({FORM: Form(Order, KINDS)}))
    assert sorted(one["pointer"] for one in reader.violations) == pointers
    assert {one["code"] for one in reader.violations} <= {"malformed"}
    assert pointers or order.item == "\N{THUMBS UP SIGN}"


def test_a_form_without_fields_is_no_absent_body() -> None:
    body: Body[Order | None] = Body({FORM: Form(Order, KINDS)})
    assert sent(b"", None).body(body) is None
    reader = sent(b"", FORM)
    reader.body(body)
    assert {each["code"] for each in reader.violations} == {"missing"}


def test_a_list_of_which_nothing_was_sent_is_empty() -> None:
    class Tagged(Model):
        tags: list[str]
        files: list[File]

    kinds = {"tags": ["string"], "files": ["file"]}
    body: Body[Tagged] = Body(
        {
            FORM: Form(Tagged, kinds, lists=("tags", "files")),
            "multipart/form-data": Multipart(Tagged, kinds, lists=("tags",)),
        }
    )
    assert sent(b"", FORM).body(body) == Tagged(tags=[], files=[])
    reader = sent(b"--a--\r\n", "multipart/form-data; boundary=a")
    reader.body(body)
    assert {one["pointer"] for one in reader.violations} == {"#/files"}


class Noted(Model):
    """Fields that are JSON although they could be plain."""

    note: Annotated[str | None, Field(alias="note")] = None
    words: Annotated[list[str] | None, Field(alias="words")] = None


@pytest.mark.parametrize(
    ("body", "note", "words"),
    [
        (b"note=%22123%22", "123", None),
        (b"words=%221%22&words=%22b%22", None, ["1", "b"]),
        (b"words=a&words=b", None, ["a", "b"]),
        (b"words=%5B%221%22%2C%22b%22%5D", None, ["1", "b"]),
        (b"note=null", None, None),
    ],
)
def test_a_field_may_be_json_by_its_encoding(
    body: bytes, note: str | None, words: list[str] | None
) -> None:
    as_json = Encoding(content_type="application/json")
    kinds: Any = {"note": "string", "words": ["string"]}
    form = Form(Noted, kinds, {"note": as_json, "words": as_json})
    assert form.read(body, FORM) == Noted(note=note, words=words)


def test_a_broken_field_is_pointed_at() -> None:
    body: Body[Order] = Body({FORM: Form(Order, KINDS)})
    reader = sent(b"count=1.5&place={oops", FORM)
    reader.body(body)
    assert {one["pointer"] for one in reader.violations} == {
        "#/item",
        "#/count",
        "#/place",
    }


def multipart(*parts: bytes, boundary: str = "b") -> bytes:
    mark = b"--" + boundary.encode()
    return (
        b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"
    )


def test_parts_become_fields_and_files() -> None:
    body = multipart(
        b'Content-Disposition: form-data; name="item"\r\n\r\na\r\nb',
        b'content-disposition: form-data; name="tags"\r\n\r\nx',
        b'content-disposition: form-data; name="tags"\r\n\r\ny',
        b'Content-Disposition: form-data; name="place"\r\nContent-Type: application/json\r\n\r\n{"x":1}',
        b'Content-Disposition: form-data; name="photo"; filename="C:\\\\a\\\\me.png"\r\n'
        b"Content-Type: image/png\r\n\r\n\x00\r\n--c\r\n",
    )
    order = Multipart(Order, KINDS).read(body, 'multipart/form-data; boundary="b"')
    assert (
        order.item == "a\r\nb" and order.tags == ["x", "y"] and order.place == {"x": 1}
    )
    assert order.photo == File(b"\x00\r\n--c\r\n", "me.png", "image/png")


def test_a_file_is_never_read_as_what_is_in_it() -> None:
    class Mail(Model):
        files: list[File]
        picture: Any

    mail = Multipart(Mail, {"files": ["file"], "picture": "file|string"})
    kind = b"Content-Type: application/json\r\n\r\n[1]"
    files = b'Content-Disposition: form-data; name="files"\r\n' + kind
    named = b'Content-Disposition: form-data; name="picture"; filename="p"\r\n' + kind
    text = b'Content-Disposition: form-data; name="picture"\r\n\r\nhttp://p'
    read = mail.read(multipart(files, named), "multipart/form-data; boundary=b")
    assert read.files == [File(b"[1]", None, "application/json")]
    assert read.picture == File(b"[1]", "p", "application/json")
    read = mail.read(multipart(files, text), "multipart/form-data; boundary=b")
    assert read.picture == "http://p"


def test_a_part_is_a_file_by_its_media_type_where_it_may_be_anything() -> None:
    part = b'Content-Disposition: form-data; name="picture"\r\n'
    image = multipart(part + b"Content-Type: image/png\r\n\r\n\xff")
    text = multipart(part + b"Content-Type: text/plain\r\n\r\na")
    read = Multipart(Any, {"picture": "any"}).plain
    found = read(image, "multipart/form-data; boundary=b")
    assert found == {"picture": File(b"\xff", None, "image/png")}
    assert read(text, "multipart/form-data; boundary=b") == {"picture": "a"}


def test_a_text_part_has_its_own_charset() -> None:
    part = b'Content-Disposition: form-data; name="item"\r\n'
    latin = multipart(part + b"Content-Type: text/plain; charset=latin-1\r\n\r\n\xe9")
    mail = Multipart(Order, KINDS)
    assert mail.read(latin, "multipart/form-data; boundary=b").item == "é"
    with pytest.raises(HttpProblem) as refused:
        mail.read(multipart(part + b"\r\n\xe9"), "multipart/form-data; boundary=b")
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("head", "is_listed"),
    [
        (b'; filename="a"\r\nContent-Type: image/png', True),
        (b'; filename="a"\r\nContent-Type: Image/TIFF; q=1', True),
        (b'; filename="a"\r\nContent-Type: application/octet-stream', True),
        (b'; filename="a"', True),
        (b"\r\nContent-Type: text/plain", True),
        (b'; filename="a"\r\nContent-Type: text/plain', False),
        (b"\r\nContent-Type: image/gif", False),
    ],
)
def test_a_part_is_of_a_listed_media_type_or_says_nothing_of_it(
    head: bytes, is_listed: bool
) -> None:
    encoding = {"picture": Encoding(content_type="image/png, image/tiff")}
    form = Multipart(dict[str, File], {"picture": "file"}, encoding)
    body = multipart(
        b'Content-Disposition: form-data; name="picture"' + head + b"\r\n\r\n\x89"
    )
    reader = sent(body, "multipart/form-data; boundary=b")
    read = reader.body(Body[dict[str, File]]({"multipart/form-data": form}))
    assert (read is not None) == is_listed
    found = [(one["pointer"], one["detail"]) for one in reader.violations]
    told = ("#/picture", "The part may be image/png, image/tiff")
    assert found == ([] if is_listed else [told])


def test_one_part_may_be_a_whole_list_as_json() -> None:
    body = multipart(
        b'Content-Disposition: form-data; name="item"\r\n\r\na',
        b'Content-Disposition: form-data; name="tags"\r\nContent-Type: application/json\r\n\r\n["x","y"]',
    )
    assert Multipart(Order, KINDS).read(
        body, "multipart/form-data; boundary=b"
    ).tags == ["x", "y"]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "multipart/form-data"),
        (b"", "multipart/form-data; boundary=b"),
        (b"--b\r\n\r\n", "multipart/form-data; boundary=b"),
        (multipart(b"no header"), "multipart/form-data; boundary=b"),
        (
            multipart(b"Content-Disposition: form-data\r\n\r\nx"),
            "multipart/form-data; boundary=b",
        ),
        (multipart(*[b"a: b\r\n\r\n"] * 10_001), "multipart/form-data; boundary=b"),
    ],
)
def test_a_broken_multipart_body_is_400(body: bytes, content_type: str) -> None:
    with pytest.raises(HttpProblem) as raised:
        Multipart(Order, KINDS).read(body, content_type)
    assert raised.value.status == 400


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(
                st.characters(
                    min_codepoint=33, max_codepoint=126, exclude_characters='"\\%'
                ),
                min_size=1,
            ),
            st.binary(max_size=50),
        ),
        max_size=5,
    )
)
def test_parts_come_through(fields: list[tuple[str, bytes]]) -> None:
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + content
        for name, content in fields
    ]
    body = multipart(*parts, boundary="a-very-unlikely-boundary")
    found = parts_of(body, "a-very-unlikely-boundary")
    assert [(part.name, part.content) for part in found] == fields


def test_the_standard_library_is_understood() -> None:
    message = EmailMessage()
    message.add_header(
        "Content-Disposition", "form-data", name="n", filename=("utf-8", "", "é.txt")
    )
    head = f"Content-Disposition: {message['Content-Disposition']}".encode()
    (part,) = parts_of(multipart(head + b"\r\n\r\nx"), "b")
    assert (part.name, part.file_name) == ("n", "é.txt")


# Replies


class Fine(Reply):
    """Fine."""

    status_code = 200
    contents = {
        "application/json": Json(Thing),
        "text/plain": Text(),
        "image/*": Binary(),
    }
    header_types = {
        "ids": ReplyHeader("X-Ids", list[int]),
        "flag": ReplyHeader("X-Flag", bool),
        "data": ReplyHeader("X-Data", dict[str, int], content=True),
        "where": ReplyHeader("Location", str, required=True),
    }

    def __init__(
        self,
        body: Thing | str | bytes | File,
        *,
        media_type: str | None = None,
        **headers: object,
    ) -> None:
        super().__init__(body, media_type=media_type, headers={"where": "/", **headers})


class Gone(Reply):
    """Gone."""

    status_code = 204


def test_a_reply_goes_out_as_declared() -> None:
    answer = Fine(Thing(name="a"), ids=[1, 2], flag=True, data={"a": 1}).answer()
    assert answer.headers == (
        ("X-Ids", "1,2"),
        ("X-Flag", "true"),
        ("X-Data", '{"a": 1}'),
        ("Location", "/"),
    )
    assert (answer.media_type, answer.body) == ("application/json", b'{"theName":"a"}')


def test_the_handler_chooses_before_the_caller() -> None:
    assert Fine("a", media_type="text/plain").answer("application/json").body == b"a"
    assert Fine("a").answer("text/plain").media_type == "text/plain"
    png = Fine(File(b"1", None, "image/png")).answer("text/plain")
    assert (png.media_type, png.body) == ("image/png", b"1")


@pytest.mark.parametrize("bad", ["a\r\nSet-Cookie: b", "a\nb", "a\x00"])
def test_a_header_cannot_carry_another(bad: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        Fine(Thing(name="a"), where=bad).answer()


def test_what_is_not_declared_does_not_go_out() -> None:
    with pytest.raises(ValueError, match="lacks Location"):
        Fine(Thing(name="a"), where=None).answer()
    with pytest.raises(TypeError, match="the body must be Thing, not dict"):
        Fine({"theName": 3}).answer()  # type: ignore[arg-type]
    wrong = Thing(name="a")
    wrong.name = 3  # type: ignore[assignment]
    with pytest.raises(Exception, match="serializ"):
        Fine(wrong).answer()
    with pytest.raises(TypeError, match="no reply"):
        as_reply(3)


def test_a_model_does_not_go_out_as_another() -> None:
    """pydantic would write what both have: nothing."""
    with pytest.raises(TypeError, match="the body must be Thing, not Asset"):
        Fine(Asset(content_type="text/plain")).answer()


def test_a_bare_value_is_the_sole_success() -> None:
    reply = Gone()
    assert as_reply(reply, Fine) is reply
    assert as_reply(Thing(name="a"), Fine).status_code == 200
    assert as_reply(None, Gone).answer().body == b""


class Asset(Model):
    """Its own content type is none of HTTP's business."""

    content_type: Annotated[str, Field(alias="content_type")]


class GetAsset200(Reply):
    """An asset."""

    status_code = 200
    contents = {"application/json": Json(Asset)}


def test_a_property_named_content_type_stays_a_property() -> None:
    answer = GetAsset200(Asset(content_type="image/png")).answer()
    assert answer.media_type == "application/json"


def test_a_media_type_cannot_carry_a_header() -> None:
    with pytest.raises(ValueError, match="Content-Type has a control character"):
        Fine(File(b"", None, "image/png\r\nX: y")).answer()


class Shown(Reply):
    """A thing in the forms that generated documents list, or a picture of it."""

    status_code = 200
    contents = {
        "text/plain": Binary(),
        "application/json": Json(Thing),
        "image/png": Binary(),
        "text/html": Text(),
    }


@pytest.mark.parametrize(
    ("body", "accept", "media_type"),
    [
        (Thing(name="a"), "", "application/json"),
        (Thing(name="a"), "text/plain, */*;q=0.1", "application/json"),
        (Thing(name="a"), "text/html", "application/json"),
        ("<p>a", "*/*", "text/html"),
        (b"a", "*/*", "text/plain"),
        (b"a", "image/*", "image/png"),
    ],
)
def test_a_body_goes_out_in_a_form_that_can_say_it(
    body: object, accept: str, media_type: str
) -> None:
    assert Shown(body).answer(accept).media_type == media_type


@pytest.mark.parametrize(
    ("content", "body", "media_type"),
    [
        (Json(Thing), Thing(name="a"), "application/json"),
        (Text(), "a", "text/plain"),
        (Binary(), b"a", "application/octet-stream"),
    ],
)
def test_where_any_media_type_is_declared_a_body_goes_out_as_what_it_is(
    content: Content, body: object, media_type: str
) -> None:
    class Anything(Reply):
        """Anything."""

        status_code = 200
        contents = {"*/*": content}

    class Several(Anything):
        """Anything, or a picture."""

        contents = {"*/*": content, "image/png": Binary()}

    assert Anything(body).answer().media_type == media_type
    assert Several(body).answer("text/html, */*").media_type == media_type
