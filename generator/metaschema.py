"""The metaschemas, as the roles that objects of a document play: what each may hold."""

from __future__ import annotations

import json
import re
from dataclasses import field
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from generator.model import Json
from generator.value import dataclass
from generator.verdicts import EVERY_TYPE, Test, compiled, types_of

FOLDER = Path(__file__).parent / "metaschemas"
VERSIONS = ("3.0", "3.1", "3.2")
"""Of OpenAPI; each builds on the one before."""
ASYNC_VERSIONS = ("asyncapi-2", "asyncapi-3")
"""Of AsyncAPI; likewise."""

_OBJECT_WORDS = frozenset(
    ("title", "type", "required", "properties", "patternProperties")
    + ("additionalProperties", "$comment")
)


class Holds(Enum):
    """Where in a field's value objects of its role stand."""

    ITSELF = "itself"
    ITEMS = "items"
    VALUES = "values"


@dataclass(frozen=True, slots=True)
class Field:
    """What one field of an object may hold."""

    types: frozenset[type] = EVERY_TYPE
    test: Test | None = None
    role: str | None = None
    holds: Holds = Holds.ITSELF


@dataclass(frozen=True, slots=True)
class Role:
    """One kind of object; `schema` says the same about the object alone, not what is in it."""

    name: str
    title: str
    types: frozenset[type]
    schema: dict[str, Json]
    required: frozenset[str] = frozenset()
    fields: dict[str, Field] = field(default_factory=dict)
    patterns: tuple[tuple[re.Pattern[str], Field], ...] = ()
    rest: Field | None = None
    tests: tuple[Test, ...] = ()
    referring: str | None = None
    """The role played instead by an object that holds a `$ref`."""

    def field(self, name: str) -> Field | None:
        """What a field without its own entry may hold; None if there can be no such field."""
        for pattern, found in self.patterns:
            if pattern.search(name):
                return found
        return self.rest


@cache
def roles(version: str) -> dict[str, Role]:
    """The roles of one version of OpenAPI ("3.1") or AsyncAPI ("asyncapi-3"), by name."""
    definitions: dict[str, Any] = {}
    for file in files(version):
        definitions |= metaschema(file)["$defs"]
    return {name: _role(name, definitions) for name in definitions}


def files(version: str) -> list[str]:
    """The files that describe a version, the oldest first."""
    if version in ASYNC_VERSIONS:
        known = ASYNC_VERSIONS[: ASYNC_VERSIONS.index(version) + 1]
        return [f"{one}.json" for one in known]
    return [f"openapi-{one}.json" for one in VERSIONS[: VERSIONS.index(version) + 1]]


@cache
def metaschema(name: str) -> dict[str, Any]:
    """One file of the metaschemas' folder."""
    found: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return found


def _role(name: str, definitions: dict[str, Any]) -> Role:
    referring = None
    definition = definitions[name]
    while "properties" not in definition and "type" not in definition:
        if "then" in definition:
            referring = _name(definition["then"])
        definition = definitions[_name(definition.get("else", definition))]
    plain = _alone(definition, definitions)
    required: Any = definition.get("required", ())
    fields = definition.get("properties", {})
    others = {word: plain[word] for word in plain if word not in _OBJECT_WORDS}
    rest = definition.get("additionalProperties", True)
    return Role(
        name=name,
        title=definition["title"],
        types=_types(name, definitions),
        schema=plain,
        required=frozenset(required),
        fields={key: _field(one, definitions) for key, one in fields.items()},
        patterns=tuple(
            (re.compile(key), _field(one, definitions))
            for key, one in definition.get("patternProperties", {}).items()
        ),
        rest=None if rest is False else _field(rest, definitions),
        tests=(compiled(others),) if others else (),
        referring=referring,
    )


def _types(name: str, definitions: dict[str, Any]) -> frozenset[type]:
    definition = definitions[name]
    if "type" in definition:
        return types_of(definition)
    types = _types(_name(definition.get("else", definition)), definitions)
    other = definition.get("if", {})
    return types | types_of(other) if "type" in other else types


def _field(schema: Any, definitions: dict[str, Any]) -> Field:
    if schema is True:
        return Field()
    role, holds = _held(schema)
    alone = _alone(schema, definitions)
    seen = {Holds.ITEMS: "items", Holds.VALUES: "additionalProperties"}.get(holds)
    words = {word: alone[word] for word in alone if word not in ("type", seen)}
    if "integer" in alone.get("type", ()):
        words["type"] = alone["type"]
    test = compiled(words) if words else None
    return Field(types_of(alone), test, role, holds)


def _held(schema: dict[str, Any]) -> tuple[str | None, Holds]:
    items, values = schema.get("items"), schema.get("additionalProperties")
    if isinstance(items, dict) and "$ref" in items:
        return _name(items), Holds.ITEMS
    if isinstance(values, dict) and "$ref" in values:
        return _name(values), Holds.VALUES
    return (_name(schema) if "$ref" in schema else None), Holds.ITSELF


def _alone(schema: Any, definitions: dict[str, Any]) -> Any:
    """A schema in which a reference to another role asks only for the right type."""
    if isinstance(schema, list):
        return [_alone(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(schema.get("$ref"), str):
        names = {dict: "object", bool: "boolean", list: "array"}
        types = _types(_name(schema), definitions)
        return {"type": sorted(names[one] for one in types)}
    return {word: _alone(inner, definitions) for word, inner in schema.items()}


def _name(schema: dict[str, Any]) -> str:
    return str(schema["$ref"]).removeprefix("#/$defs/")
