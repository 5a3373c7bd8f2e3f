"""JSON that people read is what Python's own `json` writes with an indent."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest

from generator.indented import indented
from generator.model import Json, Schema, changed
from generator.problems import Place
from generator.schema import schema_of

VALUES: list[Json] = [
    None,
    "",
    1.5,
    -0.0,
    1e300,
    [],
    {},
    {"a": [], "b": {}, "c": [{}]},
    [[1, [2, [True, None]]], {"x": {"y": ["z"]}}],
    {'quotes " and \\': "lines\nand\u2028more\x00", "ünïcode": "日本"},
]


@pytest.mark.parametrize("value", VALUES, ids=json.dumps)
def test_indented_json_is_what_the_standard_library_writes(value: Json) -> None:
    assert indented(value) == json.dumps(value, indent=2, ensure_ascii=False)


def test_a_changed_schema_is_a_replaced_one() -> None:
    schema = Schema(at=Place("a.yaml"), key="a", types=("string",), max_length=3)
    made = changed(schema, key="b", types=(), enum=("x",))
    wanted = replace(schema, key="b", types=(), enum=("x",))
    assert [getattr(made, each.name) for each in fields(Schema)] == [
        getattr(wanted, each.name) for each in fields(Schema)
    ]
    assert schema.key == "a" and schema.enum is None


def test_a_schema_that_holds_only_what_it_says_reads_as_any_other() -> None:
    said = {"types": ("string",), "max_length": 3}
    made = schema_of(Place("a.yaml"), "a", said)
    wanted = Schema(at=Place("a.yaml"), key="a", types=("string",), max_length=3)
    assert [getattr(made, each.name) for each in fields(Schema)] == [
        getattr(wanted, each.name) for each in fields(Schema)
    ]
