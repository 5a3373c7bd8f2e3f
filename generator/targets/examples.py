"""Example values of schemas: the document's own where they are valid, else made to be."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from generator.model import ABSENT, Json, Schema
from generator.patterns import sample, translated
from generator.searching import found as found_in
from generator.targets.directions import Direction, read_only, write_only
from generator.targets.keywords import allowed_values, reference_only
from generator.targets.merging import merged
from generator.targets.validity import Validity

DEEP = 6
SHALLOW = 3
"""How deep optional properties are shown."""

MOST = 1000
"""Values of an array, those inside its items included."""

LARGEST = 20_000
"""Values in a whole example: what can only be larger, nobody wants to read."""

TEXTS = {
    "date-time": "2026-01-02T03:04:05Z",
    "date": "2026-01-02",
    "time": "03:04:05Z",
    "duration": "PT5M",
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
    "uri": "https://example.com/",
    "url": "https://example.com/",
    "uri-reference": "/example",
    "iri": "https://example.com/",
    "email": "someone@example.com",
    "idn-email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "byte": "ZXhhbXBsZQ==",
    "base64url": "ZXhhbXBsZQ",
    "json-pointer": "/example",
    "regex": "^example$",
}


@dataclass(frozen=True, slots=True)
class Example:
    """A value, and whether it is known to be valid."""

    value: Json
    valid: bool


class _Endless(Exception):
    """The schema only leads to itself, or to more than anybody reads."""


class Examples:
    """Makes examples of the schemas of one document."""

    def __init__(self, schemas: dict[str, Schema]) -> None:
        self._schemas = schemas
        self._validity = Validity(schemas)
        self._made: dict[tuple[str, Direction], Example] = {}
        self._makers: dict[tuple[Direction, int], _Maker] = {}

    def is_valid(self, schema: Schema, value: Json) -> bool:
        return self._validity.holds(schema, value)

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
            if self.is_valid(schema, value):
                return Example(value, True)
        schema = meant(schema, self._schemas)
        known = self._made.get((schema.key, direction))
        if known is None:
            known = self._best(schema, direction)
            self._made[schema.key, direction] = known
        return known

    def _best(self, schema: Schema, direction: Direction) -> Example:
        first: Json | None = None
        for optional in (SHALLOW, 0):
            try:
                value = self._maker(direction, optional).make(schema)
            except (_Endless, RecursionError):
                continue
            if self.is_valid(schema, value):
                return Example(value, True)
            first = value if first is None else first
        return Example(first, False)

    def _maker(self, direction: Direction, optional: int) -> _Maker:
        known = self._makers.get((direction, optional))
        if known is None:
            known = _Maker(self._schemas, self._validity, direction, optional)
            self._makers[direction, optional] = known
        return known


@dataclass(frozen=True, slots=True)
class _Made:
    """What was made of a schema at a depth (None: nothing, it is endless), and the names it met."""

    values: tuple[Json] | None
    met: set[str]


@dataclass(slots=True)
class _Maker:
    """Makes values; optional properties are shown down to a depth.

    What stands deep in many values is made once: a value depends on what it stands in
    only where that is a schema which it meets again.
    """

    schemas: dict[str, Schema]
    validity: Validity
    direction: Direction
    optional: int
    known: dict[tuple[str, int], _Made] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    """The named schemas that were met since the value being made was begun."""
    sizes: dict[int, tuple[Json, int]] = field(default_factory=dict)
    """Each list and mapping, kept alive, with the number of values in it."""

    def make(
        self, schema: Schema, depth: int = 0, seen: frozenset[str] = frozenset()
    ) -> Json:
        schema = meant(schema, self.schemas)
        if is_leaf(schema):
            depth = 0
        found = self.known.get((schema.key, depth))
        if found is None or not found.met.isdisjoint(seen):
            around, self.met = self.met, set()
            try:
                found = self._attempt(schema, depth, seen)
            finally:
                around |= self.met
                self.met = around
        else:
            self.met |= found.met
        if found.values is None:
            raise _Endless
        return found.values[0]

    def _attempt(self, schema: Schema, depth: int, seen: frozenset[str]) -> _Made:
        try:
            value = self._new(schema, depth, seen)
            self._measure(value)
            found = _Made((value,), self.met)
        except _Endless:
            found = _Made(None, self.met)
        if found.met.isdisjoint(seen):
            self.known[schema.key, depth] = found
        return found

    def _measure(self, value: Json) -> None:
        """Raises _Endless for a value that is too large; it shares its parts with others."""
        if not isinstance(value, (list, dict)) or id(value) in self.sizes:
            return
        size = 1
        for inner in value.values() if isinstance(value, dict) else value:
            self._measure(inner)
            size += self.sizes.get(id(inner), (inner, 1))[1]
        if size > LARGEST:
            raise _Endless
        self.sizes[id(value)] = value, size

    def _new(self, schema: Schema, depth: int, seen: frozenset[str]) -> Json:
        key = reference_only(schema) or (
            schema.key if schema.key in self.schemas else None
        )
        while key is not None and key in self.schemas:
            self.met.add(key)
            if key in seen or depth > DEEP * 4:
                raise _Endless
            seen |= {key}
            for value in declared(schema):
                if self.validity.holds(schema, value):
                    return value
            schema = self.schemas[key]
            key = reference_only(schema)
        for value in declared(schema):
            if self.validity.holds(schema, value):
                return value
        return self._made(schema, depth, seen)

    def _made(self, schema: Schema, depth: int, seen: frozenset[str]) -> Json:
        found = merged(schema, self.schemas)
        whole = found.schema
        if whole.enum is not None:
            values: list[Json] = [v for v in allowed_values(whole) if v is not None]
            values = values or [None]
            return next(
                (v for v in values if self.validity.holds(schema, v)), values[0]
            )
        if whole.one_of or whole.any_of:
            return self._alternative(schema, whole, depth, seen)
        return self._of_type(whole, depth, seen)

    def _alternative(
        self, schema: Schema, whole: Schema, depth: int, seen: frozenset[str]
    ) -> Json:
        """The first alternative of which a valid value can be made."""
        base = replace(
            whole, one_of=(), any_of=(), discriminator=None, key=whole.key + "?base"
        )
        first: list[Json] = []
        for index, branch in enumerate(whole.one_of or whole.any_of):
            both = Schema(
                at=branch.at, key=f"{whole.key}+example{index}", all_of=(base, branch)
            )
            try:
                value = self._tagged(whole, branch, self.make(both, depth + 1, seen))
            except _Endless:
                continue
            if self.validity.holds(schema, value):
                return value
            first.append(value)
        if not first:
            raise _Endless
        return first[0]

    def _tagged(self, whole: Schema, branch: Schema, value: Json) -> Json:
        """The value with the discriminator's word for its alternative."""
        telling = whole.discriminator
        if telling is None or branch.ref is None or not isinstance(value, dict):
            return value
        target = self.schemas.get(branch.ref)
        words = [word for word, key in telling.mapping.items() if key == branch.ref]
        if target is not None and target.name is not None:
            words.append(target.name)
        if not words or value.get(telling.property) in words:
            return value
        return {**value, telling.property: words[0]}

    def _of_type(self, schema: Schema, depth: int, seen: frozenset[str]) -> Json:
        kinds: list[str] = [kind for kind in schema.types if kind != "null"]
        kinds = kinds or [*schema.types]
        kind = kinds[0] if kinds else implied(schema)
        if kind == "object":
            return self._object(schema, depth, seen)
        if kind == "array":
            return self._array(schema, depth, seen)
        if kind in ("integer", "number"):
            return number(schema, kind)
        if kind == "boolean":
            return True
        return None if kind == "null" else text(schema)

    def _object(self, schema: Schema, depth: int, seen: frozenset[str]) -> Json:
        made: dict[str, Json] = {}
        for one in schema.properties:
            hidden = read_only if self.direction == "in" else write_only
            needed = one.name in schema.required
            if one.schema.never or hidden(one.schema, self.schemas):
                continue
            if needed or depth < self.optional:
                try:
                    made[one.name] = self.make(one.schema, depth + 1, seen)
                except _Endless:
                    if needed:
                        raise
        for name in schema.required:
            if name not in made and not any(
                one.name == name for one in schema.properties
            ):
                made[name] = self._value(schema, depth, seen)
        for name in self._more_names(schema, len(made)):
            made[name] = self._value(schema, depth, seen)
        return made

    def _more_names(self, schema: Schema, count: int) -> Iterator[str]:
        """Names for a map's entries: as many as it needs, and one to show what it holds."""
        shows = not schema.properties and schema.additional is not None
        wanted = max(schema.min_properties or 0, 1 if shows and self.optional else 0)
        most = schema.max_properties if schema.max_properties is not None else wanted
        for index in range(count, min(wanted, most, count + 50)):
            named = schema.property_names
            yield (
                "key" + (str(index) if index else "")
                if named is None
                else str(self.make(named))
            )

    def _value(self, schema: Schema, depth: int, seen: frozenset[str]) -> Json:
        if schema.pattern_properties:
            return self.make(schema.pattern_properties[0][1], depth + 1, seen)
        if schema.additional is None or schema.additional.never:
            return "example"
        return self.make(schema.additional, depth + 1, seen)

    def _array(self, schema: Schema, depth: int, seen: frozenset[str]) -> Json:
        made: list[Json] = [
            self.make(one, depth + 1, seen) for one in schema.prefix_items
        ]
        least = schema.min_items or 0
        wanted = max(least, 1 if schema.items is not None and depth < DEEP else 0)
        if schema.max_items is not None:
            wanted = min(wanted, schema.max_items)
        inner = schema.items or schema.contains
        try:
            if len(made) < wanted:
                one = "example" if inner is None else self.make(inner, depth + 1, seen)
                missing = min(wanted - len(made), max(MOST // values_in(one), 1))
                made += [one] * missing
        except _Endless:
            if least > len(made):
                raise
        if schema.unique_items:
            made = [vary(value, index, inner) for index, value in enumerate(made)]
        return made


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


def values_in(value: Json) -> int:
    """How many values a value is made of."""
    count, stack = 0, [value]
    while stack and count < MOST:
        count += 1
        one = stack.pop()
        if isinstance(one, (list, dict)):
            stack.extend(one.values() if isinstance(one, dict) else one)
    return count


def declared(schema: Schema) -> Iterator[Json]:
    """What a document itself gives as a value of a schema."""
    yield from schema.examples
    if schema.default is not ABSENT and schema.default is not None:
        yield schema.default


def implied(schema: Schema) -> str:
    """The type that a schema without one speaks of."""
    if schema.properties or schema.required or schema.additional is not None:
        return "object"
    if schema.items is not None or schema.prefix_items or schema.min_items:
        return "array"
    bounds = (
        schema.minimum,
        schema.maximum,
        schema.exclusive_minimum,
        schema.multiple_of,
    )
    return "number" if any(bound is not None for bound in bounds) else "string"


def text(schema: Schema) -> str:
    """A string of a schema's format, pattern and length."""
    least, most = schema.min_length or 0, schema.max_length
    pattern = translated(schema.pattern) if schema.pattern is not None else None
    found = sample(pattern) if pattern is not None else None
    usual = TEXTS.get(schema.format or "")
    if found is not None and usual is not None and re.search(pattern or "", usual):
        found = usual if most is None or len(usual) <= most else found
    if found is None:
        encoded = (schema.content_encoding or "").lower() in ("base64", "base64url")
        found = TEXTS.get("byte" if encoded else schema.format or "", "example")
        if most is not None and len(found) > most:
            found = found[:most]
        if len(found) < least:
            found += "x" * min(least - len(found), 100_000)
    elif len(found) < least and found:
        found = lengthened(found, least, pattern or "")
    return found


def lengthened(found: str, least: int, pattern: str) -> str:
    """A sample made longer by repeating one of its characters, where the pattern lets it."""
    missing = min(least - len(found), 100_000)
    for index in range(len(found), 0, -1):
        longer = found[:index] + found[index - 1] * missing + found[index:]
        if found_in(pattern, longer):
            return longer
    return found


def number(schema: Schema, kind: str) -> Json:
    """A number within a schema's bounds."""
    step = schema.multiple_of or (1 if kind == "integer" else 0.5)
    low, high = schema.minimum, schema.maximum
    if schema.exclusive_minimum is not None:
        low = max(
            schema.exclusive_minimum + step, low if low is not None else -math.inf
        )
    if schema.exclusive_maximum is not None:
        high = min(
            schema.exclusive_maximum - step, high if high is not None else math.inf
        )
    value: int | float = 1 if kind == "integer" else 1.5
    if low is not None and value < low:
        value = low
    if high is not None and value > high:
        value = high
    if schema.multiple_of:
        value = multiple(value, step, high)
    if kind == "integer":
        return math.ceil(value)
    return value


def multiple(
    value: int | float, step: int | float, high: int | float | None
) -> int | float:
    exact, size = Fraction(str(value)), Fraction(str(step))
    found = math.ceil(exact / size) * size
    if high is not None and found > Fraction(str(high)):
        found -= size
    return int(found) if found.denominator == 1 else float(found)


def vary(value: Json, index: int, schema: Schema | None) -> Json:
    """An item that differs from those before it."""
    if index == 0:
        return value
    if schema is not None and schema.enum is not None:
        return schema.enum[index % len(schema.enum)]
    if isinstance(value, str):
        return f"{value}{index}"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value + index
    return value
