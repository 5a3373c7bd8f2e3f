"""Example values of schemas: the document's own where they are valid, else made to be."""

from __future__ import annotations

from generator.model import Json, Schema
from generator.targets.demands import meant
from generator.targets.directions import Direction
from generator.targets.making import LEAST, SHALLOW, UNLIKE, Endless, Hopeless, Maker
from generator.targets.validity import Validities
from generator.value import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """A value, and whether it is known to be valid."""

    value: Json
    valid: bool


class Examples:
    """Makes examples of the schemas of one document."""

    def __init__(
        self, schemas: dict[str, Schema], validities: Validities | None = None
    ) -> None:
        self._schemas = schemas
        self._validities = validities or Validities(schemas)
        self._made: dict[tuple[str, Direction], Example] = {}
        self._makers: dict[tuple[Direction, int], Maker] = {}

    def is_valid(self, schema: Schema, value: Json, way: Direction = "both") -> bool:
        """Whether a value fits a schema; of what does not travel this way nothing is asked."""
        return self._validities.of(way).holds(schema, value)

    def example(
        self,
        schema: Schema | None,
        given: tuple[Json, ...] = (),
        direction: Direction = "out",
    ) -> Example:
        """One of `given` where it is valid, else the schema's own, else one that is made."""
        if schema is None:
            return Example(given[0] if given else None, True)
        for value in given:
            if self.is_valid(schema, value, direction):
                return Example(value, True)
        schema = meant(schema, self._schemas)
        known = self._made.get((schema.key, direction))
        if known is None:
            known = self._best(schema, direction)
            self._made[schema.key, direction] = known
        return known

    def least(self, schema: Schema, direction: Direction = "out") -> Json:
        """A value without what may be left out; raises Endless or Hopeless."""
        return self._maker(direction, LEAST).make(schema)

    def _best(self, schema: Schema, direction: Direction) -> Example:
        first: Json | None = None
        for optional in (SHALLOW, 0, LEAST):
            try:
                value = self._maker(direction, optional).make(schema)
            except (Endless, Hopeless, RecursionError):
                continue
            if self.is_valid(schema, value, direction):
                return Example(value, True)
            first = value if first is None else first
        for value in (*UNLIKE, {}, []):
            if self.is_valid(schema, value, direction):
                return Example(value, True)
        return Example(first, False)

    def _maker(self, direction: Direction, optional: int) -> Maker:
        known = self._makers.get((direction, optional))
        if known is None:
            judge = self._validities.of(direction)
            known = Maker(self._schemas, judge, direction, optional)
            self._makers[direction, optional] = known
        return known
