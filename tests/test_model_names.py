"""What models, their fields and their annotations are called, on both sides."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.model import Json
from generator.python import Import
from generator.targets.models import Models
from tests.model_reader import Reader, one, thing
from tests.rendered import api_of, schemas_api, source_of

# The client


def test_the_client_expects_words_it_does_not_know(tmp_path: Path) -> None:
    schema = thing(
        state={"type": "string", "enum": ["on", "off"]},
        color={
            "type": "string",
            "enum": ["r", "g"],
            "x-enum-varnames": ["RED", "GREEN"],
        },
    )
    client = one(tmp_path, schema, "client")
    assert client.read("Thing", {"state": "broken", "color": "b"}).state == "broken"
    made = client.read("Thing", {"color": "r"})
    assert made.color is client.module.ThingColor.RED
    service = one(tmp_path, schema)
    assert not service.accepts("Thing", {"state": "broken"})
    assert service.again("Thing", {"color": "r"}) == {"color": "r"}


# Names


def test_hostile_names_become_fields_and_classes(tmp_path: Path) -> None:
    names = [
        "class",
        "self",
        "copy",
        "model_config",
        "json",
        "2fa",
        "",
        "日本",
        "a-b",
        "a_b",
        "_x",
        "list",
        "None",
    ]
    schemas: dict[str, Json] = {
        "Thing": thing(**{name: {"type": "integer"} for name in names}),
        "None": {"type": "integer"},
        "str": thing(a={"type": "string"}),
        "Field": thing(a={"type": "string"}),
        "a.b/c": thing(a={"$ref": "#/components/schemas/Field"}),
        "thing": {"type": "string"},
    }
    reader = Reader(tmp_path, schemas)
    value: Json = {name: index for index, name in enumerate(names)}
    assert reader.again("Thing", value) == value
    assert len(reader.module.Thing.model_fields) == len(names)
    assert reader.accepts("a.b/c", {"a": {"a": "x"}})
    assert {problem.code for problem in reader.models.problems} == {"name-collision"}


def test_x_python_name_overrides(tmp_path: Path) -> None:
    inner: Json = {"type": "string", "x-python-name": "started_at"}
    reader = one(tmp_path, {**thing(StartTime=inner), "x-python-name": "Window"})
    assert reader.module.Window(started_at="x").model_dump_json() == '{"StartTime":"x"}'


nasty = st.text(
    st.sampled_from(list("\"'\\{}%#\n\r\t\0 ab:;()[]=.$é\u2028\ud83d"))
    | st.characters(codec="utf-8"),
    max_size=25,
)


@given(nasty, nasty, nasty)
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_text_of_a_document_is_only_data(
    tmp_path: Path, name: str, text: str, more: str
) -> None:
    said = '"""\nimport os; os._exit(3)\n' + text
    schema: Json = {
        "type": "object",
        "title": more,
        "description": said,
        "properties": {
            name: {
                "type": "string",
                "description": text,
                "default": more,
                "pattern": ".*",
            },
            text: {"enum": [more, text, said], "deprecated": True},
            more + "!": {"const": said, "title": text},
            "z": {"type": "string", "enum": ["a"], "x-enum-varnames": [text]},
        },
        "not": {"const": said},
    }
    api = schemas_api(
        tmp_path,
        {"T" + "".join(c for c in name if c.isalnum() and c.isascii()): schema},
    )
    models = Models(api)
    tree = ast.parse(source_of(models))
    assert {type(node) for node in tree.body} <= {
        ast.Expr,
        ast.ImportFrom,
        ast.ClassDef,
        ast.Assign,
        ast.AnnAssign,
    }
    strings = [
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str)
    ]
    assert said in strings
    for node in ast.walk(tree):
        assert not isinstance(node, (ast.Import, ast.FunctionDef, ast.While, ast.For))
        if isinstance(node, ast.Call):
            assert isinstance(node.func, ast.Name) and node.func.id in CALLS, ast.dump(
                node
            )


CALLS = {
    "Field",
    "rules",
    "Rules",
    "TypeAliasType",
    "Pattern",
    "AnyOf",
    "OneOf",
    "MultipleOf",
    "Unique",
}

# Kinds, annotations


BOOLEAN: Json = {"type": "boolean"}


def one_or_several(item: Json, *others: Json) -> Json:
    return {"oneOf": [item, {"type": "array", "items": item}, *others]}


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "integer"}, "integer"),
        ({"type": ["integer", "null"]}, "null|integer"),
        ({"type": "array", "items": {"type": "number"}}, ["number"]),
        ({"enum": ["a", 1]}, "integer|string"),
        (thing(a={"type": "boolean"}), {"a": "boolean", "*": "any"}),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, "integer|string"),
        (
            {"oneOf": [{"type": "string", "format": "date"}, {"type": "string"}]},
            "string",
        ),
        (thing(a={"type": "string", "format": "binary"}), {"a": "file", "*": "any"}),
        ({"type": ["string", "null"], "contentMediaType": "image/png"}, "null|file"),
        ({"type": "string", "format": "byte"}, "string"),
        (one_or_several({"type": "string"}), "string"),
        (one_or_several({"type": "string", "format": "binary"}), "file"),
        (one_or_several({"type": "integer"}, {"type": "null"}), "null|integer"),
        (
            {"oneOf": [{"type": "string"}, {"type": "array", "items": BOOLEAN}]},
            "any",
        ),
        ({"type": ["string", "array"], "items": {"type": "string"}}, "string"),
        ({"type": ["object", "array"], "items": {"type": "string"}}, "any"),
        ({}, "any"),
    ],
)
def test_kinds(tmp_path: Path, schema: Json, kind: Json) -> None:
    api = schemas_api(tmp_path, {"T": schema})
    assert Models(api).kind(next(iter(api.schemas.values()))) == kind


def test_annotations_say_what_signatures_say(tmp_path: Path) -> None:
    api = api_of(
        tmp_path,
        {
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1"},
            "paths": {
                "/": {
                    "get": {
                        "operationId": "find",
                        "parameters": [
                            {
                                "name": "n",
                                "in": "query",
                                "schema": {"type": "integer", "maximum": 9},
                            },
                            {
                                "name": "id",
                                "in": "query",
                                "schema": {"type": "string", "format": "uuid"},
                            },
                            {
                                "name": "either",
                                "in": "query",
                                "schema": {
                                    "oneOf": [{"type": "string"}, {"type": "integer"}]
                                },
                            },
                        ],
                        "responses": {"204": {"description": ""}},
                    }
                }
            },
        },
    )
    models = Models(api)
    found = [
        models.annotation(p.schema, "Find" + p.name.title(), "in")
        for p in api.operations[0].parameters
    ]
    assert [one.said for one in found] == ["int", "UUID", "str | int"]
    assert found[0].text == "Annotated[int, Field(le=9), Whole]"
    assert found[0].said_imports == frozenset()
    assert found[1].imports == {Import(".runtime.formats", "Uuid")}
    assert found[2].text == "models.FindEither"
