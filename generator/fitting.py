"""Whether values fit JSON Schemas that a document brings: functions that only say yes or no.

What is asked of a value and a $ref is remembered, so that what is shared is looked at once.
Schemas with a keyword that is not known here are asked of jsonschema, one by one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache, partial
from typing import Any

from generator.model import Json
from generator.searching import Searches
from generator.targets.jsons import frozen
from generator.verdicts import KEYWORDS as PLAIN
from generator.verdicts import Test, every

Schema = Mapping[str, Json]

ALIKE = frozenset(
    ("type", "minimum", "exclusiveMinimum", "minLength", "minItems", "required")
    + ("minProperties", "maxProperties")
)
"""Keywords that mean to a document's schema what they mean to a metaschema."""

NOTES = frozenset(("then", "else", "minContains", "maxContains"))
"""Keywords that another one reads."""


class Fitting:
    """Makes the tests of one document's schemas."""

    def __init__(
        self,
        resolve: Callable[[str], Json],
        rare: Callable[[Json], Test],
        searches: Searches,
        formats: Mapping[str, Callable[[str], bool]] | None = None,
    ) -> None:
        self._resolve = resolve
        self._rare = rare
        self._searches = searches
        self._formats = formats
        self._referred: dict[str, Test] = {}
        self._around: list[None] = []

    def test(self, schema: Json) -> Test:
        """The function that says whether a value fits a schema; it may raise RecursionError."""
        if not isinstance(schema, dict):
            return lambda value: schema is not False
        words = [word for word in schema if word not in NOTES]
        if not KNOWN.issuperset(words):
            return self._rare(schema)
        return every([self._keyword(word, schema) for word in words])

    def _keyword(self, word: str, schema: Schema) -> Test:
        if word in ALIKE:
            return PLAIN[word](schema[word], schema)
        return KEYWORDS[word](self, schema[word], schema)

    def referred(self, uri: str) -> Test:
        """The test of what a $ref says; it is made when it is first needed."""
        known = self._referred.get(uri)
        if known is None:
            known = self._referred[uri] = self._remembered(uri)
        return known

    def _remembered(self, uri: str) -> Test:
        return _remembering(self.test(self._resolve(uri)), self._around)

    def found(self, pattern: str, text: str) -> bool:
        """Whether a pattern may be found in a text: what cannot be told passes."""
        return self._searches.found(pattern, text) is not False

    def conforms(self, form: str) -> Test | None:
        """The test of a format; None for one that nobody knows."""
        is_one = (self._formats or {}).get(form)
        if is_one is None:
            return None
        conforms = lru_cache(None)(partial(_conforms, is_one))
        return lambda value: not isinstance(value, str) or conforms(value)


def _conforms(is_one: Callable[[str], bool], text: str) -> bool:
    try:
        return is_one(text)
    except ValueError:
        return False


DEEPEST = 100
"""How many $refs are followed inside each other, so that some stack is left for jsonschema."""


def _remembering(test: Test, around: list[None]) -> Test:
    """The test, asked once of each value; `around` counts those that are being asked."""
    known: dict[object, tuple[Json, bool]] = {}

    def remembered(value: Json) -> bool:
        is_whole = isinstance(value, (list, dict))
        key: object = id(value) if is_whole else (type(value), value)
        found = known.get(key)
        if found is None:
            if len(around) >= DEEPEST:
                raise RecursionError
            around.append(None)
            try:
                found = known[key] = value, test(value)  # kept alive: its id is its own
            finally:
                around.pop()
        return found[1]

    return remembered


def _always(value: Json) -> bool:
    return True


def _ref(fitting: Fitting, uri: Any, schema: Schema) -> Test:
    return lambda value: fitting.referred(uri)(value)


def _enum(fitting: Fitting, choices: Any, schema: Schema) -> Test:
    values = frozenset(map(frozen, choices))
    return lambda value: frozen(value) in values


def _const(fitting: Fitting, wanted: Any, schema: Schema) -> Test:
    return _enum(fitting, [wanted], schema)


def _format(fitting: Fitting, form: Any, schema: Schema) -> Test:
    return fitting.conforms(form) or _always


def _pattern(fitting: Fitting, pattern: Any, schema: Schema) -> Test:
    return lambda value: not isinstance(value, str) or fitting.found(pattern, value)


def _at_most(fitting: Fitting, limit: Any, schema: Schema) -> Test:
    return lambda value: type(value) not in (int, float) or value <= limit


def _less_than(fitting: Fitting, limit: Any, schema: Schema) -> Test:
    return lambda value: type(value) not in (int, float) or value < limit


def _multiple(fitting: Fitting, step: Any, schema: Schema) -> Test:
    return lambda value: type(value) not in (int, float) or _is_multiple(value, step)


