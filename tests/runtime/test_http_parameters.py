"""Every style of every place, against an encoder written from RFC 6570 and OpenAPI's tables."""

from __future__ import annotations

import json

from typing import Annotated, Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from runtime.formats import DateTime
from runtime.kinds import Kind, as_json
from runtime.parameters import Cookie, Header, Parameter, Path, Query, QueryString
from runtime.problem import Invalid
from runtime.reader import Reader
from runtime.received import Received
from runtime.styles import Malformed, in_fields, in_header, in_path, pairs_of

TEXT, LIST = "string", ["string"]
RGB: Kind = {"R": "integer", "G": "integer", "B": "integer"}
COLORS = ["blue", "black", "brown"]
OBJECT = {"R": "100", "G": "200", "B": "150"}


@pytest.mark.parametrize(
    ("style", "explode", "kind", "text", "value"),
    [
        ("simple", False, TEXT, "blue", "blue"),
        ("simple", False, LIST, "blue,black,brown", COLORS),
        ("simple", True, LIST, "blue,black,brown", COLORS),
        ("simple", False, RGB, "R,100,G,200,B,150", OBJECT),
        ("simple", True, RGB, "R=100,G=200,B=150", OBJECT),
        ("label", False, TEXT, ".blue", "blue"),
        ("label", True, TEXT, ".a.b", "a.b"),
        ("label", False, LIST, ".blue,black,brown", COLORS),
        ("label", True, LIST, ".blue.black.brown", COLORS),
        ("label", False, RGB, ".R,100,G,200,B,150", OBJECT),
        ("label", True, RGB, ".R=100.G=200.B=150", OBJECT),
        ("matrix", False, TEXT, ";color=blue", "blue"),
        ("matrix", False, TEXT, ";color", ""),
        ("matrix", False, LIST, ";color=blue,black,brown", COLORS),
        ("matrix", False, LIST, ";color=", []),
        ("matrix", False, RGB, ";color", {}),
        ("matrix", True, LIST, ";color=blue;color=black;color=brown", COLORS),
        ("matrix", False, RGB, ";color=R,100,G,200,B,150", OBJECT),
        ("matrix", True, RGB, ";R=100;G=200;B=150", OBJECT),
    ],
)
def test_paths_read_as_the_table_says(
    style: str, explode: bool, kind: Kind, text: str, value: Any
) -> None:
    assert in_path(text, "color", kind, style, explode) == value


@pytest.mark.parametrize(
    ("style", "explode", "kind", "query", "value"),
    [
        ("form", True, TEXT, "color=", ""),
        ("form", True, TEXT, "color", ""),
        ("form", True, TEXT, "color=a+b%2Bc", "a b+c"),
        ("form", False, LIST, "color=blue,black,brown", COLORS),
        ("form", False, LIST, "color=a%2Cb,c", ["a,b", "c"]),
        # What URLSearchParams makes of a comma.
        ("form", False, LIST, "color=a%2Cb", ["a,b"]),
        ("form", False, ["integer"], "color=1%2C2%2c3", ["1", "2", "3"]),
        ("form", False, ["integer"], "color=1%2C2,3", ["1,2", "3"]),
        ("form", False, RGB, "color=R%2C100%2CG%2C200%2CB%2C150", OBJECT),
        ("form", True, LIST, "color=blue&color=black&color=brown", COLORS),
        ("form", True, LIST, "color=blue", ["blue"]),
        ("form", False, RGB, "color=R,100,G,200,B,150", OBJECT),
        ("form", True, RGB, "R=100&G=200&B=150&x=1", OBJECT),
        ("spaceDelimited", False, LIST, "color=blue%20black+brown", COLORS),
        ("spaceDelimited", False, RGB, "color=R%20100%20G%20200%20B%20150", OBJECT),
        ("pipeDelimited", False, LIST, "color=blue%7Cblack|brown", COLORS),
        ("pipeDelimited", False, RGB, "color=R%7c100%7CG%7C200%7CB%7C150", OBJECT),
        ("deepObject", True, RGB, "color%5BR%5D=100&color[G]=200&color[B]=150", OBJECT),
        ("deepObject", True, LIST, "color[]=a&color[]=b", ["a", "b"]),
        ("deepObject", True, LIST, "color[1]=b&color[0]=a", ["a", "b"]),
        (
            "deepObject",
            True,
            {"a": {"b": ["integer"]}},
            "color[a][b][]=1",
            {"a": {"b": ["1"]}},
        ),
        (
            "deepObject",
            True,
            {"*": "string"},
            "color[a[b]]=1&color[[c][d]e]=2",
            {"a[b]": "1", "[c": {"d]e": "2"}},
        ),
        ("form", True, TEXT, "colour=a", None),
        ("form", True, RGB, "x=1", None),
        ("deepObject", True, RGB, "colors[R]=1", None),
        ("form", False, LIST, "color=", []),
        ("pipeDelimited", False, LIST, "color", []),
        ("form", True, LIST, "color=", [""]),
        ("form", False, RGB, "color=", {}),
        ("form", False, (TEXT, LIST), "color=", ""),
        ("form", True, TEXT, "color=a&color=b", ["a", "b"]),
        ("form", True, (TEXT, LIST), "color=a", "a"),
        ("form", True, (TEXT, LIST), "color=a&color=b", ["a", "b"]),
        ("form", False, (TEXT, LIST), "color=a,b", ["a", "b"]),
    ],
)
def test_queries_read_as_the_table_says(
    style: str, explode: bool, kind: Kind, query: str, value: Any
) -> None:
    assert in_fields(pairs_of(query), "color", kind, style, explode) == value


