"""The rule about values: defaults, enum members and examples fit their schemas."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from generator.fitting import Fitting
from generator.model import (
    ABSENT,
    Api,
    Header,
    Json,
    MediaType,
    Parameter,
    Schema,
    TypeName,
)
from generator.problems import Place, Problem
from generator.schema import schema_of
from generator.searching import Searches, bounded, found
from generator.rules.walk import media_types, saying, sent_too
from generator.value import dataclass
from generator.verdicts import Test

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from referencing import Registry

MOST = 60
"""Characters of a value that a message shows."""
DEPTH = 4
"""How many choices inside choices it follows."""
STEPS = 2000
"""How many pairs of value and schema the quick look takes before it leaves the rest to others."""
ERRORS = 50
"""How many faults of one value are compared, to tell of one."""
COSTLY = ("$ref", "anyOf", "oneOf")
"""Keywords of which jsonschema tries everything that they name."""
LOOKS = 50_000
"""How many of these are tried in a whole document before none is looked into any more."""

SHOWN = {
    "default": "the default",
    "enum": "a value of the enum",
    "example": "the example",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A value that a document says to be of a schema."""

    what: str
    at: Place
    value: Json
    schema: Schema


def fitting(api: Api) -> Iterator[Problem]:
    """Each value that a document gives for a schema is valid against it."""
    judge = Judge(api)
    for claim in claims(api):
        wrong = judge.wrong(claim.value, claim.schema)
        if wrong is not None:
            yield Problem(
                f"unfit-{claim.what}",
                claim.at,
                f"{SHOWN[claim.what]} does not fit its schema: {wrong}",
                severity="warning",
            )


def claims(api: Api) -> Iterator[Claim]:
    """Every value given for a schema."""
    for schema in saying(api, "default", "enum", "examples"):
        yield from of_schema(schema)
    for operation in sent_too(api):
        for parameter in operation.parameters:
            yield from of_holder(parameter)
        for response in operation.responses:
            for header in response.headers:
                yield from of_holder(header)
        for content in media_types(operation):
            if "json" in content.content_type:
                yield from of_holder(content)


def of_schema(schema: Schema) -> Iterator[Claim]:
    at = schema.at
    if schema.default is not ABSENT:
        yield Claim("default", at / "default", schema.default, schema)
    if schema.types and schema.enum is not None:
        kind = schema_of(at, schema.key, {"types": schema.types})
        for index, value in enumerate(schema.enum):
            if value is not None and not fits_alone(value, kind):
                yield Claim("enum", at / "enum" / index, value, kind)
    for value in schema.examples:
        yield Claim("example", at / "example", value, schema)


def of_holder(holder: Parameter | Header | MediaType) -> Iterator[Claim]:
    if holder.schema is not None:
        for value, at in zip(holder.examples, holder.examples_at, strict=True):
            yield Claim("example", at, value, holder.schema)


class Judge:
    """Tells whether values fit: a quick look at most of them; jsonschema words the faults."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._tests: dict[Schema, Test] = {}
        self._left = LOOKS

    def wrong(self, value: Json, schema: Schema) -> str | None:
        """Why a value does not fit a schema; None if it does."""
        if surely(self._api, value, schema):
            return None
        try:
            fits = self._test(schema)(value)
        except (RecursionError, OverflowError):
            fits = False
        return None if fits else self.slowly(value, schema)

    def slowly(self, value: Json, schema: Schema) -> str | None:
        """The same, by jsonschema alone."""
        from jsonschema.exceptions import best_match
        from referencing.exceptions import Unresolvable

        from generator.json_schema import json_schema

        text: Any = json_schema(self._api, schema)
        validator = self._validator(text, registry=self._registry)
        try:
            error = best_match(islice(validator.iter_errors(value), ERRORS))
        except (re.error, RecursionError, Unresolvable):
            return None  # a pattern of another dialect, an endless schema: reported elsewhere
        return None if error is None else worded(error)

    def _test(self, schema: Schema) -> Test:
        known = self._tests.get(schema)
        if known is None:
            from generator.json_schema import json_schema

            known = self._fitting.test(json_schema(self._api, schema))
            self._tests[schema] = known
        return known

    @cached_property
    def _fitting(self) -> Fitting:
        from generator.json_schema import defined

        return Fitting(
            lambda uri: defined(self._definitions, uri), self._rare, Searches()
        )

    def _rare(self, text: Json) -> Test:
        validator = bounded(Searches())(text, registry=self._registry)
        return lambda value: bool(validator.is_valid(value))

    @cached_property
    def _definitions(self) -> dict[str, Json]:
        from generator.json_schema import definitions

        return definitions(self._api)

    @cached_property
    def _validator(self) -> Any:
        """jsonschema's, which need not look for faults in what is known to have none."""
        from jsonschema.validators import extend

        plain = bounded(Searches())
        checks = {word: self._checked(word, plain.VALIDATORS[word]) for word in COSTLY}
        return extend(plain, checks)  # type: ignore[no-untyped-call]

    def _checked(self, word: str, plain: Any) -> Any:
        from jsonschema.exceptions import ValidationError

        known: dict[int, tuple[Json, Test]] = {}

        def check(
            validator: Any, wanted: Json, value: Json, schema: Json
        ) -> Iterator[Any]:
            self._left -= 1
            if id(wanted) not in known:
                known[id(wanted)] = wanted, self._fitting.test({word: wanted})
            if known[id(wanted)][1](value):
                return
            if self._left < 0:
                yield ValidationError("it does not fit what $ref leads to")
            else:
                yield from plain(validator, wanted, value, schema)

        return check

    @cached_property
    def _registry(self) -> Registry[Any]:
        from referencing import Registry
        from referencing.jsonschema import DRAFT202012

        from generator.json_schema import DEFINITIONS

        contents: Any = self._definitions
        resource = DRAFT202012.create_resource(contents)
        empty: Registry[Any] = Registry()
        filled: Registry[Any] = empty.with_resource(DEFINITIONS, resource)
        return filled