def _is_multiple(value: Any, step: int | float) -> bool:
    if not isinstance(step, float):
        return not value % step
    quotient = value / step
    if math.isinf(quotient):
        return (Fraction(value) / Fraction(step)).denominator == 1
    return bool(int(quotient) == quotient)


def _short_enough(fitting: Fitting, limit: Any, schema: Schema) -> Test:
    return lambda value: not isinstance(value, str) or len(value) <= limit


def _few_items(fitting: Fitting, limit: Any, schema: Schema) -> Test:
    return lambda value: not isinstance(value, list) or len(value) <= limit


def _unique(fitting: Fitting, wanted: Any, schema: Schema) -> Test:
    return lambda value: (
        not isinstance(value, list) or len(set(map(frozen, value))) == len(value)
    )


def _contains(fitting: Fitting, wanted: Any, schema: Schema) -> Test:
    test = fitting.test(wanted)
    least: Any = schema.get("minContains", 1)
    most: Any = schema.get("maxContains", math.inf)
    return lambda value: (
        not isinstance(value, list) or least <= sum(map(test, value)) <= most
    )


def _prefix(fitting: Fitting, schemas: Any, schema: Schema) -> Test:
    tests = [fitting.test(one) for one in schemas]

    def test(value: Json) -> bool:
        pairs = zip(tests, value if isinstance(value, list) else (), strict=False)
        return all(one(item) for one, item in pairs)

    return test


def _items(fitting: Fitting, of_items: Any, schema: Schema) -> Test:
    one = fitting.test(of_items)
    before: Any = schema.get("prefixItems", ())

    def test(value: Json) -> bool:
        items = value[len(before) :] if isinstance(value, list) else ()
        return all(map(one, items))

    return test


def _properties(fitting: Fitting, fields: Any, schema: Schema) -> Test:
    tests = {name: fitting.test(field) for name, field in fields.items()}

    def test(value: Json) -> bool:
        if isinstance(value, dict):
            for name, inner in value.items():
                if name in tests and not tests[name](inner):
                    return False
        return True

    return test


def _others(fitting: Fitting, rest: Any, schema: Schema) -> Test:
    """additionalProperties; beside patternProperties it is rare, and left to jsonschema."""
    one = fitting.test(rest)
    named: Any = schema.get("properties", {})
    return lambda value: (
        not isinstance(value, dict)
        or all(one(inner) for name, inner in value.items() if name not in named)
    )


def _names(fitting: Fitting, of_names: Any, schema: Schema) -> Test:
    one = fitting.test(of_names)
    return lambda value: not isinstance(value, dict) or all(map(one, value))


def _needed(fitting: Fitting, needed: Any, schema: Schema) -> Test:
    return lambda value: (
        not isinstance(value, dict)
        or all(value.keys() >= {*others} for n, others in needed.items() if n in value)
    )


def _every(fitting: Fitting, schemas: Any, schema: Schema) -> Test:
    return every([fitting.test(one) for one in schemas])


def _any(fitting: Fitting, schemas: Any, schema: Schema) -> Test:
    tests = [fitting.test(one) for one in schemas]
    return lambda value: any(test(value) for test in tests)


def _one(fitting: Fitting, schemas: Any, schema: Schema) -> Test:
    tests = [fitting.test(one) for one in schemas]

    def test(value: Json) -> bool:
        fits = (one(value) for one in tests)
        return any(fits) and not any(fits)

    return test


def _not(fitting: Fitting, unwanted: Any, schema: Schema) -> Test:
    test = fitting.test(unwanted)
    return lambda value: not test(value)


def _if(fitting: Fitting, condition: Any, schema: Schema) -> Test:
    test = fitting.test(condition)
    then = fitting.test(schema.get("then", True))
    otherwise = fitting.test(schema.get("else", True))
    return lambda value: then(value) if test(value) else otherwise(value)


KEYWORDS: dict[str, Callable[[Fitting, Any, Schema], Test]] = {
    "$ref": _ref,
    "enum": _enum,
    "const": _const,
    "format": _format,
    "pattern": _pattern,
    "maximum": _at_most,
    "exclusiveMaximum": _less_than,
    "multipleOf": _multiple,
    "maxLength": _short_enough,
    "maxItems": _few_items,
    "uniqueItems": _unique,
    "contains": _contains,
    "prefixItems": _prefix,
    "items": _items,
    "properties": _properties,
    "additionalProperties": _others,
    "propertyNames": _names,
    "dependentRequired": _needed,
    "allOf": _every,
    "anyOf": _any,
    "oneOf": _one,
    "not": _not,
    "if": _if,
}
KNOWN = ALIKE.union(KEYWORDS)