def test_an_exploded_object_with_free_names_leaves_others_theirs() -> None:
    found = in_fields(
        pairs_of("a=1&limit=3"),
        "filter",
        {"*": "string"},
        "form",
        True,
        besides=["limit"],
    )
    assert found == {"a": "1"}


def test_the_members_of_a_deep_object_are_no_free_names() -> None:
    fields = pairs_of("where[x]=1&where[y][z]=2&a=3&b[c]=4")
    kind: Kind = {"*": "string"}
    found = in_fields(fields, "rest", kind, "form", True, besides=["where"])
    assert found == {"a": "3", "b[c]": "4"}


@pytest.mark.parametrize(("kind", "value"), [(LIST, []), (RGB, {})])
def test_an_empty_header_has_no_items(kind: Kind, value: Any) -> None:
    assert in_header("", kind, False) == in_header("", kind, True) == value


@pytest.mark.parametrize(
    ("style", "kind", "text"),
    [
        ("label", TEXT, "blue"),
        ("matrix", TEXT, ";colour=a"),
        ("simple", RGB, "R,100,G"),
    ],
)
def test_a_path_of_another_style_is_malformed(
    style: str, kind: Kind, text: str
) -> None:
    with pytest.raises(Malformed):
        in_path(text, "color", kind, style, False)


@pytest.mark.parametrize(
    "query",
    [
        "c[a]=1&c[a][b]=2",
        "c[a][b]=2&c[a]=1",
        "c[a=1",
        "c]a[=1&c[=1",
        "c" + "[a]" * 9 + "=1",
    ],
)
def test_a_deep_object_that_contradicts_itself_is_malformed(query: str) -> None:
    with pytest.raises(Malformed):
        in_fields(pairs_of(query), "c", {"*": "any"}, "deepObject", True)


SEVERAL = Annotated[list[str], Field(min_length=1)]


@pytest.mark.parametrize(
    ("type", "kind", "value"),
    [(list[str], ["string"], []), (SEVERAL, ["string"], [""])],
)
@pytest.mark.parametrize("place", [Query, Header])
def test_nothing_is_no_item_unless_one_is_needed_and_may_be_empty(
    place: Any, type: Any, kind: Kind, value: list[str]
) -> None:
    parameter = place("q", type, kind=kind, explode=False)
    given = received(query="q=") if place is Query else received(q="")
    assert taken(parameter, given) == value


def test_nothing_is_no_number_and_an_empty_list_in_json_is_no_text() -> None:
    numbers = Annotated[list[int], Field(min_length=1)]
    for parameter, query in (
        (Query("q", numbers, kind=["integer"], explode=False), "q="),
        (Query("q", SEVERAL, content="application/json"), "q=[]"),
    ):
        with pytest.raises(Invalid) as refused:
            taken(parameter, received(query=query))
        assert "at least 1 item" in str(refused.value.members)


# There and back


def encoded(text: str) -> str:
    return quote(text, safe="")


def expand(value: Any, name: str, style: str, explode: bool) -> str:
    """RFC 6570's expansion of one variable, with OpenAPI's three styles besides."""
    first, separator, named = {
        "simple": ("", ",", False),
        "label": (".", ".", False),
        "matrix": (";", ";", True),
        "form": ("", "&", True),
        "spaceDelimited": ("", "%20", True),
        "pipeDelimited": ("", "%7C", True),
    }[style]
    inner = separator if style in ("spaceDelimited", "pipeDelimited") else ","
    if isinstance(value, dict):
        pairs = [(encoded(key), encoded(one)) for key, one in value.items()]
        if explode:
            return first + separator.join(f"{key}={one}" for key, one in pairs)
        body = inner.join(part for pair in pairs for part in pair)
    elif isinstance(value, list):
        items = [encoded(one) for one in value]
        if explode:
            prefix = f"{name}=" if named else ""
            return first + separator.join(prefix + one for one in items)
        body = inner.join(items)
    else:
        body = encoded(value)
    if named:
        return f"{first}{name}={body}"
    return first + body


WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
# A dot is not encoded, a space or pipe is its own delimiter: no encoder can tell them apart.
DOTLESS = WORDS.map(lambda text: text.replace(".", "_"))
UNDELIMITED = WORDS.map(lambda text: text.replace(" ", "_").replace("|", "_"))
LISTS = st.lists(WORDS, min_size=1, max_size=4)
OBJECTS = st.dictionaries(WORDS, WORDS, min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(WORDS, LISTS, OBJECTS),
    st.sampled_from(["simple", "matrix"]),
    st.booleans(),
)
def test_any_value_comes_through_a_path(value: Any, style: str, explode: bool) -> None:
    text = expand(value, "v", style, explode)
    assert in_path(text, "v", kind_of(value), style, explode) == value


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        DOTLESS,
        st.lists(DOTLESS, min_size=1, max_size=4),
        st.dictionaries(DOTLESS, DOTLESS, min_size=1, max_size=4),
    )
)
def test_any_value_without_dots_comes_through_a_label(value: Any) -> None:
    text = expand(value, "v", "label", True)
    assert in_path(text, "v", kind_of(value), "label", True) == value


@settings(max_examples=60, deadline=None)
@given(st.one_of(WORDS, LISTS, OBJECTS), st.booleans())
def test_any_value_comes_through_a_form(value: Any, explode: bool) -> None:
    query = expand(value, "v", "form", explode)
    assert in_fields(pairs_of(query), "v", kind_of(value), "form", explode) == value


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.lists(UNDELIMITED, min_size=1, max_size=4),
        st.dictionaries(UNDELIMITED, UNDELIMITED, min_size=1, max_size=4),
    ),
    st.sampled_from(["spaceDelimited", "pipeDelimited"]),
)
def test_any_list_comes_through_delimiters(value: Any, style: str) -> None:
    query = expand(value, "v", style, False)
    assert in_fields(pairs_of(query), "v", kind_of(value), style, False) == value


TREES = st.recursive(
    WORDS,
    lambda inner: st.dictionaries(
        WORDS.map(lambda text: text.replace("[", "(").replace("]", ")")),
        inner,
        min_size=1,
        max_size=3,
    ),
    max_leaves=6,
).filter(lambda tree: isinstance(tree, dict))


@settings(max_examples=60, deadline=None)
@given(TREES)
def test_any_tree_comes_through_a_deep_object(tree: Any) -> None:
    fields: list[str] = []
    waiting = [("v", tree)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(f"{name}[{key}]", one) for key, one in value.items()]
        else:
            fields.append(f"{encoded(name)}={encoded(value)}")
    kind: Kind = {"*": {"*": {"*": {"*": {"*": {"*": {"*": "string"}}}}}}}
    assert in_fields(pairs_of("&".join(fields)), "v", kind, "deepObject", True) == tree


HEADERS = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=",="),
    min_size=1,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(HEADERS, min_size=1, max_size=4))
def test_any_list_comes_through_a_header(value: list[str]) -> None:
    assert in_header(", ".join(value), LIST, False) == value


def kind_of(value: Any) -> Kind:
    if isinstance(value, dict):
        return {"*": "string"}
    return LIST if isinstance(value, list) else TEXT


# What a text is read as


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("integer", "12", 12),
        ("integer", "-0", 0),
        ("integer", "1.0", 1.0),
        ("integer", "01", "01"),
        ("integer", "+1", "+1"),
        ("integer", " 1", " 1"),
        ("integer", "1_000", "1_000"),
        ("integer", "٣", "٣"),
        ("integer", "", ""),
        ("number", "1e3", 1000.0),
        ("number", "NaN", "NaN"),
        ("number", ".5", ".5"),
        ("boolean", "true", True),
        ("boolean", "True", "True"),
        ("boolean", "1", "1"),
        ("string", "12", "12"),
        ("string", 'a"\\\n\x00', 'a"\\\n\x00'),
        ("integer|string", "12", 12),
        ("integer|string", "a", "a"),
        ("null|integer", "", None),
        ("null|integer", "null", None),
        ("null|string", "", ""),
        ("any", "12", 12),
        ("any", "false", False),
        ("any", "null", "null"),
        ("any", "a", "a"),
        ({"a": "string"}, '{"a": 1}', {"a": 1}),
        (["integer"], "[1]", [1]),
        ({"a": "string"}, '{"a": NaN}', '{"a": NaN}'),
        ({"a": "string"}, "{", "{"),
        (({"a": "string"}, "string"), '{"a": 1}', '{"a": 1}'),
    ],
)
def test_only_json_spellings_count(kind: Kind, text: str, value: Any) -> None:
    found = json.loads(as_json(text, kind))
    assert found == value and type(found) is type(value)


