"""JSON Schema → functions that only say yes or no: the quick half of checking a document.

Knows the keywords that our metaschemas use, and refuses a metaschema that uses another.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from generator.model import Json

Test = Callable[[Json], bool]

EVERY_TYPE = frozenset((type(None), bool, int, float, str, list, dict))
TYPES: dict[str, frozenset[type]] = {
    "null": frozenset((type(None),)),
    "boolean": frozenset((bool,)),
    "integer": frozenset((int, float)),
    "number": frozenset((int, float)),
    "string": frozenset((str,)),
    "array": frozenset((list,)),
    "object": frozenset((dict,)),
}
NOTES = frozenset(
    ("$comment", "title", "description", "default", "examples", "then", "else")
    + ("minContains", "maxContains")
)


def types_of(schema: Json) -> frozenset[type]:
    """The Python types that a schema's `type` allows."""
    if not isinstance(schema, dict) or "type" not in schema:
        return EVERY_TYPE
    names: Any = schema["type"]
    if isinstance(names, str):
        return TYPES[names]
    return frozenset().union(*(TYPES[name] for name in names))


def compiled(schema: Json) -> Test:
    """The function that says whether a value is valid."""
    if isinstance(schema, bool):
        return lambda value: schema is not False
    assert isinstance(schema, dict)
    tests = [
        KEYWORDS[word](wanted, schema)
        for word, wanted in schema.items()
        if word not in NOTES
    ]
    return every(tests)


def every(tests: list[Test]) -> Test:
    """The test that says whether a value passes all of several."""
    if len(tests) == 1:
        return tests[0]

    def test(value: Json) -> bool:
        for one in tests:
            if not one(value):
                return False
        return True

    return test


def _text(value: Json) -> str:
    """Equal for values that JSON calls equal: 1 is 1.0 and is not true."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, sort_keys=True)


def _type(names: Any, schema: Mapping[str, Json]) -> Test:
    types = types_of({"type": names})
    if "integer" in names and "number" not in names:
        return lambda value: type(value) in types and _whole(value)
    return lambda value: type(value) in types


def _whole(value: Json) -> bool:
    return not isinstance(value, float) or value.is_integer()


def _enum(choices: Any, schema: Mapping[str, Json]) -> Test:
    if all(isinstance(choice, str) for choice in choices):
        words = frozenset(choices)
        return lambda value: type(value) is str and value in words
    texts = frozenset(_text(choice) for choice in choices)
    return lambda value: _text(value) in texts


def _const(wanted: Json, schema: Mapping[str, Json]) -> Test:
    return _enum([wanted], schema)


def _pattern(pattern: Any, schema: Mapping[str, Json]) -> Test:
    search = re.compile(pattern).search
    return lambda value: not isinstance(value, str) or search(value) is not None


def _at_least(limit: Any, schema: Mapping[str, Json]) -> Test:
    return lambda value: not _is_number(value) or value >= limit


def _more_than(limit: Any, schema: Mapping[str, Json]) -> Test:
    return lambda value: not _is_number(value) or value > limit


def _is_number(value: Json) -> bool:
    return type(value) in (int, float)


def _long_enough(limit: Any, schema: Mapping[str, Json]) -> Test:
    return lambda value: not isinstance(value, str) or len(value) >= limit


def _enough_items(limit: Any, schema: Mapping[str, Json]) -> Test:
    return lambda value: not isinstance(value, list) or len(value) >= limit


def _unique(wanted: Any, schema: Mapping[str, Json]) -> Test:
    return lambda value: not isinstance(value, list) or not _repeats(value)


def _repeats(items: list[Json]) -> bool:
    if len(items) < 2:
        return False
    texts = (item if type(item) is str else (_text(item),) for item in items)
    return len(set(texts)) < len(items)


def _contains(wanted: Json, schema: Mapping[str, Json]) -> Test:
    test = compiled(wanted)
    least: Any = schema.get("minContains", 1)
    most: Any = schema.get("maxContains", math.inf)
    return lambda value: (
        not isinstance(value, list) or least <= sum(map(test, value)) <= most
    )


def _enough_keys(limit: Any, schema: Mapping[str, Json]) -> Test:
    return lambda value: not isinstance(value, dict) or len(value) >= limit


def _few_keys(limit: Any, schema: Mapping[str, Json]) -> Test:
    return lambda value: not isinstance(value, dict) or len(value) <= limit


def _required(names: Any, schema: Mapping[str, Json]) -> Test:
    wanted = frozenset(names)
    return lambda value: not isinstance(value, dict) or wanted <= value.keys()


def _properties(fields: Any, schema: Mapping[str, Json]) -> Test:
    tests = [(name, compiled(field)) for name, field in fields.items()]

    def test(value: Json) -> bool:
        if isinstance(value, dict):
            for name, one in tests:
                if name in value and not one(value[name]):
                    return False
        return True

    return test


def _rest(rest: Json, schema: Mapping[str, Json]) -> Test:
    named: Any = schema.get("properties", {})
    patterns: Any = schema.get("patternProperties", {})
    test = compiled(rest)
    return lambda value: (
        not isinstance(value, dict)
        or all(
            test(inner)
            for name, inner in value.items()
            if name not in named and not any(re.search(p, name) for p in patterns)
        )
    )


def _patterns(fields: Any, schema: Mapping[str, Json]) -> Test:
    tests = [
        (re.compile(name).search, compiled(field)) for name, field in fields.items()
    ]
    return lambda value: (
        not isinstance(value, dict)
        or all(
            not search(name) or test(inner)
            for name, inner in value.items()
            for search, test in tests
        )
    )


def _names(schema_of_names: Json, schema: Mapping[str, Json]) -> Test:
    test = compiled(schema_of_names)
    return lambda value: not isinstance(value, dict) or all(test(n) for n in value)


def _items(of_items: Json, schema: Mapping[str, Json]) -> Test:
    test = compiled(of_items)
    return lambda value: not isinstance(value, list) or all(test(i) for i in value)


def _not(unwanted: Json, schema: Mapping[str, Json]) -> Test:
    test = compiled(unwanted)
    return lambda value: not test(value)


def _all(schemas: Any, schema: Mapping[str, Json]) -> Test:
    return every([compiled(one) for one in schemas])


def _any(schemas: Any, schema: Mapping[str, Json]) -> Test:
    tests = [compiled(one) for one in schemas]

    def test(value: Json) -> bool:
        for one in tests:
            if one(value):
                return True
        return False

    return test


def _if(condition: Json, schema: Mapping[str, Json]) -> Test:
    test = compiled(condition)
    then = compiled(schema.get("then", True))
    otherwise = compiled(schema.get("else", True))
    return lambda value: then(value) if test(value) else otherwise(value)


KEYWORDS: dict[str, Callable[[Any, Mapping[str, Json]], Test]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "minimum": _at_least,
    "exclusiveMinimum": _more_than,
    "minLength": _long_enough,
    "minItems": _enough_items,
    "uniqueItems": _unique,
    "minProperties": _enough_keys,
    "maxProperties": _few_keys,
    "required": _required,
    "properties": _properties,
    "patternProperties": _patterns,
    "additionalProperties": _rest,
    "propertyNames": _names,
    "items": _items,
    "contains": _contains,
    "not": _not,
    "allOf": _all,
    "anyOf": _any,
    "if": _if,
}
