"""Documents made to cost time or memory are built or refused within bounds, by a process that has them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from generator.searching import found, steps_of

TESTS = Path(__file__).parent
BOMB = "a" * 60 + "!"


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def chain(count: int, link: Any) -> dict[str, Any]:
    """A0 … An, each made of the next by `link`."""
    made = {f"A{n}": link(ref(f"A{n + 1}")) for n in range(count)}
    return made | {f"A{count}": {"type": "object", "properties": {"x": {}}}}


def strings(**said: Any) -> dict[str, Any]:
    return {"A0": {"type": "string", **said}}


def array(items: dict[str, Any], least: int) -> dict[str, Any]:
    return {"type": "array", "minItems": least, "items": items}


def deep(count: int) -> dict[str, Any]:
    """Items of items of …, none of which says that it is an array."""
    made: dict[str, Any] = {"type": "string"}
    for _ in range(count):
        made = {"items": made}
    return made


def wide(inner: dict[str, Any], **said: Any) -> dict[str, Any]:
    return {"properties": {f"p{n}": inner for n in range(300)}, **said}


ONE_OF_300 = [
    {"required": [f"k{n}"], "properties": {f"k{n}": {"const": n}}} for n in range(300)
]


def chosen(count: int) -> dict[str, Any]:
    """An array of so many items, each one of 300; the last item is none of them."""
    items = [{f"k{n % 300}": n % 300} for n in range(count - 1)] + [{"k0": "other"}]
    return {"type": "array", "items": {"oneOf": ONE_OF_300}, "example": items}


SCHEMAS: dict[str, dict[str, Any]] = {
    "alternatives": {"A0": {"oneOf": [{"const": n} for n in range(20_000)]}},
    "properties": {"A0": {"properties": {f"p{n}": {} for n in range(20_000)}}},
    "required properties": {"A0": {"required": [f"p{n}" for n in range(40_000)]}},
    "a pattern that goes back for ever": strings(pattern="^(a+)+$", example=BOMB),
    "alternatives that begin alike": strings(pattern="^(a|a)*$", default=BOMB),
    "optional signs": strings(pattern="a?" * 60 + "a" * 60, enum=["a" * 60]),
    "names that match": {
        "A0": {"patternProperties": {"^(a|aa)+$": {}}, "example": {BOMB: 1}}
    },
    "a long sample": strings(pattern="((((a{1000}){1000}){1000}){1000})"),
    "a pattern of many classes": strings(pattern="\\p{L}" * 4000),
    "a long pattern": strings(pattern="(a|b)" * 100_000),
    "a deep pattern": strings(pattern="(" * 3000 + ")" * 3000),
    "long items": {"A0": array(array(array({"type": "string"}, 999), 999), 999)},
    "endless items": {"A0": {"type": "array", "minItems": 10**300}},
    "endless text": strings(minLength=10**12),
    "allOf diamonds": chain(200, lambda inner: {"allOf": [inner, inner]}),
    "oneOf diamonds": chain(60, lambda inner: {"oneOf": [inner, array(inner, 1)]}),
    "alternatives of alternatives, with something said around them": {
        "A0": {**ref("A1"), "minLength": 3},
        "A1": {"anyOf": [ref("A2"), ref("A3")]},
        **{f"A{n}": {"anyOf": [ref(f"A{n + 1}")] * 2} for n in range(2, 30)},
        "A30": {"type": "string"},
    },
    "a circle of alternatives": {
        f"A{n}": {
            "properties": {f"p{n}": {}},
            "oneOf": [ref(f"A{(n + 1) % 3}"), {"type": "string"}],
        }
        for n in range(3)
    },
    "alternatives that lead to each other": {
        f"A{n}": {"oneOf": [ref(f"A{1 - n}"), {"type": "null"}]} for n in range(2)
    },
    "required diamonds": chain(
        60, lambda one: {"required": ["l", "r"], "properties": {"l": one, "r": one}}
    ),
    "properties of properties": {
        "A0": wide(ref("A1")),
        "A1": wide(ref("A2")),
        "A2": wide({"type": "string"}),
    },
    "required properties of properties": {
        f"A{n}": wide(ref(f"A{n + 1}"), required=[f"p{m}" for m in range(300)])
        for n in range(2)
    }
    | {"A2": wide({"type": "string"}, required=[f"p{m}" for m in range(300)])},
    "many choices among many": {"A0": chosen(2000)},
    "references": chain(3000, lambda inner: inner),
    "allOf": chain(1500, lambda inner: {"allOf": [inner, {"properties": {"y": {}}}]}),
    "a circle": {"A0": ref("A1"), "A1": ref("A0")},
    "a circle of allOf": {"A0": {"allOf": [ref("A1")]}, "A1": {"allOf": [ref("A0")]}},
    "a circle of items": {"A0": array(ref("A0"), 1)},
    "a circle of not": {"A0": {"not": ref("A0")}},
    "deep items": {"A0": deep(150)},
    "huge numbers": {"A0": {"type": "number", "multipleOf": 1e-300, "minimum": 1e300}},
    "references that lead nowhere": {f"A{n}": ref(f"B{n}") for n in range(4000)},
    "patterns of properties": {
        "A0": {
            "patternProperties": {f"^p{n}_": {} for n in range(3000)},
            "example": {f"p{n}_": 1 for n in range(3000)},
        }
    },
    "a deep default": {"A0": {"default": json.loads("[" * 180 + "]" * 180)}},
}

STRING = {"schema": {"type": "string"}}
OPERATIONS: dict[str, dict[str, Any]] = {
    "parameters": {
        "parameters": [{"name": f"q{n}", "in": "query", **STRING} for n in range(400)],
        "responses": {"200": {"description": ""}},
    },
    "responses": {
        "responses": {str(n): {"description": ""} for n in range(200, 500)},
    },
}

TEXTS = {
    "an endless number": '{"openapi": 1e999999}',
    "a long number": '{"openapi": ' + "9" * 500_000 + "}",
    "a deep document": "[" * 100_000,
    "a deep block": "- " * 200_000,
    "aliases of aliases": "\n".join(
        ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))]
    ),
    "one key": "\n".join(["a: 1"] * 100_000),
}


def verdict(path: Path) -> str:
    """What a process says that may take 10 s and 1 GB for one document."""
    command = [sys.executable, str(TESTS / "mutant_builds.py"), str(path)]
    environ = {"PYTHONPATH": str(TESTS.parent)}
    ran = subprocess.run(command, env=environ, capture_output=True, text=True)
    return f"{ran.stdout}{ran.stderr}".strip() or f"exit {ran.returncode}"


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_that_cost_much_are_built_or_refused(name: str, tmp_path: Path) -> None:
    answer = {"description": "", "content": {"application/json": {"schema": ref("A0")}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"post": {"responses": {"200": answer}}}},
        "components": {"schemas": SCHEMAS[name]},
    }
    path = tmp_path / "document.json"
    path.write_text(json.dumps(document))
    assert verdict(path) in ("built", "refused")


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations_that_cost_much_are_built_or_refused(
    name: str, tmp_path: Path
) -> None:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {f"/a{n}": {"get": OPERATIONS[name]} for n in range(10)},
    }
    path = tmp_path / "document.json"
    path.write_text(json.dumps(document))
    assert verdict(path) in ("built", "refused")


def test_a_long_title_is_built(tmp_path: Path) -> None:
    path = tmp_path / "document.json"
    about = {"title": "x" * 600_000, "version": "1"}
    path.write_text(json.dumps({"openapi": "3.1.0", "info": about, "paths": {}}))
    assert verdict(path) in ("built", "refused")


@pytest.mark.parametrize("name", TEXTS)
def test_texts_that_cost_much_are_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "document.yaml"
    path.write_text(TEXTS[name])
    assert verdict(path) == "refused"


@pytest.mark.parametrize(
    ("pattern", "text", "is_found"),
    [
        (r"^[a-z]+(-[a-z0-9]+)*$", "a-b2-c", True),
        (r"^[a-z]+(-[a-z0-9]+)*$", "a-b-c-d-e-f-g-h-" * 5 + "!", False),
        (r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "ada@example.com", True),
        (r"^\d{4}-\d\d(T\d\d)?Z?$", "2026-01", True),
        (r"^(a+)+$", BOMB, None),
        (r"^(a|aa)+$", BOMB, None),
        (r"(x+x+)+y", "x" * 50, None),
        (r".*a.*b.*c.*d", "x" * 100, None),
        (r"(", "x", None),
    ],
)
def test_a_search_is_made_where_it_ends(
    pattern: str, text: str, is_found: bool | None
) -> None:
    assert found(pattern, text) is is_found


def test_a_search_costs_what_it_is_said_to_at_most() -> None:
    assert steps_of("^[a-z]{3,}$", 100) < 1000 < steps_of("a+b", 100) < 100_000