def test_several_texts_of_one_kind_are_a_list_of_it() -> None:
    assert json.loads(as_json(["1", "a"], "string")) == ["1", "a"]
    assert json.loads(as_json(["1", "a"], "any")) == [1, "a"]


def test_a_whole_list_may_stand_where_its_items_are_objects() -> None:
    assert as_json(['[{"a": 1}]'], [{"a": "integer"}]) == '[{"a": 1}]'
    assert as_json(['{"a": 1}'], [{"a": "integer"}]) == '[{"a": 1}]'
    assert json.loads(as_json(["[x]"], ["string"])) == ["[x]"]
    assert json.loads(as_json(["[1]"], [["integer"]])) == [[1]]


# Parameters


def received(path: str = "", query: str = "", **headers: str) -> Received:
    pairs = tuple((name.replace("_", "-"), text) for name, text in headers.items())
    return Received("GET", "http://localhost/", {"id": path}, query, pairs, b"")


def taken(parameter: Parameter[Any], given: Received) -> Any:
    reader = Reader(given)
    value = reader.take(parameter)
    reader.done()
    return value


@pytest.mark.parametrize(
    ("parameter", "given"),
    [
        (Path("id", str), received(path="a%FF")),
        (Path("id", list[str], kind=LIST), received(path="a,%FF")),
        (Query("q", str), received(query="q=%FF")),
        (Query("q", Any, kind="any"), received(query="q=%C3")),
        (Query("q", int, kind="integer"), received(query="q=1%FF")),
        (Query("q", list[str], kind=LIST), received(query="q=a&q=%FF")),
        (
            Query("q", dict[str, str], kind={"*": "string"}, style="deepObject"),
            received(query="q[%FF]=1"),
        ),
        (
            Query("q", dict[str, Any], kind={"a": "any"}, style="deepObject"),
            received(query='q={"%FF":1}'),
        ),
        (Cookie("c", str), received(cookie="c=%FF")),
    ],
)
def test_what_is_not_utf_8_is_malformed(
    parameter: Parameter[Any], given: Received
) -> None:
    with pytest.raises(Invalid) as raised:
        taken(parameter, given)
    assert [one["code"] for one in raised.value.violations] == ["malformed"]
    raised.value.response()


def test_a_field_that_nobody_asks_for_may_be_anything() -> None:
    assert taken(Query("q", str), received(query="%FF=%FF&q=%F0%9F%91%8D")) == "👍"


def test_a_number_beyond_all_floats_is_no_number() -> None:
    with pytest.raises(Invalid):
        taken(Query("q", float, kind="number"), received(query="q=1e400"))
    assert taken(Query("q", Any, kind="any"), received(query="q=1e400")) == "1e400"
    digits = "1" * 400
    found = taken(Query("q", int, kind="integer"), received(query=f"q={digits}"))
    assert found == int(digits)


SMALL = Annotated[int, Field(ge=1, le=5)]


@pytest.mark.parametrize(
    ("parameter", "given", "value"),
    [
        (Path("id", int, kind="integer"), received(path="7"), 7),
        (Path("id", str), received(path="a%2Fb%20c"), "a/b c"),
        (
            Path("id", dict[str, int], content="application/json"),
            received(path="%7B%22a%22%3A1%7D"),
            {"a": 1},
        ),
        (Query("q", SMALL, kind="integer"), received(query="q=3"), 3),
        (Query("q", str), received(query="p=3"), None),
        (Query("q", SMALL, kind="integer", default=2), received(), 2),
        (Query("q", list[int], kind=["integer"]), received(query="q=1&q=2"), [1, 2]),
        (
            Query("q", list[str], kind=["string"]),
            received(query="q=a+%41&q=+"),
            ["a A", " "],
        ),
        (Query("q", list[str], kind=["string"]), received(query="q=a,b"), ["a,b"]),
        (
            Query("q", dict[str, int], content="application/json"),
            received(query="q=%7B%22a%22:1%7D"),
            {"a": 1},
        ),
        (
            QueryString("q", dict[str, Any], content="application/json"),
            received(query="%7B%22a%22:[1]%7D"),
            {"a": [1]},
        ),
        (
            QueryString("q", dict[str, int], kind={"a": "integer"}),
            received(query="a=1"),
            {"a": 1},
        ),
        (
            Header("X-Ids", list[int], kind=["integer"]),
            received(x_ids="1, 2,3"),
            [1, 2, 3],
        ),
        (Header("X-Flag", bool, kind="boolean"), received(x_flag="true"), True),
        (Cookie("c", str), received(cookie='a=1; c="x%20y"; d'), "x y"),
        (Cookie("c", str, style="cookie"), received(cookie="c=x%20y"), "x%20y"),
        (
            Cookie("c", list[int], kind=["integer"], explode=False),
            received(cookie="c=1,2"),
            [1, 2],
        ),
    ],
)
def test_a_parameter_is_read(
    parameter: Parameter[Any], given: Received, value: Any
) -> None:
    assert taken(parameter, given) == value