def worded(error: ValidationError) -> str:
    """What is wrong with a value, on one short line."""
    shown = json.dumps(error.instance, ensure_ascii=False, default=str)
    where = "".join(f"/{key}" for key in error.absolute_path)
    subject = shown if len(shown) <= MOST else "the value"
    said = {
        "type": f"{subject} is not of type {either(error.validator_value)}",
        "enum": f"{subject} is none of the enum's values",
        "const": f"{subject} is not the const",
        "pattern": f"{subject} does not match {error.validator_value}",
        "oneOf": f"{subject} does not fit exactly one of oneOf",
        "anyOf": f"{subject} fits none of anyOf",
    }
    text = said.get(str(error.validator)) or error.message
    text = text if len(text) <= 2 * MOST else f"{text[:2 * MOST]}…"
    return f"at {where}: {text}" if where else text


def either(types: object) -> str:
    return " or ".join(map(str, types)) if isinstance(types, list) else str(types)


def surely(api: Api, value: Json, schema: Schema, depth: int = 0) -> bool:
    """Whether a value fits beyond doubt; False leaves it open."""
    stack = [(value, schema)]
    for _ in range(STEPS):
        if not stack:
            return True
        value, schema = stack.pop()
        if is_hard(schema) or not fits_alone(value, schema):
            return False
        if schema.any_of and not any_surely(api, value, schema, depth):
            return False
        if schema.ref is not None and schema.ref in api.schemas:
            stack.append((value, api.schemas[schema.ref]))
        stack.extend((value, each) for each in schema.all_of)
        stack.extend(within(value, schema))
    return False


def any_surely(api: Api, value: Json, schema: Schema, depth: int) -> bool:
    """Whether a value fits some alternative; those that lead deep are left open."""
    return depth < DEPTH and any(
        surely(api, value, each, depth + 1) for each in schema.any_of
    )


def is_hard(schema: Schema) -> bool:
    """Whether a quick look cannot tell."""
    choices = (schema.one_of, schema.not_, schema.if_, schema.never)
    lists = (schema.prefix_items, schema.contains, schema.unevaluated_items)
    objects = (schema.pattern_properties, schema.property_names)
    rare = (schema.dependent_required, schema.dependent_schemas)
    left = (schema.unevaluated_properties, schema.unique_items, schema.multiple_of)
    return any((*choices, *lists, *objects, *rare, *left))


def within(value: Json, schema: Schema) -> Iterator[tuple[Json, Schema]]:
    """The parts of a value, each with the schema it has to fit."""
    if isinstance(value, list) and schema.items is not None:
        yield from ((each, schema.items) for each in value)
    if isinstance(value, dict) and (schema.properties or schema.additional):
        known = {each.name: each.schema for each in schema.properties}
        for name, each in value.items():
            found = known.get(name, schema.additional)
            if found is not None:
                yield each, found


def fits_alone(value: Json, schema: Schema) -> bool:
    """Whether a value fits what a schema says of it, leaving its parts aside."""
    if schema.types and not any(is_a(value, each) for each in schema.types):
        return False
    if schema.enum is not None and not any(same(value, each) for each in schema.enum):
        return False
    if schema.const is not ABSENT and not same(value, schema.const):
        return False
    if isinstance(value, str):
        return between(len(value), schema.min_length, schema.max_length) and (
            matches(schema.pattern, value)
        )
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return in_bounds(value, schema)
    if isinstance(value, list):
        return between(len(value), schema.min_items, schema.max_items)
    if isinstance(value, dict):
        size = between(len(value), schema.min_properties, schema.max_properties)
        return size and value.keys() >= set(schema.required)
    return True


def is_a(value: Json, kind: TypeName) -> bool:
    if isinstance(value, bool) or value is None:
        return kind == ("null" if value is None else "boolean")
    if kind == "integer":
        return isinstance(value, int) or isinstance(value, float) and value.is_integer()
    return isinstance(value, PYTHON[kind])


PYTHON: dict[TypeName, tuple[type, ...]] = {
    "null": (),
    "boolean": (),
    "object": (dict,),
    "array": (list,),
    "number": (int, float),
    "string": (str,),
}


def same(one: Json, other: Json) -> bool:
    """Equal as JSON sees it: true is not 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def between(size: float, low: float | None, high: float | None) -> bool:
    return (low is None or size >= low) and (high is None or size <= high)


def in_bounds(value: float, schema: Schema) -> bool:
    above = schema.exclusive_minimum is None or value > schema.exclusive_minimum
    below = schema.exclusive_maximum is None or value < schema.exclusive_maximum
    return above and below and between(value, schema.minimum, schema.maximum)


def matches(pattern: str | None, text: str) -> bool:
    return pattern is None or bool(found(pattern, text))
