"""What a schema demands of an example of it, and what it gives itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.model import ABSENT, Json, Schema
from generator.targets.keywords import reference_only


def contained(schema: Schema) -> int:
    """How many items must be what the array has to contain."""
    if schema.contains is None:
        return 0
    return 1 if schema.min_contains is None else schema.min_contains


def is_ruled_out(schema: Schema, name: str, made: Mapping[str, Json]) -> bool:
    """Whether a property may not stand beside one that is there."""
    for given, dependent in schema.dependent_schemas:
        if given in made and any(
            one.name == name and one.schema.never for one in dependent.properties
        ):
            return True
    return False


def meant(schema: Schema, schemas: Mapping[str, Schema]) -> Schema:
    """The named schema that a mere $ref stands for, so that both have one example; else itself."""
    if schema.ref is None and not schema.all_of:
        return schema
    if schema.examples or schema.default is not ABSENT:
        return schema
    target = schemas.get(reference_only(schema) or "")
    return schema if target is None or reference_only(target) else target


LEAVES = frozenset(("string", "integer", "number", "boolean", "null"))


def is_leaf(schema: Schema) -> bool:
    """Whether a value has nothing inside it, so that it is the same at any depth."""
    return (
        bool(schema.types)
        and schema.ref is None
        and LEAVES.issuperset(schema.types)
        and not (schema.all_of or schema.one_of or schema.any_of)
    )


def declared(schema: Schema) -> Iterator[Json]:
    """What a document itself gives as a value of a schema."""
    yield from schema.examples
    if schema.default is not ABSENT and schema.default is not None:
        yield schema.default