@pytest.mark.parametrize(
    ("parameter", "given", "violation"),
    [
        (
            Query("q", str, required=True),
            received(),
            {"parameter": "q", "in": "query", "code": "missing"},
        ),
        (
            Query("q", SMALL, kind="integer"),
            received(query="q=9"),
            {"parameter": "q", "in": "query", "code": "less_than_equal"},
        ),
        (
            Query("q", str),
            received(query="q=1&q=2"),
            {"parameter": "q", "in": "query", "code": "malformed"},
        ),
        (
            Query("q", list[int], kind=["integer"]),
            received(query="q=1&q=x"),
            {"parameter": "q", "in": "query", "pointer": "#/1", "code": "int_type"},
        ),
        (
            Query("q", dict[str, int], kind={"*": "integer"}, style="deepObject"),
            received(query="q[a/b~]=x"),
            {
                "parameter": "q",
                "in": "query",
                "pointer": "#/a~1b~0",
                "code": "int_type",
            },
        ),
        (
            Path("id", str, style="matrix"),
            received(path="x"),
            {"parameter": "id", "in": "path", "code": "malformed"},
        ),
        (
            Header("X-A", dict[str, int], content="application/json"),
            received(x_a="{oops"),
            {"parameter": "X-A", "in": "header", "code": "json_invalid"},
        ),
    ],
)
def test_what_is_wrong_is_said(
    parameter: Parameter[Any], given: Received, violation: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as raised:
        taken(parameter, given)
    errors: Any = raised.value.members["errors"]
    (found,) = errors
    assert found.pop("detail")
    assert found == violation


@pytest.mark.parametrize(
    ("kind", "type", "detail"),
    [
        ("integer", int, "Malformed: it is given 2 times"),
        ("integer|null", int | None, "Malformed: it is given 2 times"),
        ("any", int, "Input should be a valid integer"),
        (["integer"], Annotated[list[int], Field(max_length=1)], "at most 1 item"),
    ],
)
def test_a_parameter_that_is_given_twice_is_told_so(
    kind: Kind, type: Any, detail: str
) -> None:
    with pytest.raises(Invalid) as raised:
        taken(Query("q", type, kind=kind), received(query="q=1&q=2"))
    assert detail in raised.value.message


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("2026-02-28T10:00:00+02:00", "a valid date-time: a + in a query is a space"),
        ("2026-02-28T10:00:00.5+02:00", "so write %2B"),
        ("2026-02-28+10:00", "a valid date-time"),
    ],
)
def test_a_time_that_lost_its_plus_is_told_so(sent: str, told: str) -> None:
    with pytest.raises(Invalid) as raised:
        taken(Query("at", DateTime), received(query=f"at={sent}"))
    assert told in raised.value.message
    assert ("%2B" in raised.value.message) == ("T" in sent)


def test_a_long_list_of_violations_is_cut() -> None:
    query = "&".join("q=x" for _ in range(5000))
    with pytest.raises(Invalid) as raised:
        taken(Query("q", list[int], kind=["integer"]), received(query=query))
    assert len(raised.value.members["errors"]) == 100  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=40),
    st.sampled_from(["form", "deepObject", "pipeDelimited"]),
    st.booleans(),
)
def test_no_query_is_a_server_error(query: str, style: str, explode: bool) -> None:
    kinds: list[Kind] = [TEXT, LIST, {"*": {"*": "any"}}, ("integer", LIST)]
    for kind in kinds:
        parameter: Query[Any] = Query("q", Any, kind=kind, style=style, explode=explode)
        try:
            taken(parameter, received(query=query + "&q[" + query + "]=1"))
        except Invalid:
            pass
