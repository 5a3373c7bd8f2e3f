"""What the emitted models accept, refuse, keep and say: scalars, arrays, objects, defaults."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from pydantic import MISSING

from generator.model import Json
from tests.model_reader import Reader, one, thing

# Absent, null, default


def test_absent_is_not_null_is_not_the_default(tmp_path: Path) -> None:
    reader = one(
        tmp_path,
        thing(
            plain={"type": "string"},
            empty={"type": ["string", "null"]},
            given={"type": "integer", "default": 5},
        ),
    )
    made = reader.read("Thing", {})
    assert made.plain is MISSING and made.empty is MISSING and made.given == 5
    assert reader.read("Thing", {"empty": None}).empty is None
    assert not reader.accepts("Thing", {"plain": None})
    assert reader.again("Thing", {"empty": None}) == {"empty": None, "given": 5}
    client = one(tmp_path, thing(given={"type": "integer", "default": 5}), "client")
    assert client.read("Thing", {}).given is MISSING


def test_a_pattern_that_python_cannot_read_is_told_and_not_held(tmp_path: Path) -> None:
    reader = one(tmp_path, {"type": "string", "pattern": "(?<a"})
    (problem,) = reader.models.problems
    assert problem.code == "not-supported" and problem.severity == "warning"
    assert reader.accepts("Thing", "anything")


def test_a_default_that_its_schema_refuses_is_not_used(tmp_path: Path) -> None:
    reader = one(tmp_path, thing(given={"type": "integer", "default": "five"}))
    assert reader.again("Thing", {}) == {}


def test_defaults_of_every_shape(tmp_path: Path) -> None:
    reader = Reader(
        tmp_path,
        {
            "Thing": thing(
                names={
                    "type": "array",
                    "items": {"enum": ["a", "b"]},
                    "default": ["a"],
                },
                part={"$ref": "#/components/schemas/Part", "default": {"id": 3}},
                day={"type": "string", "format": "date", "default": "2026-01-02"},
                nothing={"type": ["string", "null"], "default": None},
            ),
            "Part": {**thing(id={"type": "integer"}), "required": ["id"]},
        },
    )
    expected: Json = {
        "names": ["a"],
        "part": {"id": 3},
        "day": "2026-01-02",
        "nothing": None,
    }
    assert reader.again("Thing", {}) == expected
    first, second = reader.read("Thing", {}), reader.read("Thing", {})
    assert first.names is not second.names


# Scalars


@pytest.mark.parametrize(
    ("schema", "valid", "invalid"),
    [
        ({"type": "integer"}, [1, 1.0, -(10**30)], [True, "1", 1.5, None]),
        ({"type": "integer", "minimum": 1.5, "maximum": 4}, [2, 4.0], [1, 5]),
        ({"type": "integer", "format": "int32"}, [2**31 - 1], [2**31]),
        (
            {"type": "integer", "format": "int32", "minimum": 2},
            [2, 2.0, 2**31 - 1],
            [1, 2**31, True, "2", 2.5],
        ),
        (
            {"type": "integer", "format": "int64", "exclusiveMaximum": 10**30},
            [-(2**63), 2**63 - 1],
            [-(2**63) - 1, 2**63],
        ),
        (
            {"type": "integer", "minimum": 0, "multipleOf": 5},
            [0, 5.0, 10],
            [-5, 3, "5"],
        ),
        ({"type": "number"}, [1, 1.5, 1e300], [True, "1.5", None]),
        ({"type": "number", "multipleOf": 0.01}, [0.07, 19.99, 4], [0.075]),
        ({"type": "number", "exclusiveMinimum": 0}, [0.1], [0, -1]),
        ({"type": "boolean"}, [True, False], [0, 1, "true"]),
        (
            {"type": "string", "minLength": 2, "maxLength": 3},
            ["ab", "💩💩"],
            ["a", "abcd", 12],
        ),
        ({"type": "string", "pattern": "^\\d+$"}, ["12"], ["12\n", "٣", "a"]),
        ({"type": "string", "pattern": "\\p{L}{2}"}, ["éa", "1日本"], ["a1b"]),
        (
            {"type": "string", "pattern": "^[\\p{XDigit}\\P{ASCII}-]+$"},
            ["0-fF", "é\U0010ffff"],
            ["g", ""],
        ),
        (
            {"type": "string", "format": "uuid"},
            [
                "123e4567-e89b-42d3-a456-426614174000",
                "123E4567-E89B-42D3-A456-426614174000",
            ],
            [
                "{x}",
                4,
                None,
                "123e4567e89b42d3a456426614174000",
                "{123e4567-e89b-42d3-a456-426614174000}",
                "urn:uuid:123e4567-e89b-42d3-a456-426614174000",
                "123e4567-e89b-42d3-a456-426614174000\n",
            ],
        ),
        (
            {"type": "string", "format": "date"},
            ["2026-02-28"],
            ["2026-02-30", "20260228", 0],
        ),
        (
            {"type": "string", "format": "date-time"},
            ["2026-01-01T00:00:00Z", "2026-01-01t00:00:00.123456789+01:00"],
            ["2026-01-01", "1700000000", 1700000000],
        ),
        ({"type": "string", "format": "time"}, ["10:00:00Z"], ["25:00:00Z", "10"]),
        (
            {"type": "string", "format": "duration"},
            ["P1M", "PT5S", "P2W"],
            ["P", "5 minutes"],
        ),
        ({"type": "string", "format": "ipv4"}, ["192.0.2.1"], ["192.0.2.256"]),
        ({"type": "string", "format": "ipv6"}, ["2001:db8::1"], ["::g"]),
        ({"type": "string", "format": "byte"}, ["aGk="], ["a", "%%"]),
        ({"type": "string", "contentEncoding": "base64"}, ["aGk="], ["a"]),
        ({"enum": ["a", 1, None]}, ["a", 1, 1.0, None], [True, "1", "b"]),
        ({"enum": [True]}, [True], [1]),
        ({"const": {"a": [1]}}, [{"a": [1.0]}], [{"a": [True]}]),
        ({"type": "string", "enum": ["a", "b", 3]}, ["a"], [3, "c"]),
        ({"enum": []}, [], ["a", None]),
        (False, [], [1, {}]),
        (True, [1, {}, None], []),
        ({"type": ["string", "integer"]}, ["a", 1], [1.5, None, []]),
        ({"type": "null"}, [None], [0, ""]),
    ],
)
def test_scalars(
    tmp_path: Path, schema: Json, valid: list[Json], invalid: list[Json]
) -> None:
    reader = one(tmp_path, schema)
    assert [v for v in valid if not reader.accepts("Thing", v)] == []
    assert [v for v in invalid if reader.accepts("Thing", v)] == []


@pytest.mark.parametrize(
    ("schema", "value", "said"),
    [
        (
            {"type": "integer", "minimum": 1},
            0,
            "Input should be greater than or equal to 1",
        ),
        (
            {"type": "integer", "maximum": 9},
            10.0,
            "Input should be less than or equal to 9",
        ),
        ({"type": "integer", "minimum": 1}, 1.5, "Input should be a valid integer"),
        ({"type": "integer", "minimum": 1}, "1", "Input should be a valid integer"),
        ({"type": "string", "format": "uuid"}, "x", "Input should be a valid UUID"),
        (
            {"type": "string", "format": "uuid"},
            4,
            "UUID input should be a string, bytes or UUID object",
        ),
    ],
)
def test_what_is_wrong_with_a_scalar_is_said(
    tmp_path: Path, schema: Json, value: Json, said: str
) -> None:
    reader = one(tmp_path, thing(given=schema))
    assert reader.errors("Thing", {"given": value}) == [(("given",), said)]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "format": "date-time"}, "2026-01-01T00:00:00Z"),
        ({"type": "string", "format": "date-time"}, "2026-01-01T00:00:00+02:00"),
        ({"type": "string", "format": "date"}, "2026-01-01"),
        ({"type": "string", "format": "duration"}, "P1M"),
        ({"type": "string", "format": "byte"}, "aGk="),
        ({"type": "string", "format": "ipv6"}, "2001:db8::1"),
        ({"type": "string", "format": "uri"}, "HTTP://Example.com/%7Ea"),
        ({"type": "number"}, 1.5),
        ({"type": "object"}, {"a": [1, None, {"b": True}]}),
        (
            thing(a={"type": "string"}),
            {"a": "x", "more": {"y": [1]}, "self": 1, "model_config": 2},
        ),
    ],
)
def test_what_is_read_is_written_again(
    tmp_path: Path, schema: Json, value: Json
) -> None:
    assert one(tmp_path, schema).again("Thing", value) == value


# Arrays and objects


@pytest.mark.parametrize(
    ("schema", "valid", "invalid"),
    [
        (
            {"type": "array", "items": {"type": "integer"}, "minItems": 1},
            [[1.0]],
            [[], ["a"], {}],
        ),
        (
            {"type": "array", "uniqueItems": True},
            [[1, True, "1"]],
            [[1, 1.0], [{"a": 1}, {"a": 1.0}]],
        ),
        (
            {"type": "array", "prefixItems": [{"type": "string"}], "items": False},
            [["a"], []],
            [[1], ["a", 1]],
        ),
        (
            {"type": "array", "contains": {"type": "integer"}, "maxContains": 1},
            [["a", 1]],
            [["a"], [1, 2]],
        ),
        (
            {"type": "object", "additionalProperties": {"type": "integer"}},
            [{"a": 1}],
            [{"a": "b"}],
        ),
        ({**thing(a={}), "additionalProperties": False}, [{"a": 1}], [{"b": 1}]),
        (
            {**thing(a={}), "additionalProperties": {"type": "integer"}},
            [{"b": 1}],
            [{"b": "x"}],
        ),
        (
            {**thing(a={}), "patternProperties": {"^x-": {"type": "integer"}}},
            [{"x-a": 1}],
            [{"x-a": "b"}],
        ),
        ({**thing(a={}), "minProperties": 1}, [{"b": 1}], [{}]),
        ({**thing(a={}), "propertyNames": {"maxLength": 2}}, [{"ab": 1}], [{"abc": 1}]),
        ({**thing(a={}), "required": ["b"]}, [{"b": None}], [{"a": 1}]),
        (
            {**thing(a={}, b={}), "dependentRequired": {"a": ["b"]}},
            [{"b": 1}, {"a": 1, "b": 1}],
            [{"a": 1}],
        ),
        (
            {**thing(a={}), "if": {"required": ["a"]}, "then": {"required": ["b"]}},
            [{}, {"a": 1, "b": 1}],
            [{"a": 1}],
        ),
        ({**thing(a={}), "not": {"required": ["b"]}}, [{"a": 1}], [{"b": 1}]),
        (
            {"type": "object", "allOf": [thing(a={})], "unevaluatedProperties": False},
            [{"a": 1}],
            [{"b": 1}],
        ),
        (
            {"properties": {"a": {"type": "integer"}}},
            [{"a": 1}, [], "x", None, 1],
            [{"a": "b"}],
        ),
        ({"items": {"type": "integer"}}, [[1], {}, "x"], [["a"]]),
    ],
)
def test_arrays_and_objects(
    tmp_path: Path, schema: Json, valid: list[Json], invalid: list[Json]
) -> None:
    reader = one(tmp_path, schema)
    assert [v for v in valid if not reader.accepts("Thing", v)] == []
    assert [v for v in invalid if reader.accepts("Thing", v)] == []


def test_a_place_is_named_by_json_names(tmp_path: Path) -> None:
    part = {**thing(itemCount={"type": "integer"}), "required": ["itemCount"]}
    reader = Reader(
        tmp_path,
        {
            "Thing": thing(
                theParts={
                    "type": "array",
                    "items": {"$ref": "#/components/schemas/Part"},
                }
            ),
            "Part": part,
        },
    )
    assert reader.errors("Thing", {"theParts": [{}]}) == [
        (("theParts", 0, "itemCount"), "Field required")
    ]


def test_uuid_values_are_uuids(tmp_path: Path) -> None:
    reader = one(tmp_path, thing(id={"type": "string", "format": "uuid"}))
    text = "123e4567-e89b-42d3-a456-426614174000"
    assert reader.read("Thing", {"id": text}).id == UUID(text)
