"""Schemas that something was to be drafted of, and of which nothing is known that fits them."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Schema
from generator.problems import Place, Problem
from generator.targets.demands import meant
from generator.targets.directions import Direction
from generator.targets.examples import Examples
from generator.targets.merging import merged

DIRECTIONS: tuple[Direction, ...] = ("out", "in")


class Doubts:
    """What came to light about the schemas of a document while examples were made of them."""

    def __init__(self, schemas: dict[str, Schema], examples: Examples) -> None:
        self._schemas = schemas
        self._examples = examples
        self._found: dict[Place, Problem] = {}

    @property
    def problems(self) -> list[Problem]:
        return list(self._found.values())

    def about(self, schema: Schema) -> None:
        """Nothing was found that fits a schema: whatever in it is to blame is told once."""
        if not self._unfit(schema):
            return  # what travels one way lacks what is required the other way
        at = self._innermost(schema).at.key()
        self._found.setdefault(
            at,
            Problem(
                "no-example",
                at,
                "nothing was found that fits this schema: what is drafted of it may not work",
                "give it an example, or see whether what it asks for contradicts itself",
                "warning",
            ),
        )

    def _innermost(self, schema: Schema) -> Schema:
        """The part that nothing fits, and whose own parts all have something that does."""
        seen: set[str] = set()
        inner: Schema | None = schema
        while inner is not None and inner.key not in seen:
            schema = meant(inner, self._schemas)
            seen |= {inner.key, schema.key}
            parts = _parts(merged(schema, self._schemas).schema)
            inner = next(filter(self._unfit, parts), None)
        return schema

    def _unfit(self, schema: Schema) -> bool:
        made = [self._examples.example(schema, (), way) for way in DIRECTIONS]
        return not any(one.valid for one in made)


def _parts(schema: Schema) -> Iterator[Schema]:
    """What every value has inside it."""
    for one in schema.properties:
        if one.name in schema.required:
            yield one.schema
    if schema.items is not None and schema.min_items:
        yield schema.items
