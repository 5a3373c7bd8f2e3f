"""Whatever text a document contains, it becomes data: names, literals, docstrings, signatures, imports."""

from __future__ import annotations

import ast
import inspect
import keyword

import black
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.model import Json
from generator.problems import Place
from generator.python import (
    FIELDS,
    MODULES,
    Import,
    Imports,
    Scope,
    Signature,
    call,
    constant,
    docstring,
    literal,
    module_name,
    pascal,
    snake,
    string,
)

any_text = st.text(st.characters(), max_size=60) | st.text(
    st.sampled_from(list("\"'\\{}%#\n\r\t\0 ab\ud800\u2028é订+-<>_1")), max_size=30
)
any_json: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | any_text,
    lambda inner: st.lists(inner, max_size=5)
    | st.dictionaries(any_text, inner, max_size=5),
    max_leaves=25,
)


def stable(source: str) -> bool:
    return black.format_str(source, mode=black.Mode()) == source


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("orderId", "order_id"),
        ("HTTPServer", "http_server"),
        ("userIDs", "user_ids"),
        ("OAuth2Scheme", "oauth2_scheme"),
        ("OAuthOrder", "oauth_order"),
        ("StartTime<", "start_time_lt"),
        ("+1", "plus_1"),
        ("-1", "minus_1"),
        ("x-rate-limit", "x_rate_limit"),
        ("@type", "type"),
        ("Größe", "große"),
        ("crème brûlée", "creme_brulee"),
        ("订单", "订单"),
        ("2fa", "value_2fa"),
        ("", "value"),
        ("$", "value"),
        ("__init__", "init"),
        ("a.b/c:d", "a_b_c_d"),
    ],
)
def test_snake_keeps_the_words(text: str, name: str) -> None:
    assert snake(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Order", "Order"),
        ("Order_Item", "Order_Item"),
        ("new_order", "NewOrder"),
        ("order", "Order"),
        ("None", "None_"),
        ("com.acme.Order", "ComAcmeOrder"),
        ("3DModel", "Model3DModel"),
        ("", "Model"),
    ],
)
def test_pascal_keeps_class_names(text: str, name: str) -> None:
    assert Scope(FIELDS).take(pascal(text)) == name


def test_constants_and_modules() -> None:
    assert constant("placeOrder") == "PLACE_ORDER"
    assert module_name("string") == "string_"
    assert module_name("orders") == "orders"


@given(any_text)
@settings(max_examples=500)
def test_every_name_is_an_identifier(text: str) -> None:
    for make, reserved in (
        (snake, FIELDS),
        (pascal, FIELDS),
        (constant, FIELDS),
        (module_name, MODULES),
    ):
        name = Scope(reserved).take(make(text))
        ast.parse(f"{name} = 1")
        assert (
            not keyword.iskeyword(name)
            and name not in reserved
            and not name.startswith("_")
        )


def test_a_scope_gives_each_name_once_and_tells() -> None:
    scope = Scope({"class"})
    at = Place("a.yaml", ("x",))
    assert scope.take("class") == "class_"
    assert scope.take("start_time", "StartTime") == "start_time"
    assert scope.take("start_time", "start_time", at) == "start_time_2"
    (collision,) = scope.collisions
    problem = collision.problem("parameters of listOrders")
    assert problem.at is at
    said = (
        'parameters "StartTime" and "start_time" of listOrders would both be start_time'
    )
    assert said in problem.message


def test_modules_that_differ_by_case_collide() -> None:
    scope = Scope(folded=True)
    assert [scope.take("Orders"), scope.take("orders")] == ["Orders", "orders_2"]


@given(any_json)
@settings(max_examples=400)
def test_a_literal_is_its_value(value: Json) -> None:
    read = eval(literal(value))  # noqa: S307: the point of the test
    assert read == value
    assert repr(read) == repr(value)


@given(any_text)
@settings(max_examples=300)
def test_a_string_is_one_constant(text: str) -> None:
    tree = ast.parse(string(text), mode="eval").body
    assert isinstance(tree, ast.Constant) and tree.value == text


@given(any_json)
@settings(max_examples=60, deadline=None)
def test_literals_are_shaped_as_black_shapes_them(value: Json) -> None:
    if not any(ord(c) > 0x2000 for c in repr(value)):
        assert (
            stable(f"x = {literal(value, 0, 4)}\n")
            or len(literal(value, 0, 4).split("\n")[0]) > 80
        )


def test_a_very_deep_literal_still_parses() -> None:
    value: Json = []
    for _ in range(300):
        value = [value]
    assert eval(literal(value)) == value


@given(any_text)
@settings(max_examples=500)
def test_a_docstring_is_only_a_docstring(text: str) -> None:
    shown = docstring(text)
    source = f"def f():\n    {shown or 'pass'}\n"
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    (statement,) = function.body
    if shown:
        assert isinstance(statement, ast.Expr) and isinstance(
            statement.value, ast.Constant
        )
        said = "".join(inspect.cleandoc(str(statement.value.value)).split())
        assert (
            said == "".join(text.split()).replace("\x85", "") or not text.isprintable()
        )


@pytest.mark.parametrize(
    "text",
    [
        'Says "hi"',
        '"Quoted" first',
        "a\\",
        'x"""y',
        "Short.",
        "One.\n\nTwo " + "long " * 40,
    ],
)
def test_docstrings_are_shaped_as_black_shapes_them(text: str) -> None:
    assert stable(f"def f() -> None:\n    {docstring(text)}\n")


def test_signatures_and_calls_are_shaped_as_black_shapes_them() -> None:
    for count in (1, 3, 8):
        params = tuple(f"argument_{n}: int" for n in range(count))
        head = Signature(
            name="place", params=params, returns="models.Order", is_async=True
        )
        assert stable(f"{head}:\n    return None\n")
        inside = Signature(
            name="place", params=("self", *params), returns="models.Order", indent=4
        )
        assert stable(f"class A:\n    {inside}:\n        return None\n")
        made = call("models.Order", [f"argument_{n}={n}" for n in range(count)], used=4)
        assert stable(f"x = {made}\n")


def test_imports_are_sorted_in_blocks() -> None:
    imports = Imports()
    imports.add("uuid", "UUID")
    imports.add("pydantic", "Field")
    imports.add(".", "models")
    imports.add("__future__", "annotations")
    imports.update(
        [Import("json"), Import("pydantic", "BaseModel"), Import("uuid", "UUID")]
    )
    assert imports.text == (
        "from __future__ import annotations\n\nimport json\nfrom uuid import UUID\n\n"
        "from pydantic import BaseModel, Field\n\nfrom . import models"
    )
