"""The keywords of JSON Schema: which field of `model.Schema` each one fills, and how its value is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from generator.model import Json, TypeName

Fields = dict[str, Any]

TYPES: tuple[TypeName, ...] = (
    "null",
    "boolean",
    "object",
    "array",
    "number",
    "integer",
    "string",
)

ONE = {
    "items": "items",
    "contains": "contains",
    "unevaluatedItems": "unevaluated_items",
    "contentSchema": "content_schema",
    "additionalProperties": "additional",
    "propertyNames": "property_names",
    "unevaluatedProperties": "unevaluated_properties",
    "not": "not_",
    "if": "if_",
    "then": "then",
    "else": "else_",
}
MANY = {
    "prefixItems": "prefix_items",
    "allOf": "all_of",
    "anyOf": "any_of",
    "oneOf": "one_of",
}
NAMED = {
    "properties": "properties",
    "patternProperties": "pattern_properties",
    "dependentSchemas": "dependent_schemas",
}


def is_text(value: Json) -> bool:
    return isinstance(value, str)


def is_flag(value: Json) -> bool:
    return isinstance(value, bool)


def is_number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_count(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


PLAIN: dict[str, tuple[str, Callable[[Json], bool]]] = {
    "x-python-name": ("python_name", is_text),
    "title": ("title", is_text),
    "description": ("description", is_text),
    "deprecated": ("deprecated", is_flag),
    "readOnly": ("read_only", is_flag),
    "writeOnly": ("write_only", is_flag),
    "format": ("format", is_text),
    "minLength": ("min_length", is_count),
    "maxLength": ("max_length", is_count),
    "pattern": ("pattern", is_text),
    "contentEncoding": ("content_encoding", is_text),
    "contentMediaType": ("content_media_type", is_text),
    "minimum": ("minimum", is_number),
    "maximum": ("maximum", is_number),
    "exclusiveMinimum": ("exclusive_minimum", is_number),
    "exclusiveMaximum": ("exclusive_maximum", is_number),
    "multipleOf": ("multiple_of", is_number),
    "minContains": ("min_contains", is_count),
    "maxContains": ("max_contains", is_count),
    "minItems": ("min_items", is_count),
    "maxItems": ("max_items", is_count),
    "uniqueItems": ("unique_items", is_flag),
    "minProperties": ("min_properties", is_count),
    "maxProperties": ("max_properties", is_count),
}

ANNOTATIONS = frozenset({"summary", "description", "title", "example", "deprecated"})
"""Beside a $ref of 3.0 these are ignored without a loss of meaning."""


def is_schema(value: Json) -> bool:
    return isinstance(value, (dict, bool))


def add_types(fields: Fields, found: Json) -> None:
    words = found if isinstance(found, list) else [found]
    fields["types"] = tuple([kind for word in words for kind in TYPES if kind == word])


def add_enum(fields: Fields, found: Json) -> None:
    if isinstance(found, list):
        fields["enum"] = tuple(found)


def add_names(fields: Fields, found: Json) -> None:
    if isinstance(found, list) and all(isinstance(name, str) for name in found):
        fields["enum_names"] = tuple(str(name) for name in found)


def add_default(fields: Fields, found: Json) -> None:
    fields["default"] = found


def add_const(fields: Fields, found: Json) -> None:
    fields["const"] = found


def add_example(fields: Fields, found: Json) -> None:
    fields["examples"] = (found, *fields.get("examples", ()))


def add_examples(fields: Fields, found: Json) -> None:
    """A list; named examples, which belong to parameters and bodies, are read too."""
    if isinstance(found, dict):
        named = (each for each in found.values() if isinstance(each, dict))
        found = [each["value"] for each in named if "value" in each]
    if isinstance(found, list):
        fields["examples"] = (*fields.get("examples", ()), *found)


def add_required(fields: Fields, found: Json) -> None:
    if isinstance(found, list):
        names = (name for name in found if isinstance(name, str))
        fields["required"] = tuple(dict.fromkeys(names))


def add_dependent(fields: Fields, found: Json) -> None:
    if isinstance(found, dict):
        fields["dependent_required"] = {
            name: tuple(str(other) for other in others)
            for name, others in found.items()
            if isinstance(others, list)
        }


def settle_unevaluated(fields: Fields) -> None:
    """Where no other schema evaluates anything, the unevaluated is what is not named."""
    if not EVALUATING.isdisjoint(fields):
        return
    for rest, plain in UNEVALUATED.items():
        if rest in fields:
            fields.setdefault(plain, fields.pop(rest))


def add_xml(fields: Fields, found: Json) -> None:
    if isinstance(found, dict):
        fields["xml"] = found


SPECIAL: dict[str, Callable[[Fields, Json], None]] = {
    "type": add_types,
    "enum": add_enum,
    "x-enum-varnames": add_names,
    "x-enumNames": add_names,
    "default": add_default,
    "const": add_const,
    "example": add_example,
    "examples": add_examples,
    "required": add_required,
    "dependentRequired": add_dependent,
    "xml": add_xml,
}

OUTSIDE = frozenset(
    {
        "python_name",
        "title",
        "description",
        "deprecated",
        "read_only",
        "write_only",
        "default",
        "examples",
        "xml",
    }
)
"""Fields that say something about a schema without constraining what is valid."""
COMBINATIONS = frozenset({"all_of", "any_of", "one_of", "not_", "ref"})
EVALUATING = (COMBINATIONS - {"not_"}) | {"if_", "dependent_schemas", "contains"}
"""Fields through which other schemas evaluate parts of the same value."""
UNEVALUATED = {"unevaluated_properties": "additional", "unevaluated_items": "items"}
CONSTRAINTS = (
    frozenset(ONE.values())
    | frozenset(MANY.values())
    | frozenset(NAMED.values())
    | (frozenset(name for name, _ in PLAIN.values()) - OUTSIDE)
    | {"types", "enum", "const", "required", "dependent_required", "discriminator"}
)
