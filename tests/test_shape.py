"""The structure of documents: the quick pass and the full metaschemas agree, and problems are worded."""

from __future__ import annotations

import copy
import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from generator.load import load
from generator.metaschema import FOLDER, VERSIONS, metaschema, roles
from generator.model import Json
from generator.problems import CODES, Place, Problem, Refused
from generator.processing_shape import processing_problems
from generator.read.durations import duration
from generator.shape import shape
from generator.structure import inspect, path_of
from generator.wording import worded

SCHEMA: Any = {
    "type": "object",
    "title": "Lamp",
    "required": ["id"],
    "properties": {"id": {"type": "integer", "minimum": 1}, "room": {"$ref": "#/x"}},
    "additionalProperties": {"type": "string", "maxLength": 3},
    "allOf": [{"not": {"enum": [1, 2]}}],
    "discriminator": {"propertyName": "kind", "mapping": {"a": "A"}},
    "xml": {"name": "lamp", "wrapped": False},
    "externalDocs": {"url": "https://lamps.example"},
}
PARAMETERS: Any = [
    {"name": "lampId", "in": "path", "required": True, "schema": {"type": "string"}},
    {"name": "q", "in": "query", "style": "deepObject", "schema": SCHEMA},
    {"name": "X-A", "in": "header", "content": {"a/b": {"example": 1}}},
    {"name": "c", "in": "cookie", "schema": {}, "examples": {"one": {"value": 1}}},
    {"$ref": "#/components/parameters/limit"},
]
OPERATION: Any = {
    "operationId": "getLamp",
    "tags": ["lamps"],
    "deprecated": False,
    "parameters": PARAMETERS,
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": SCHEMA,
                "encoding": {"room": {"contentType": "a/b", "style": "form"}},
            }
        },
    },
    "responses": {
        "200": {
            "description": "A lamp.",
            "headers": {"X-B": {"schema": {"type": "string"}, "style": "simple"}},
            "content": {"application/json": {"schema": SCHEMA}},
            "links": {"next": {"operationId": "getLamp", "parameters": {"a": 1}}},
        },
        "4XX": {"$ref": "#/components/responses/refused"},
        "default": {"description": "Anything else."},
    },
    "callbacks": {
        "lit": {"{$url}": {"post": {"responses": {"204": {"description": "Noted."}}}}}
    },
    "security": [{"key": []}, {}],
    "servers": [{"url": "/{v}", "variables": {"v": {"default": "1", "enum": ["1"]}}}],
}
COMMON: Any = {
    "info": {
        "title": "Lamps",
        "version": "1.0.0",
        "contact": {"name": "Me", "email": "me@lamps.example"},
        "license": {"name": "MIT"},
        "x-own": 1,
    },
    "tags": [{"name": "lamps", "description": "All of them."}],
    "paths": {"/lamps/{lampId}": {"summary": "Lamps.", "get": OPERATION}},
    "components": {
        "schemas": {"Lamp": SCHEMA},
        "parameters": {"limit": {"name": "limit", "in": "query", "schema": {}}},
        "responses": {"refused": {"description": "No."}},
        "securitySchemes": {
            "key": {"type": "apiKey", "name": "k", "in": "header"},
            "basic": {"type": "http", "scheme": "basic"},
            "oauth": {
                "type": "oauth2",
                "flows": {
                    "clientCredentials": {"tokenUrl": "/t", "scopes": {"a": "b"}}
                },
            },
            "openid": {"type": "openIdConnect", "openIdConnectUrl": "/o"},
        },
    },
}
LATER: Any = {
    "webhooks": {"lit": {"post": {"requestBody": {"content": {"a/b": {}}}}}},
    "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
}
LATER_SCHEMA: Any = {
    "$defs": {"x": True},
    "type": ["object", "null"],
    "prefixItems": [{"const": None}],
    "if": {"minProperties": 1},
    "then": False,
    "dependentRequired": {"a": ["b"]},
    "patternProperties": {"^a": {"exclusiveMinimum": 1}},
    "examples": [1],
    "$ref": "#/components/schemas/Lamp",
}


