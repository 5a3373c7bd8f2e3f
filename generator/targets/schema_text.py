"""A schema of the model as plain JSON Schema (2020-12), patterns in Python's words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from generator.model import ABSENT, Json, Schema
from generator.patterns import translated
from generator.schema_words import MANY, ONE, PLAIN
from generator.value import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a schema is written: what a `$ref` to a key says, whether formats are asserted."""

    reference: Callable[[str], str]
    formats: bool = False
    meant: bool = False
    """Whether what names properties means an object, even where it does not say so."""
    hidden: Callable[[Schema], Collection[str]] | None = None
    """The properties of a schema that do not travel, and are therefore not asked for."""


def schema_json(
    schema: Schema, dialect: Dialect, names: frozenset[str] | None = None
) -> Json:
    """A schema as JSON; with `names`, only those of its keywords (the model's fields)."""
    if schema.never:
        return False
    made: dict[str, Json] = {}
    told = {*vars(schema), "types"} if names is None else names & vars(schema).keys()
    for field in sorted(told & ORDER.keys(), key=ORDER.__getitem__):
        WRITERS[field](schema, made, dialect)
    return made or True


def _ref(schema: Schema, made: dict[str, Json], dialect: Dialect) -> None:
    if schema.ref is not None:
        made["$ref"] = dialect.reference(schema.ref)


def _types(schema: Schema, made: dict[str, Json], dialect: Dialect) -> None:
    if dialect.meant and schema.properties and not schema.types:
        made["type"] = "object"
    if schema.types:
        made["type"] = schema.types[0] if len(schema.types) == 1 else list(schema.types)


def _enum(schema: Schema, made: dict[str, Json], dialect: Dialect) -> None:
    if schema.enum is not None:
        made["enum"] = list(schema.enum)


def _format(schema: Schema, made: dict[str, Json], dialect: Dialect) -> None:
    if dialect.formats and schema.format is not None:
        made["format"] = schema.format


def _const(schema: Schema, made: dict[str, Json], dialect: Dialect) -> None:
    if schema.const is not ABSENT:
        made["const"] = schema.const


def _pattern(schema: Schema, made: dict[str, Json], dialect: Dialect) -> None:
    pattern = translated(schema.pattern) if schema.pattern is not None else None
    if pattern is not None:
        made["pattern"] = pattern


def _unique(schema: Schema, made: dict[str, Json], dialect: Dialect) -> None:
    if schema.unique_items:
        made["uniqueItems"] = True


def _required(schema: Schema, made: dict[str, Json], dialect: Dialect) -> None:
    if not schema.required:
        return
    hidden = dialect.hidden(schema) if dialect.hidden is not None else ()
    if asked := [name for name in schema.required if name not in hidden]:
        made["required"] = list(asked)


def _properties(schema: Schema, made: dict[str, Json], dialect: Dialect) -> None:
    if schema.properties:
        made["properties"] = {
            each.name: schema_json(each.schema, dialect) for each in schema.properties
        }


def _pattern_properties(
    schema: Schema, made: dict[str, Json], dialect: Dialect
) -> None:
    found: dict[str, Json] = {}
    for name, one in schema.pattern_properties:
        pattern = translated(name)
        if pattern is not None:
            found[pattern] = schema_json(one, dialect)
    if found:
        made["patternProperties"] = found


def _needed(schema: Schema, made: dict[str, Json], dialect: Dialect) -> None:
    if schema.dependent_required:
        made["dependentRequired"] = {
            name: list(needed) for name, needed in schema.dependent_required.items()
        }


def _dependent(schema: Schema, made: dict[str, Json], dialect: Dialect) -> None:
    if schema.dependent_schemas:
        made["dependentSchemas"] = {
            name: schema_json(one, dialect) for name, one in schema.dependent_schemas
        }


Writer = Callable[[Schema, dict[str, Json], Dialect], None]


def _plain(field: str, keyword: str) -> Writer:
    def write(schema: Schema, made: dict[str, Json], dialect: Dialect) -> None:
        value = getattr(schema, field)
        if value is not None:
            made[keyword] = value

    return write


def _one(field: str, keyword: str) -> Writer:
    def write(schema: Schema, made: dict[str, Json], dialect: Dialect) -> None:
        inner = getattr(schema, field)
        if inner is not None:
            made[keyword] = schema_json(inner, dialect)

    return write


def _many(field: str, keyword: str) -> Writer:
    def write(schema: Schema, made: dict[str, Json], dialect: Dialect) -> None:
        inner = getattr(schema, field)
        if inner:
            made[keyword] = [schema_json(one, dialect) for one in inner]

    return write


WRITERS: Mapping[str, Writer] = {
    "ref": _ref,
    "types": _types,
    "enum": _enum,
    "const": _const,
    "format": _format,
    **{field: _plain(field, keyword) for field, keyword in PLAIN.items()},
    "pattern": _pattern,
    "unique_items": _unique,
    "required": _required,
    "properties": _properties,
    "pattern_properties": _pattern_properties,
    "dependent_required": _needed,
    "dependent_schemas": _dependent,
    **{field: _one(field, keyword) for field, keyword in ONE.items()},
    **{field: _many(field, keyword) for field, keyword in MANY.items()},
}
ORDER = {field: number for number, field in enumerate(WRITERS)}


def referenced(value: Any) -> set[str]:
    """What the `$ref`s in a JSON Schema say."""
    found: set[str] = set()
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            if isinstance(item.get("$ref"), str):
                found.add(item["$ref"])
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
    return found
