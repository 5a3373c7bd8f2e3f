"""Whether two schemas of different documents ask for the same, whatever they say about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from generator.model import Schema
from generator.schema_words import MANY, ONE
from generator.rules.walk import children

Named = Mapping[str, Schema]

APART = frozenset(
    {"at", "key", "name", "ref", "title", "description", "examples", "deprecated"}
    | {"xml", "discriminator", "properties", "pattern_properties", "content_schema"}
    | {"dependent_schemas", "enum_names", *ONE, *MANY}
)
"""Fields that say where a schema is or what it is for, or that hold schemas."""
PLAIN = tuple(field.name for field in fields(Schema) if field.name not in APART)


def alike(one: Schema, named: Named, other: Schema, others: Named) -> bool:
    """Whether two schemas have the same structure, and so has all that they refer to."""
    stack, seen = [(one, other)], set[tuple[int, int]]()
    while stack:
        first, second = stack.pop()
        first, second = target(first, named), target(second, others)
        if (id(first), id(second)) in seen:
            continue
        seen.add((id(first), id(second)))
        if outline(first) != outline(second):
            return False
        stack += zip(children(first), children(second), strict=True)
        if first.ref is not None and second.ref is not None:
            stack.append((named[first.ref], others[second.ref]))
    return True


def target(schema: Schema, named: Named) -> Schema:
    """What a schema that is nothing but a $ref leads to."""
    seen: set[str] = set()
    while schema.ref in named and schema.ref not in seen and is_bare(schema):
        seen.add(str(schema.ref))
        schema = named[str(schema.ref)]
    return schema


def is_bare(schema: Schema) -> bool:
    empty = Schema(at=schema.at, key=schema.key, ref=schema.ref)
    return outline(schema) == outline(empty)


def outline(schema: Schema) -> tuple[object, ...]:
    """What a schema says by itself, and which schemas it holds."""
    told = schema.discriminator
    return (
        *(getattr(schema, name) for name in PLAIN),
        *(getattr(schema, name) is None for name in ONE),
        *(len(getattr(schema, name)) for name in MANY),
        tuple(each.name for each in schema.properties),
        tuple(name for name, _ in schema.pattern_properties),
        tuple(name for name, _ in schema.dependent_schemas),
        schema.content_schema is None,
        schema.ref is None,
        None if told is None else told.property,
    )
