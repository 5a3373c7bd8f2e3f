"""JSON Schema (2020-12) over plain JSON values, for what a type cannot say; patterns are Python's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from .json_values import Json, frozen, is_multiple, is_number, is_unique, is_whole, same

Schema = bool | Mapping[str, Any]
Schemas = Mapping[str, Schema]
"""The schemas that a `$ref` names."""

Seen = set[str | int]
"""The members of a value that some schema has looked at, for unevaluatedProperties and -Items."""


def failure(schema: Schema, value: Json, schemas: Schemas) -> str | None:
    """Why a value is not valid against a schema, in words; None where it is."""
    return _visit(schema, value, schemas, set())


TYPES: Mapping[str, Callable[[Json], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": is_whole,
    "number": is_number,
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, Mapping),
}

Rule = Callable[[Mapping[str, Any], Any, Schemas, Seen], str | None]


def _visit(schema: Schema, value: Json, schemas: Schemas, seen: Seen) -> str | None:
    if isinstance(schema, bool):
        return None if schema else "is not allowed"
    for keyword, rule in RULES.items():
        if keyword in schema:
            wrong = rule(schema, value, schemas, seen)
            if wrong is not None:
                return wrong
    return None


def _fits(schema: Schema, value: Json, schemas: Schemas, seen: Seen) -> bool:
    """Whether a value is valid; what was looked at counts only then."""
    looked: Seen = set()
    if _visit(schema, value, schemas, looked) is not None:
        return False
    seen |= looked
    return True


def _also(schema: Schema, value: Json, schemas: Schemas, seen: Seen) -> str | None:
    """Like a visit; what the schema looks at is seen around it, and what was seen is hidden from it."""
    looked: Seen = set()
    wrong = _visit(schema, value, schemas, looked)
    seen |= looked
    return wrong


# Any type


def _ref(
    schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
) -> str | None:
    return _also(schemas[schema["$ref"]], value, schemas, seen)


def _type(
    schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
) -> str | None:
    wanted = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if any(TYPES[name](value) for name in wanted):
        return None
    return f"must be {' or '.join(wanted)}"


def _enum(
    schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
) -> str | None:
    if frozen(value) in {frozen(item) for item in schema["enum"]}:
        return None
    return f"must be one of {schema['enum']!r}"


def _const(
    schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
) -> str | None:
    return None if same(value, schema["const"]) else f"must be {schema['const']!r}"


# Combinations


def _all_of(
    schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
) -> str | None:
    for part in schema["allOf"]:
        wrong = _also(part, value, schemas, seen)
        if wrong is not None:
            return wrong
    return None


def _any_of(
    schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
) -> str | None:
    if any([_fits(part, value, schemas, seen) for part in schema["anyOf"]]):
        return None
    return "matches none of the alternatives"


def _one_of(
    schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
) -> str | None:
    fitting = sum([_fits(part, value, schemas, seen) for part in schema["oneOf"]])
    return (
        None
        if fitting == 1
        else f"matches {fitting} of the alternatives instead of one"
    )


def _not(
    schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
) -> str | None:
    fits = _fits(schema["not"], value, schemas, set())
    return "matches what it must not match" if fits else None


def _if(
    schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
) -> str | None:
    fits = _fits(schema["if"], value, schemas, seen)
    return _also(schema.get("then" if fits else "else", True), value, schemas, seen)


# Numbers


def _bound(keyword: str, fits: Callable[[Any, Any], bool], words: str) -> Rule:
    def rule(
        schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
    ) -> str | None:
        if not is_number(value) or fits(value, schema[keyword]):
            return None
        return f"must be {words} {schema[keyword]}"

    return rule


# Strings


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _pattern(
    schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
) -> str | None:
    if not isinstance(value, str) or compiled(schema["pattern"]).search(value):
        return None
    return f"must match {schema['pattern']}"


def _count(
    keyword: str, kind: type | tuple[type, ...], at_least: bool, unit: str
) -> Rule:
    words = "at least" if at_least else "at most"

    def rule(
        schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
    ) -> str | None:
        limit = schema[keyword]
        if not isinstance(value, kind):
            return None
        if len(value) >= limit if at_least else len(value) <= limit:  # type: ignore[arg-type]
            return None
        return f"must have {words} {limit} {unit}"

    return rule


# Arrays


def _items(
    schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
) -> str | None:
    if not isinstance(value, list):
        return None
    first = schema.get("prefixItems", [])
    rest = (
        [schema["items"]] * max(len(value) - len(first), 0) if "items" in schema else []
    )
    pairs = list(enumerate(zip([*first, *rest], value, strict=False)))
    for index, (part, item) in pairs:
        wrong = _visit(part, item, schemas, set())
        if wrong is not None:
            return f"is wrong at item {index}: it {wrong}"
    seen.update(index for index, _ in pairs)
    return None


def _contains(
    schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
) -> str | None:
    if not isinstance(value, list):
        return None
    part = schema["contains"]
    found = [i for i, item in enumerate(value) if _fits(part, item, schemas, set())]
    seen.update(found)
    least, most = schema.get("minContains", 1), schema.get("maxContains", len(found))
    if least <= len(found) <= most:
        return None
    return f"has {len(found)} of the items it must contain"


def _unique(
    schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
) -> str | None:
    if not schema["uniqueItems"] or not isinstance(value, list) or is_unique(value):
        return None
    return "must not have the same item twice"


def _unevaluated_items(
    schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
) -> str | None:
    if isinstance(value, list):
        for index in [index for index in range(len(value)) if index not in seen]:
            wrong = _visit(schema["unevaluatedItems"], value[index], schemas, set())
            if wrong is not None:
                return f"is wrong at item {index}: it {wrong}"
            seen.add(index)
    return None


# Objects


def _properties(
    schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
) -> str | None:
    """properties, patternProperties and additionalProperties, which depend on each other."""
    if not isinstance(value, Mapping):
        return None
    looked: Seen = set()
    for name, item in value.items():
        for part in _parts(schema, name):
            looked.add(name)
            wrong = _visit(part, item, schemas, set())
            if wrong is not None:
                return f"is wrong at {name!r}: it {wrong}"
    seen |= looked
    return None


def _parts(schema: Mapping[str, Any], name: str) -> Iterator[Schema]:
    named = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    matching = [
        part for pattern, part in patterns.items() if compiled(pattern).search(name)
    ]
    if name in named:
        yield named[name]
    yield from matching
    if name not in named and not matching and "additionalProperties" in schema:
        yield schema["additionalProperties"]


def _required(
    schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
) -> str | None:
    missing = [
        n for n in schema["required"] if isinstance(value, Mapping) and n not in value
    ]
    return f"must have {missing[0]!r}" if missing else None


def _names(
    schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
) -> str | None:
    for name in value if isinstance(value, Mapping) else ():
        wrong = _visit(schema["propertyNames"], name, schemas, set())
        if wrong is not None:
            return f"must not have the name {name!r}: it {wrong}"
    return None


def _needed(
    schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
) -> str | None:
    for name, needed in schema["dependentRequired"].items():
        if isinstance(value, Mapping) and name in value:
            missing = [other for other in needed if other not in value]
            if missing:
                return f"must have {missing[0]!r} where it has {name!r}"
    return None


def _dependent(
    schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
) -> str | None:
    for name, part in schema["dependentSchemas"].items():
        if isinstance(value, Mapping) and name in value:
            wrong = _also(part, value, schemas, seen)
            if wrong is not None:
                return wrong
    return None


def _unevaluated_properties(
    schema: Mapping[str, Any], value: Json, schemas: Schemas, seen: Seen
) -> str | None:
    if isinstance(value, Mapping):
        for name in [name for name in value if name not in seen]:
            wrong = _visit(schema["unevaluatedProperties"], value[name], schemas, set())
            if wrong is not None:
                return f"is wrong at {name!r}: it {wrong}"
            seen.add(name)
    return None


# In the order they are asked; what is left unevaluated is known only at the end.
RULES: Mapping[str, Rule] = {
    "$ref": _ref,
    "type": _type,
    "enum": _enum,
    "const": _const,
    "minimum": _bound("minimum", lambda value, limit: value >= limit, "at least"),
    "maximum": _bound("maximum", lambda value, limit: value <= limit, "at most"),
    "exclusiveMinimum": _bound(
        "exclusiveMinimum", lambda value, limit: value > limit, "above"
    ),
    "exclusiveMaximum": _bound(
        "exclusiveMaximum", lambda value, limit: value < limit, "below"
    ),
    "multipleOf": _bound("multipleOf", is_multiple, "a multiple of"),
    "minLength": _count("minLength", str, True, "characters"),
    "maxLength": _count("maxLength", str, False, "characters"),
    "pattern": _pattern,
    "minItems": _count("minItems", list, True, "items"),
    "maxItems": _count("maxItems", list, False, "items"),
    "prefixItems": _items,
    "items": _items,
    "contains": _contains,
    "uniqueItems": _unique,
    "minProperties": _count("minProperties", Mapping, True, "properties"),
    "maxProperties": _count("maxProperties", Mapping, False, "properties"),
    "required": _required,
    "properties": _properties,
    "patternProperties": _properties,
    "additionalProperties": _properties,
    "propertyNames": _names,
    "dependentRequired": _needed,
    "dependentSchemas": _dependent,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "if": _if,
    "unevaluatedItems": _unevaluated_items,
    "unevaluatedProperties": _unevaluated_properties,
}
