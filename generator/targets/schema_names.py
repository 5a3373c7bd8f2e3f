"""What the schemas of an API and their properties are called in Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from generator.model import Property, Schema
from generator.problems import Problem
from generator.python import FIELDS, Scope, pascal, snake
from generator.targets.definitions import properties
from generator.targets.directions import Direction, Directions
from generator.targets.keywords import reference_only

TAKEN = FIELDS | {"schema_rules"}
Variant = Direction | None
"""The way of a schema that is two models, None for one that is a single model."""


class SchemaNames:
    """The names of the named schemas: those that are class names already come first."""

    def __init__(
        self, schemas: Mapping[str, Schema], directions: Directions, scope: Scope
    ) -> None:
        self.others: dict[str, tuple[str, Variant]] = {}
        """Names of aliases, with the schema that each stands for."""
        self._schemas = schemas
        self._directions = directions
        self._scope = scope
        self._names: dict[tuple[str, Variant], str] = {}
        self._canonical = {key: self._meant(key) for key in schemas}
        named = list(schemas.values())
        for schema in sorted(named, key=lambda one: pascal(one.name or "") != one.name):
            if not self._is_other_name(schema):
                self._name(schema)
        for schema in named:
            if self._is_other_name(schema):
                self._name_other(schema)

    def name(self, key: str, variant: Variant) -> str:
        return self._names[key, variant]

    def class_name(self, key: str, direction: Direction) -> str:
        """The name of a schema where it travels this way."""
        key = self.canonical(key)
        return self._names[key, self._directions.of(key, direction)]

    def canonical(self, key: str) -> str:
        """The schema that a named schema, being nothing but a $ref, stands for."""
        return self._canonical[key]

    def _meant(self, key: str) -> str:
        seen = {key}
        further = reference_only(self._schemas[key])
        while further is not None and further in self._schemas and further not in seen:
            seen.add(further)
            key, further = further, reference_only(self._schemas[further])
        return key

    def variants(self, key: str) -> tuple[Variant, ...]:
        """The models that a schema is."""
        return ("out", "in") if self._directions.of(key, "in") else (None,)

    def _name(self, schema: Schema) -> None:
        for variant in self.variants(schema.key):
            self._names[schema.key, variant] = self._take(schema, variant)

    def _take(self, schema: Schema, variant: Variant) -> str:
        wanted = schema.python_name or pascal(schema.name or "")
        ending = "Request" if variant == "in" else ""
        return self._scope.take(wanted + ending, schema.name or "", schema.at)

    def _is_other_name(self, schema: Schema) -> bool:
        return self.canonical(schema.key) != schema.key

    def _name_other(self, schema: Schema) -> None:
        """A schema that stands for another has the same name, or one that is an alias."""
        target = self._schemas[self.canonical(schema.key)]
        wanted = schema.python_name or pascal(schema.name or "")
        for variant in self.variants(target.key):
            name = self._names[target.key, variant]
            if wanted != pascal(target.name or ""):
                name = self._take(schema, variant)
                self.others[name] = (target.key, variant)
            self._names[schema.key, variant] = name


class FieldNames:
    """The names of the properties of objects, by the way they travel."""

    def __init__(self, directions: Directions) -> None:
        self.problems: list[Problem] = []
        self._directions = directions
        self._known: dict[tuple[str, Direction], dict[str, str]] = {}
        self._hidden: dict[tuple[str, Direction], dict[str, str]] = {}

    def of(self, schema: Schema, direction: Direction) -> dict[str, str]:
        """JSON name → Python name of an object's properties."""
        matters = self._directions.matters(schema)
        if not matters:
            direction = "out"
        key = schema.key, direction
        known = self._known.get(key)
        if known is None:
            shown, scope = list(properties(schema)), Scope(TAKEN)
            hidden: list[Property] = []
            if matters:
                shown, hidden = self._parted(shown, direction)
            known = self._known[key] = self._named(schema, shown, scope)
            self._hidden[key] = {one.name: _taken(one, scope) for one in hidden}
        return known

    def hidden(self, schema: Schema, direction: Direction) -> dict[str, str]:
        """The same of the properties that do not travel this way."""
        self.of(schema, direction)
        return self._hidden.get((schema.key, direction), {})

    def _parted(
        self, properties: Iterable[Property], direction: Direction
    ) -> tuple[list[Property], list[Property]]:
        """The properties that travel this way, and those that do not."""
        shown, hidden = list[Property](), list[Property]()
        for one in properties:
            travels = self._directions.travels(one.schema, direction)
            (shown if travels else hidden).append(one)
        return shown, hidden

    def _named(
        self, schema: Schema, shown: list[Property], scope: Scope
    ) -> dict[str, str]:
        named: dict[str, str] = {}
        # A property that is called as its field would be keeps the name.
        for one in sorted(shown, key=lambda one: snake(one.name, "field") != one.name):
            named[one.name] = _taken(one, scope)
        where = f"properties of {schema.name or schema.title or 'an object'}"
        self.problems.extend(reported(scope, where))
        return {one.name: named[one.name] for one in shown}


def _taken(one: Property, scope: Scope) -> str:
    return scope.take(one.python_name or snake(one.name, "field"), one.name, one.at)


def reported(scope: Scope, where: str) -> Iterator[Problem]:
    """The collisions of a scope as problems, each told once."""
    yield from [one.problem(where) for one in scope.collisions]
    scope.collisions.clear()