def document(version: str) -> dict[str, Any]:
    """A document that uses nearly every object of its version."""
    made: dict[str, Any] = {"openapi": f"{version}.0", **copy.deepcopy(COMMON)}
    if version != "3.0":
        made |= copy.deepcopy(LATER)
        made["components"]["schemas"]["Later"] = copy.deepcopy(LATER_SCHEMA)
        made["components"]["pathItems"] = {"lit": {"post": {}}}
    if version == "3.2":
        made["$self"] = "https://lamps.example/api"
        made["paths"]["/events"] = {
            "query": {"responses": {"200": {"content": {"a/b": {"itemSchema": {}}}}}},
            "additionalOperations": {"COPY": {}},
        }
        made["components"]["mediaTypes"] = {"m": {"prefixEncoding": [{}]}}
    return made


def whole(version: str) -> Draft202012Validator:
    """The whole metaschema of a version, for jsonschema to check whole documents with."""
    definitions: dict[str, Any] = {}
    for one in VERSIONS[: VERSIONS.index(version) + 1]:
        definitions |= metaschema(f"openapi-{one}.json")["$defs"]
    return Draft202012Validator({"$ref": "#/$defs/OpenAPI", "$defs": definitions})


WHOLE = {version: whole(version) for version in VERSIONS}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda p: p.name)
def test_the_metaschemas_are_schemas(path: Path) -> None:
    Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_valid_document_has_no_fault(version: str) -> None:
    made = document(version)
    assert [error.message for error in WHOLE[version].iter_errors(made)] == []
    assert inspect(made, roles(version), "OpenAPI").failing == []


JUNK: list[Json] = [
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "path",
    "query",
    [],
    [1],
    ["a", "a"],
    {},
]
JUNK += [{"$ref": "#/x"}, {"$ref": 1}, {"a": 1}, {"x-a": 1}, "simple", [{}], [[]], 2.0]
KEYS = ["x-new", "new", "example", "examples", "content", "schema", "required", "$ref"]
KEYS += ["style", "200", "2xx", "/new", "get", "query", "type", "in", "url", "value"]


def mutated(made: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """The document with one to three things taken away, added, renamed or replaced."""
    for _ in range(draw.randint(1, 3)):
        containers = [made, *_containers(made)]
        here = draw.choice(containers)
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        act = draw.choice(("remove", "add", "rename", "replace", "replace"))
        key = draw.choice(keys) if keys else None
        if act == "add" or key is None:
            _add(here, draw)
        elif act == "remove":
            del here[key]
        elif act == "rename" and isinstance(here, dict):
            here[draw.choice(KEYS)] = here.pop(key)
        else:
            here[key] = copy.deepcopy(draw.choice(JUNK))
    return made


def _add(here: Any, draw: random.Random) -> None:
    value = copy.deepcopy(draw.choice(JUNK))
    if isinstance(here, list):
        here.append(copy.deepcopy(here[0]) if here and draw.random() < 0.5 else value)
    else:
        here[draw.choice(KEYS)] = value


def _containers(made: Any) -> list[Any]:
    found: list[Any] = []
    stack = [made]
    while stack:
        inner = stack.pop()
        values = inner.values() if isinstance(inner, dict) else inner
        below = [value for value in values if isinstance(value, (dict, list))]
        found += below
        stack += below
    return found


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(VERSIONS), st.randoms(use_true_random=False))
def test_the_quick_pass_and_jsonschema_agree_on_mutated_documents(
    version: str, draw: random.Random
) -> None:
    made = mutated(document(version), draw)
    found = inspect(made, roles(version), "OpenAPI").failing
    errors = list(WHOLE[version].iter_errors(made))
    assert bool(found) == bool(errors), [error.message for error in errors]
    for trail, role, value in found:
        at = Place("a.yaml", path_of(trail))
        problems = worded(value, role, at, lambda place: None)
        assert problems, (role.name, value)
        assert all(problem.code in CODES for problem in problems)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(VERSIONS), st.randoms(use_true_random=False))
def test_no_document_ends_in_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, version: str, draw: random.Random
) -> None:
    path = tmp_path_factory.mktemp("shape") / "a.json"
    path.write_text(json.dumps(mutated(document(version), draw)), encoding="utf-8")
    try:
        problems = shape(load(path))
    except Refused as caught:
        problems = caught.problems
    assert all(problem.message for problem in problems)


def problems_of(folder: Path, text: str, **files: str) -> list[Problem]:
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    return shape(load(folder / "a.yaml"))


HEAD = "openapi: 3.1.0\ninfo: {title: Lamps, version: 1.0.0}\n"


