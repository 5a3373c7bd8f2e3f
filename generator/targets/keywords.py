"""What a schema says: its keywords by the JSON types they speak of, its values, its types."""

from __future__ import annotations

from functools import lru_cache

from generator.model import Json, Schema, TypeName
from generator.targets.jsons import frozen, type_of
from generator.targets.merging import is_anything, merged

STRINGS = frozenset({"min_length", "max_length", "pattern"})
NUMBERS = frozenset(
    {"minimum", "maximum", "exclusive_minimum", "exclusive_maximum", "multiple_of"}
)
ARRAYS = frozenset(
    "items prefix_items contains min_contains max_contains min_items max_items unique_items".split()
)
OBJECTS = frozenset(
    "properties required additional pattern_properties property_names min_properties "
    "max_properties dependent_required dependent_schemas".split()
)
GENERAL = frozenset({"not_", "if_", "then", "else_"})
CHOICES = frozenset({"any_of", "one_of"})
GROUPS_ALL = STRINGS | NUMBERS | ARRAYS | OBJECTS
GROUPED = GROUPS_ALL | GENERAL | CHOICES
ALL_TYPES: tuple[TypeName, ...] = (
    "string",
    "number",
    "boolean",
    "object",
    "array",
    "null",
)


SCALARS = frozenset({"string", "integer", "number", "boolean"})
PLAIN = (
    STRINGS
    | NUMBERS
    | frozenset(
        "at key types title description deprecated read_only write_only default examples xml "
        "dependent_required format content_encoding content_media_type".split()
    )
)
"""What a schema may say and still be no more than text, a number or a boolean."""

MANY = 50_000
"""How many schemas are remembered with what is asked of them again and again."""


def is_scalar(schema: Schema) -> bool:
    """Whether a schema surely is one of text, numbers or booleans, and nothing else is to be seen of it."""
    types = schema.types
    return len(types) == 1 and types[0] in SCALARS and PLAIN.issuperset(vars(schema))


@lru_cache(MANY)
def reference_only(schema: Schema) -> str | None:
    """The key that a schema refers to, when it says nothing else."""
    if schema.ref is None:
        if len(schema.all_of) == 1 and is_anything(schema, "all_of"):
            return reference_only(schema.all_of[0])
        return None
    return schema.ref if is_anything(schema, "ref") else None


def said(schema: Schema, names: frozenset[str]) -> frozenset[str]:
    """Which of these keywords, all of a group, a schema uses."""
    return _all_said(schema) & names


def says(schema: Schema, names: frozenset[str]) -> bool:
    """Whether a schema uses one of these keywords."""
    return not _all_said(schema).isdisjoint(names)


@lru_cache(MANY)
def _all_said(schema: Schema) -> frozenset[str]:
    silent: tuple[object, ...] = (None, (), {})
    return frozenset(
        name
        for name, value in vars(schema).items()
        if name in GROUPED and value is not False and value not in silent
    )


def allowed_values(schema: Schema) -> list[Json]:
    """The enum's values that the types allow, each once."""
    found: dict[object, Json] = {}
    kinds: set[str] = {*schema.types}
    if "number" in kinds:
        kinds.add("integer")
    for value in schema.enum or ():
        if not kinds or type_of(value) in kinds:
            found.setdefault(frozen(value), value)
    return list(found.values())


def json_types(schema: Schema, schemas: dict[str, Schema]) -> frozenset[str]:
    """The JSON types that a schema may let through; a number counts as an integer too."""
    whole = merged(schema, schemas).schema
    if whole.enum is not None:
        found = {type_of(value) for value in allowed_values(whole)}
    elif whole.types:
        found = set(whole.types)
    elif whole.one_of or whole.any_of:
        found = set(ALL_TYPES)
    else:
        found = set(ALL_TYPES)
    return frozenset("number" if kind == "integer" else kind for kind in found)
