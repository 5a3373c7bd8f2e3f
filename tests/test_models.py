"""What the emitted models accept, refuse, keep and say; and that every real document's models work."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError
from typing_extensions import TypeAliasType

from generator.load import load
from generator.model import Api, Json, MediaType, Operation
from generator.problems import Refused
from generator.python import Import
from generator.read.openapi import read
from generator.targets.forms import Side
from generator.targets.directions import Direction
from generator.targets.models import Annotation, Models
from tests.rendered import api_of, module_of, schemas_api, source_of

CORPUS = Path(
    os.environ.get(
        "GEN_CORPUS", Path(__file__).parent.parent.parent / "shared" / "corpus"
    )
)
needs_corpus = pytest.mark.skipif(
    not (CORPUS / "openapi").is_dir(),
    reason=f"NO CORPUS: {CORPUS} is absent; set GEN_CORPUS",
)


def adapter(module: ModuleType, annotation: Annotation) -> TypeAdapter[Any]:
    return TypeAdapter(evaluated(module, annotation))


def evaluated(module: ModuleType, annotation: Annotation) -> Any:
    scope: dict[str, Any] = {"models": module}
    for one in annotation.imports - {Import(".", "models")}:
        name = one.module.lstrip(".")
        __import__(name)
        scope[one.name] = getattr(sys.modules[name], one.name)
    return eval(annotation.text, scope)  # noqa: S307


class Reader:
    """Component schemas as adapters, read as a request on the service (or as a response on the client)."""

    def __init__(
        self, folder: Path, schemas: dict[str, Json], side: Side = "service"
    ) -> None:
        bodies: dict[str, Json] = {}
        for name in schemas:
            content: Json = {
                "application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}
            }
            answer: Json = {"204": {"description": ""}}
            if side == "client":
                answer = {"200": {"description": "", "content": content}}
                bodies[f"/{name}"] = {
                    "get": {"operationId": f"use{name}", "responses": answer}
                }
            else:
                body: Json = {"content": content}
                bodies[f"/{name}"] = {
                    "post": {"requestBody": body, "responses": answer}
                }
        self.api = api_of(
            folder,
            {
                "openapi": "3.1.0",
                "info": {"title": "T", "version": "1"},
                "paths": bodies,
                "components": {"schemas": schemas},
            },
        )
        self.models = Models(self.api, side)
        self.direction: Direction = "in" if side == "service" else "out"
        self.module = module_of(self.models)
        self.by_name = {
            schema.name or "": schema for schema in self.api.schemas.values()
        }

    def adapter(self, name: str) -> TypeAdapter[Any]:
        found = self.models.annotation(self.by_name[name], name, self.direction)
        return adapter(self.module, found)

    def read(self, name: str, value: Json) -> Any:
        return self.adapter(name).validate_json(
            json.dumps(value), strict=True, by_alias=True, by_name=False
        )

    def accepts(self, name: str, value: Json) -> bool:
        try:
            self.read(name, value)
        except ValidationError:
            return False
        return True

    def again(self, name: str, value: Json) -> Json:
        """The value read and written again."""
        made = self.adapter(name).dump_json(self.read(name, value), by_alias=True)
        result: Json = json.loads(made)
        return result

    def errors(self, name: str, value: Json) -> list[tuple[tuple[int | str, ...], str]]:
        with pytest.raises(ValidationError) as caught:
            self.read(name, value)
        return [(error["loc"], error["msg"]) for error in caught.value.errors()]


def one(folder: Path, schema: Any, side: Side = "service") -> Reader:
    return Reader(folder, {"Thing": schema}, side)


def thing(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties)}


# Absent, null, default


def test_absent_is_not_null_is_not_the_default(tmp_path: Path) -> None:
    from pydantic import MISSING

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


# Combinations

PETS: dict[str, Json] = {
    "Cat": {
        **thing(kind={"type": "string"}, lives={"type": "integer"}),
        "required": ["kind", "lives"],
    },
    "Dog": {
        **thing(kind={"type": "string"}, barks={"type": "boolean"}),
        "required": ["kind", "barks"],
    },
}
REFS: Json = [
    {"$ref": "#/components/schemas/Cat"},
    {"$ref": "#/components/schemas/Dog"},
]


def test_one_of_is_exactly_one(tmp_path: Path) -> None:
    reader = Reader(tmp_path, {**PETS, "Pet": {"oneOf": REFS}})
    assert type(reader.read("Pet", {"kind": "x", "barks": True})).__name__ == "Dog"
    ((place, words),) = reader.errors("Pet", {"kind": "x", "barks": True, "lives": 9})
    assert place == () and "exactly one" in words
    assert not reader.accepts("Pet", {"kind": "x"})


def test_any_of_takes_the_closest(tmp_path: Path) -> None:
    reader = Reader(tmp_path, {**PETS, "Pet": {"anyOf": REFS}})
    assert type(reader.read("Pet", {"kind": "x", "barks": True})).__name__ == "Dog"
    assert reader.accepts("Pet", {"kind": "x", "barks": True, "lives": 9})


def test_a_discriminator_chooses_and_explains(tmp_path: Path) -> None:
    telling: Json = {
        "propertyName": "kind",
        "mapping": {"miau": "#/components/schemas/Cat"},
    }
    reader = Reader(
        tmp_path, {**PETS, "Pet": {"oneOf": REFS, "discriminator": telling}}
    )
    assert (
        type(reader.read("Pet", {"kind": "miau", "lives": 9, "barks": True})).__name__
        == "Cat"
    )
    assert type(reader.read("Pet", {"kind": "Dog", "barks": True})).__name__ == "Dog"
    assert reader.errors("Pet", {"kind": "miau"}) == [(("lives",), "Field required")]
    assert reader.errors("Pet", {"kind": "cow"}) == [
        (("kind",), "Input should be one of 'miau', 'Dog'")
    ]
    assert reader.errors("Pet", {}) == [(("kind",), "Field required")]


def test_what_no_word_names_is_the_default_of_its_discriminator(tmp_path: Path) -> None:
    telling: Json = {
        "propertyName": "kind",
        "defaultMapping": "Dog",
        "mapping": {"miau": "Cat"},
    }
    dog: Json = thing(kind={"type": "string"}, barks={"type": "boolean"})
    pet: Json = {"oneOf": REFS, "discriminator": telling}
    reader = Reader(tmp_path, {**PETS, "Dog": dog, "Pet": pet})
    assert type(reader.read("Pet", {"kind": "miau", "lives": 9})).__name__ == "Cat"
    for value in ({"kind": "cow"}, {"barks": True}, {"kind": "Dog"}):
        assert type(reader.read("Pet", value)).__name__ == "Dog"


def test_what_extends_a_schema_with_a_discriminator_goes_out_whole_in_its_place(
    tmp_path: Path,
) -> None:
    secret: Json = {"type": "integer", "writeOnly": True}
    pet = {**thing(kind={"type": "string"}), "discriminator": {"propertyName": "kind"}}
    cat = {"allOf": [{"$ref": "#/components/schemas/Pet"}, thing(lives=secret)]}
    lion = {"allOf": [{"$ref": "#/components/schemas/Cat"}, thing(mane=secret)]}
    models = both_ways(tmp_path, "Pet", {"Pet": pet, "Cat": cat, "Lion": lion})
    module = module_of(models)
    schema = next(s for s in models.api.schemas.values() if s.name == "Pet")
    asked = adapter(module, models.annotation(schema, "X", "in"))
    simba = module.LionRequest(kind="Lion", lives=9, mane=1)
    assert asked.dump_json(simba) == b'{"kind":"Lion","lives":9,"mane":1}'
    said = adapter(module, models.annotation(schema))
    assert said.dump_json(module.Lion(kind="Lion")) == b'{"kind":"Lion"}'


def test_errors_in_alternatives_have_plain_places(tmp_path: Path) -> None:
    schema = thing(either={"oneOf": [{"type": "string"}, thing(n={"type": "integer"})]})
    reader = one(tmp_path, schema)
    assert [place for place, _ in reader.errors("Thing", {"either": {"n": "x"}})] == [
        ("either", "n")
    ]


def test_any_of_with_null_is_optional(tmp_path: Path) -> None:
    reader = one(tmp_path, thing(a={"anyOf": [{"type": "string"}, {"type": "null"}]}))
    assert "a: str | None | MISSING = MISSING" in source_of(reader.models)
    assert reader.accepts("Thing", {"a": None}) and not reader.accepts(
        "Thing", {"a": 1}
    )


def test_all_of_inherits_where_it_only_adds(tmp_path: Path) -> None:
    base = {**thing(id={"type": "integer"}), "required": ["id"]}
    more: Json = {
        "allOf": [{"$ref": "#/components/schemas/Base"}, thing(name={"type": "string"})]
    }
    needs: Json = {
        "allOf": [{"$ref": "#/components/schemas/More"}, {"required": ["name"]}]
    }
    narrow: Json = {
        "allOf": [
            {"$ref": "#/components/schemas/Base"},
            thing(id={"type": "integer", "minimum": 5}),
        ]
    }
    reader = Reader(
        tmp_path, {"More": more, "Needs": needs, "Narrow": narrow, "Base": base}
    )
    assert issubclass(reader.module.More, reader.module.Base)
    assert reader.accepts("More", {"id": 1, "name": "x"}) and not reader.accepts(
        "More", {"name": "x"}
    )
    assert not reader.accepts("Needs", {"id": 1})
    assert reader.accepts("Narrow", {"id": 5}) and not reader.accepts(
        "Narrow", {"id": 4}
    )


def test_all_of_with_one_of_is_each_alternative_with_the_rest(tmp_path: Path) -> None:
    schema: Json = {
        "allOf": [
            {**thing(id={"type": "integer"}), "required": ["id"]},
            {"oneOf": REFS},
        ],
    }
    reader = Reader(tmp_path, {**PETS, "Pet": schema})
    made = reader.read("Pet", {"id": 1, "kind": "x", "barks": True})
    assert made.id == 1 and made.barks is True
    assert not reader.accepts("Pet", {"kind": "x", "barks": True})


def test_required_alternatives_are_a_rule_of_one_class(tmp_path: Path) -> None:
    schema = {**thing(a={}, b={}), "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}
    reader = one(tmp_path, schema)
    assert type(reader.read("Thing", {"a": 1})).__name__ == "Thing"
    assert not reader.accepts("Thing", {})
    with pytest.raises(ValidationError):
        reader.module.Thing()
    assert reader.module.Thing(a=1).a == 1


def test_recursion_anywhere(tmp_path: Path) -> None:
    node: Json = {"$ref": "#/components/schemas/Node"}
    tree: Json = {"$ref": "#/components/schemas/Tree"}
    reader = Reader(
        tmp_path,
        {
            "Node": {
                **thing(next=node, all={"type": "array", "items": node}),
                "minProperties": 1,
            },
            "Tree": {"oneOf": [{"type": "string"}, {"type": "array", "items": tree}]},
            "Map": {
                "type": "object",
                "additionalProperties": {"$ref": "#/components/schemas/Map"},
            },
        },
    )
    assert reader.accepts("Node", {"next": {"all": [{"next": {"x": 1}}]}})
    assert not reader.accepts("Node", {"next": {"all": [{}]}})
    assert reader.accepts("Tree", ["a", [["b"]]]) and not reader.accepts(
        "Tree", ["a", [1]]
    )
    assert reader.accepts("Map", {"a": {"b": {}}}) and not reader.accepts(
        "Map", {"a": {"b": 1}}
    )


def test_siblings_of_a_reference_count(tmp_path: Path) -> None:
    reader = Reader(
        tmp_path,
        {
            "Id": {"type": "integer"},
            "Thing": thing(
                id={
                    "$ref": "#/components/schemas/Id",
                    "minimum": 3,
                    "description": "The id.",
                }
            ),
        },
    )
    assert reader.accepts("Thing", {"id": 3}) and not reader.accepts("Thing", {"id": 2})


# Directions


def both_ways(tmp_path: Path, name: str, schemas: dict[str, Json]) -> Models:
    """The models of an operation that is sent a schema and answers it."""
    content: Json = {
        "application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}
    }
    document: dict[str, Json] = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {
            "/users": {
                "post": {
                    "requestBody": {"content": content},
                    "responses": {"201": {"description": "", "content": content}},
                }
            }
        },
        "components": {"schemas": schemas},
    }
    return Models(api_of(tmp_path, document))


USER: dict[str, Json] = {
    **thing(
        id={"type": "integer", "readOnly": True},
        name={"type": "string"},
        password={"type": "string", "writeOnly": True},
    ),
    "required": ["id", "name", "password"],
}


def test_read_only_and_write_only_make_two_models_where_both_are_used(
    tmp_path: Path,
) -> None:
    models = both_ways(tmp_path, "User", {"User": USER})
    module = module_of(models)
    schema = next(iter(models.api.schemas.values()))
    assert models.annotation(schema, "X", "in").text == "models.UserRequest"
    assert models.annotation(schema, "X", "out").text == "models.User"
    assert list(module.UserRequest.model_fields) == ["name", "password"]
    assert list(module.User.model_fields) == ["id", "name"]


def test_what_a_rule_says_is_a_sentence(tmp_path: Path) -> None:
    held: Json = {
        "type": "array",
        "prefixItems": [{"type": "integer"}],
        "items": {
            "type": "object",
            "propertyNames": {"maxLength": 1},
            "patternProperties": {"^x": {"type": "null"}},
            "additionalProperties": False,
        },
    }
    reader = one(tmp_path, held)
    assert [
        reader.errors("Thing", value)
        for value in (["a"], [1, {"xy": None}], [1, {"a": 1}])
    ] == [
        [((), "The value is wrong at item 0: it must be integer")],
        [
            (
                (),
                "The value is wrong at item 1: it must not have the name 'xy': it must have at most 1 characters",
            )
        ],
        [((), "The value is wrong at item 1: it is wrong at 'a': it is not allowed")],
    ]


def test_rules_ask_only_for_what_travels(tmp_path: Path) -> None:
    closed: dict[str, Json] = {
        "allOf": [{"$ref": "#/components/schemas/User"}],
        "required": ["id", "password"],
        "unevaluatedProperties": False,
    }
    module = module_of(both_ways(tmp_path, "Closed", {"User": USER, "Closed": closed}))
    asked, told = {"name": "Ada", "password": "x"}, {"id": 1, "name": "Ada"}
    assert module.ClosedRequest.model_validate(asked).password == "x"
    assert module.Closed.model_validate(told).id == 1
    with pytest.raises(ValidationError, match="more"):
        module.Closed.model_validate({**told, "more": 1})


def test_a_read_only_word_about_a_known_property_counts(tmp_path: Path) -> None:
    base = thing(id={"type": "integer"}, name={"type": "string"})
    user: Json = {
        "allOf": [
            {"$ref": "#/components/schemas/Base"},
            {"properties": {"id": {"readOnly": True}}},
        ]
    }
    module = module_of(both_ways(tmp_path, "User", {"Base": base, "User": user}))
    assert list(module.UserRequest.model_fields) == ["name"]
    assert list(module.User.model_fields) == ["id", "name"]


def test_what_tells_alternatives_apart_travels_both_ways(tmp_path: Path) -> None:
    kind: Json = {"type": "string", "readOnly": True}
    cat = {**thing(kind=kind, lives={"type": "integer"}), "required": ["kind"]}
    dog = {**thing(kind=kind, barks={"type": "boolean"}), "required": ["kind"]}
    pet: Json = {"oneOf": REFS, "discriminator": {"propertyName": "kind"}}
    schemas: dict[str, Json] = {"Cat": cat, "Dog": dog, "Pet": pet}
    models = both_ways(tmp_path, "Pet", schemas)
    module = module_of(models)
    schema = next(s for s in models.api.schemas.values() if s.name == "Pet")
    reading = adapter(module, models.annotation(schema, "X", "in"))
    found = reading.validate_json('{"kind": "Dog", "barks": true}')
    assert (type(found), found.kind) == (module.DogRequest, "Dog")
    assert module.CatRequest(lives=9)  # alone there is nothing to tell it apart from


def test_a_list_that_two_schemas_describe_holds_what_both_say(tmp_path: Path) -> None:
    page = thing(data={"type": "array", "items": {"type": "object"}}, links={})
    users: Json = {
        "allOf": [
            {"$ref": "#/components/schemas/Page"},
            thing(
                data={"type": "array", "items": {"$ref": "#/components/schemas/User"}}
            ),
        ]
    }
    schemas: dict[str, Json] = {"User": thing(n={}), "Page": page, "Users": users}
    module = module_of(Models(schemas_api(tmp_path, schemas)))
    found = module.Users.model_validate_json('{"data": [{"n": 1}]}')
    assert type(found.data[0]) is module.User


def test_a_title_that_is_but_the_name_is_not_said_again(tmp_path: Path) -> None:
    schema: dict[str, Json] = {
        **thing(item_id={"title": "Item Id"}, size={"title": "In inches"}),
        "title": "Bolt",
    }
    text = source_of(Models(schemas_api(tmp_path, {"Bolt": schema})))
    assert '"""Bolt"""' not in text
    assert '"""Item Id"""' not in text
    assert '"""In inches"""' in text


def test_what_nothing_else_evaluates_is_additional(tmp_path: Path) -> None:
    schema = {**thing(a={}), "unevaluatedProperties": False}
    assert 'extra="forbid"' in source_of(Models(schemas_api(tmp_path, {"A": schema})))
    reader = one(tmp_path, {"prefixItems": [{}], "unevaluatedItems": {"type": "null"}})
    assert reader.accepts("Thing", [1, None]) and not reader.accepts("Thing", [1, 2])


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


# Every document


def documents() -> list[Path]:
    if not (CORPUS / "openapi").is_dir():
        return []
    found = sorted((CORPUS / "openapi").iterdir())
    entries = [sorted(p.rglob("*.yaml"))[0] if p.is_dir() else p for p in found]
    return [path for path in entries if path.suffix in (".yaml", ".json")]


def readable(path: Path) -> Api:
    try:
        return read(load(path))[0]
    except Refused:
        pytest.skip(f"{path.name} is no document that can be read")


@needs_corpus
@pytest.mark.parametrize("side", ["service", "client"])
@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_every_models_module_builds(path: Path, side: Side) -> None:
    module = module_of(Models(readable(path), side))
    for found in list(vars(module).values()):
        if (
            isinstance(found, type)
            and issubclass(found, BaseModel)
            and found.__module__ == module.__name__
        ):
            found.model_rebuild(force=True)
        elif isinstance(found, TypeAliasType) and found.__module__ == module.__name__:
            TypeAdapter(found).rebuild(force=True)


def contents(operation: Operation) -> Iterator[tuple[MediaType, Direction]]:
    if operation.body is not None:
        yield from ((content, "in") for content in operation.body.contents)
    for response in operation.responses:
        yield from ((content, "out") for content in response.contents)


@needs_corpus
@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_every_example_is_valid_and_can_be_constructed(path: Path) -> None:
    api = readable(path)
    models = Models(api)
    made: list[tuple[Annotation, Annotation, Json]] = []
    for operation in api.operations:
        for content, direction in contents(operation):
            if content.schema is None or not models.is_valid(
                content.schema, models.example(content.schema)
            ):
                continue
            value = models.example(content.schema, content.examples, direction)
            made.append(
                (
                    models.annotation(content.schema, "Value", direction),
                    models.construct(content.schema, value, "Value", direction),
                    value,
                )
            )
    module = module_of(models)
    for annotation, construction, value in made:
        reader = adapter(module, annotation)
        if annotation.text == "bytes":
            continue
        read_value = reader.validate_json(
            json.dumps(value), strict=True, by_alias=True, by_name=False
        )
        constructed = evaluated(module, construction)
        reader.validate_python(constructed)
        assert reader.dump_json(constructed, by_alias=True) == reader.dump_json(
            read_value, by_alias=True
        )


@needs_corpus
def test_most_schemas_have_a_valid_example() -> None:
    total = good = 0
    for path in documents():
        try:
            api = read(load(path))[0]
        except Refused:
            continue
        models = Models(api)
        for schema in api.schemas.values():
            total += 1
            good += models.is_valid(schema, models.example(schema))
    print(f"{good} of {total} schemas")
    assert good >= total * 0.97


@needs_corpus
@pytest.mark.slow
def test_mypy_finds_nothing_in_any_models_module(tmp_path: Path) -> None:
    package = tmp_path / "emitted"
    package.mkdir()
    runtime = Path(__file__).parent.parent / "templates" / "runtime"
    (package / "__init__.py").write_text("")
    (package / "runtime").mkdir()
    for name in (
        "__init__",
        "model",
        "schema",
        "rules",
        "alternatives",
        "constraints",
        "formats",
        "spelling",
    ):
        (package / "runtime" / f"{name}.py").write_text(
            (runtime / f"{name}.py").read_text()
        )
    for path in documents():
        try:
            api = read(load(path))[0]
        except Refused:
            continue
        for side in ("service", "client"):
            name = "".join(c if c.isalnum() else "_" for c in f"m_{path.stem}_{side}")
            (package / f"{name}.py").write_text(source_of(Models(api, side)))
    result = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "-p", "emitted"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout


def test_uuid_values_are_uuids(tmp_path: Path) -> None:
    reader = one(tmp_path, thing(id={"type": "string", "format": "uuid"}))
    text = "123e4567-e89b-42d3-a456-426614174000"
    assert reader.read("Thing", {"id": text}).id == UUID(text)