def test_a_file_is_checked_in_the_role_that_a_reference_gives_it(
    tmp_path: Path,
) -> None:
    text = HEAD + "paths:\n  /a: {$ref: path.yaml}\n  /b: {$ref: path.yaml#/x-b}\n"
    path = "get: {operationId: 1, responses: {'200': {$ref: more.yaml#/R}}}\nx-b: {put: 1}\n"
    found = problems_of(tmp_path, text, path=path, more="R: {content: []}\nS: 1\n")
    assert [problem.code for problem in found] == [
        "unquoted-text",
        "wrong-type",
        "missing-field",
        "wrong-type",
    ]


def test_what_stands_in_examples_and_extensions_is_not_checked(tmp_path: Path) -> None:
    text = HEAD + (
        "x-a: {$ref: nowhere, x-processing: 1}\npaths: {}\ncomponents:\n  examples:\n"
        "    one: {value: {$ref: '#/nowhere', x-processing: never}}\n"
        "  schemas: {A: {const: {$ref: '#/nowhere'}, default: {$ref: 1}}}\n"
    )
    assert problems_of(tmp_path, text) == []


def test_sloppy_documents_are_warned_about_and_read(tmp_path: Path) -> None:
    text = (
        "openapi: 3.0.0\ninfo: {title: Lamps, version: 1.0}\n"
        "tags: [{name: a}, {name: a}]\npaths:\n  /a:\n    get:\n      own: 1\n"
        "      responses: {'200': {}}\n    put: {}\n"
        "components: {schemas: {A: {required: [], type: object, const: 1}}}\n"
    )
    found = problems_of(tmp_path, text)
    assert {problem.severity for problem in found} == {"warning"}
    assert [problem.code for problem in found] == [
        "unquoted-text",
        "duplicate-value",
        "unknown-field",
        "missing-field",
        "missing-field",
        "wrong-value",
        "unknown-field",
    ]


def test_problems_come_in_the_order_of_the_text(tmp_path: Path) -> None:
    found = problems_of(tmp_path, HEAD + "servers: 1\npaths: 2\ntags: 3\nsecurity: 4\n")
    places = [problem.at.path[0] for problem in found if isinstance(problem.at, Place)]
    assert places == ["servers", "paths", "tags", "security"]


# x-processing

GOOD: list[Json] = ["sync", "async", "auto", {}, {"type": "auto", "wait": "5s"}]
GOOD += [{"backoff": {"initial": "1s", "factor": 1.5, "max": "PT5M"}}, {"queue": 1}]
GOOD += [{"progress": None}, {"progress": "#/components/schemas/P"}, {"webhook": None}]
BAD: list[Json] = ["asynch", None, True, [], {"types": "async"}, {"wait": 5}]
BAD += [
    {"attempts": 0},
    {"attempts": 1.5},
    {"backoff": {"first": "1s"}},
    {"queue": "1"},
]
BAD += [
    {"idempotency": "on"},
    {"retention": "3 days"},
    {"deadline": "P"},
    {"base": "/a"},
]


@pytest.mark.parametrize("value", GOOD, ids=json.dumps)
def test_processing_says_what_it_may(value: Json) -> None:
    assert processing_problems({"x-processing": value}, "Operation", Place("a")) == []


@pytest.mark.parametrize("value", BAD, ids=json.dumps)
def test_processing_says_nothing_else(value: Json) -> None:
    operation: Json = {"operationId": "a", "x-processing": value}
    found = processing_problems(operation, "Operation", Place("a"))
    assert {problem.code for problem in found} == {"unknown-processing"}
    assert all(problem.help for problem in found)


def test_the_document_may_give_a_base_and_defaults() -> None:
    root: Json = {"x-processing": {"base": "/async", "attempts": 5}}
    assert processing_problems(root, "OpenAPI", Place("a")) == []


@given(
    st.from_regex(
        r"(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w)?|P?T?[\dWDTHMS.]{0,6})", fullmatch=True
    )
)
def test_a_duration_is_one_for_the_schema_and_for_the_reader(text: str) -> None:
    pattern = metaschema("x-processing.json")["$defs"]["Duration"]["pattern"]
    known = text.isascii()
    assert (re.search(pattern, text) is not None) == (
        duration(text) is not None
    ) or not known


def test_an_editor_is_told_about_every_key() -> None:
    fields = metaschema("x-processing.json")["$defs"]["Fields"]["properties"]
    bare = [key for key, field in fields.items() if "description" not in _merged(field)]
    assert bare == []


def _merged(field: dict[str, Any]) -> dict[str, Any]:
    name = str(field.get("$ref", "")).removeprefix("#/$defs/")
    return {**metaschema("x-processing.json")["$defs"].get(name, {}), **field}
