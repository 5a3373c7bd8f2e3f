"""The quick tests of values say what jsonschema says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from generator.fitting import KEYWORDS, Fitting
from generator.searching import Searches, bounded

NAMED: dict[str, Any] = {
    "urn:a": {"type": "object", "properties": {"a": {"$ref": "urn:a"}, "b": {}}},
    "urn:b": {"enum": [1, "x", True, [0], {"a": 1}]},
    "urn:c": {"oneOf": [{"$ref": "urn:a"}, {"items": {"$ref": "urn:c"}}]},
}
FORM = r"^[ab]"

scalars = st.sampled_from([None, True, False, 0, 1, 1.0, 2, 2.5, -1, "", "a", "b", "x"])
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)
counts = st.integers(0, 3)
kinds = st.sampled_from(
    ["null", "boolean", "object", "array", "number", "integer", "string"]
)
names = st.lists(st.sampled_from("abc"), max_size=2, unique=True)


def words(inner: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    """What each keyword may say."""
    several = st.lists(inner, min_size=1, max_size=3)
    fields = st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    one = ("items", "contains", "additionalProperties", "propertyNames", "not", "if")
    count = ("minLength", "maxLength", "minItems", "maxItems", "minContains")
    more = ("maxContains", "minProperties", "maxProperties", "minimum", "maximum")
    limits = dict.fromkeys((*count, *more, "exclusiveMinimum"), counts)
    return {
        **limits,
        "exclusiveMaximum": counts,
        "multipleOf": st.sampled_from([1, 2, 0.5]),
        "type": kinds | st.lists(kinds, min_size=1, max_size=2, unique=True),
        "$ref": st.sampled_from(sorted(NAMED)),
        "enum": st.lists(values, min_size=1, max_size=3),
        "const": values,
        "format": st.just("unknown"),
        "pattern": st.just(FORM),
        "uniqueItems": st.just(True),
        "required": names,
        "properties": fields,
        "patternProperties": st.dictionaries(st.just(FORM), inner, max_size=1),
        "dependentRequired": st.dictionaries(st.sampled_from("abc"), names, max_size=2),
        **dict.fromkeys((*one, "then", "else", "unevaluatedProperties"), inner),
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), several),
    }


def of_words(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Schemas of a few keywords."""
    said = words(inner)
    chosen = st.lists(st.sampled_from(sorted(said)), max_size=3, unique=True)
    return chosen.flatmap(
        lambda keys: st.fixed_dictionaries({key: said[key] for key in keys})
    )


schemas = st.recursive(st.booleans() | of_words(st.booleans()), of_words, max_leaves=3)


def registry() -> Registry[Any]:
    resources = ((uri, DRAFT202012.create_resource(s)) for uri, s in NAMED.items())
    empty: Registry[Any] = Registry()
    return empty.with_resources(resources)


def asked(schema: Any) -> Any:
    validator = bounded(Searches())
    return validator(schema, registry=registry()).is_valid


def fitting() -> Fitting:
    return Fitting(NAMED.__getitem__, asked, Searches())


@settings(max_examples=300, deadline=None)
@given(schemas, st.lists(values, min_size=1, max_size=8))
def test_a_value_fits_where_jsonschema_says_so(schema: Any, given: list[Any]) -> None:
    test, validator = fitting().test(schema), asked(schema)
    assert [test(value) for value in given] == [validator(value) for value in given]


@pytest.mark.parametrize("word", sorted(KEYWORDS))
def test_every_keyword_is_one_of_json_schema(word: str) -> None:
    assert word in {*Draft202012Validator.VALIDATORS}


def test_what_is_shared_is_looked_at_once() -> None:
    value: Any = {}
    for _ in range(60):
        value = {"a": value, "b": value}
    both = {"properties": {"a": {"$ref": "urn:d"}, "b": {"$ref": "urn:d"}}}
    test = Fitting({"urn:d": both}.__getitem__, asked, Searches()).referred("urn:d")
    assert test(value)
