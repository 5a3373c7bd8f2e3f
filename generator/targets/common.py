"""What the models of both sides of an API have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.model import Api, Schema
from generator.patterns import translated
from generator.problems import Place, Problem
from generator.python import string
from generator.targets.directions import Directions
from generator.targets.doubts import Doubts
from generator.targets.examples import Examples
from generator.targets.schema_names import FieldNames
from generator.targets.uses import uses
from generator.targets.validity import Validities


class Common:
    """Where the schemas of an API travel and are used, their fields and examples."""

    def __init__(self, api: Api) -> None:
        self.schemas = dict(api.schemas)
        self.uses = tuple(uses(api))
        self.directions = Directions(api)
        self.examples = Examples(
            self.schemas, Validities(self.schemas, self.directions)
        )
        self.doubts = Doubts(self.schemas, self.examples)
        self.fields = FieldNames(self.directions)
        self.patterns = tuple(unreadable_patterns(self.directions.everything))


def unreadable_patterns(schemas: Iterable[Schema]) -> Iterator[Problem]:
    """The regular expressions that Python cannot say; they are not held."""
    for schema in schemas:
        if schema.pattern is not None and translated(schema.pattern) is None:
            yield _unreadable(schema.pattern, schema.at / "pattern")
        for pattern, _ in schema.pattern_properties:
            if translated(pattern) is None:
                yield _unreadable(pattern, schema.at / "patternProperties")


def _unreadable(pattern: str, at: Place) -> Problem:
    return Problem(
        "not-supported",
        at,
        f"the pattern {string(pattern)} is none that Python can read; it is not checked",
        "write it as a regular expression of ECMA-262",
        "warning",
    )
