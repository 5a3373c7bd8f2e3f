"""Values that a schema allows: parts of the document's own where they are valid, else made up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field

from generator.model import ABSENT, Absent, Json, Schema, changed
from generator.targets.alternatives import tag_values
from generator.targets.demands import (
    contained,
    declared,
    is_leaf,
    is_ruled_out,
    meant,
)
from generator.targets.directions import Direction, read_only, write_only
from generator.targets.keywords import allowed_values, reference_only
from generator.targets.merging import merged
from generator.targets.samples import MOST, implied, number, text, values_in, vary
from generator.targets.validity import Validity
from generator.value import dataclass

DEEP = 6
SHALLOW = 3
"""How deep optional properties are shown."""

LEAST = -1
"""Shows no item or value either that may be left out: what it holds may have no value at all."""

LARGEST = 20_000
"""Values in a whole example: what can only be larger, nobody wants to read."""

DEAD_ENDS = 3000
"""Alternatives without a valid value; after as many no more are tried: each may lead to many more."""

UNLIKE: tuple[Json, ...] = (1, "example", True)
"""One of these is no value of a schema that says anything of its type."""


class Endless(Exception):
    """The schema only leads to itself, or to more than anybody reads."""


class Hopeless(Exception):
    """There are more dead ends than can be tried."""


@dataclass(frozen=True, slots=True)
class _Made:
    """What was made of a schema at a depth (None: nothing, it is endless), and the names it met."""

    values: tuple[Json] | None
    met: set[str]


@dataclass(slots=True)
class Maker:
    """Makes values; optional properties are shown down to a depth.

    What stands deep in many values is made once: a value depends on what it stands in
    only where that is a schema which it meets again.
    """

    schemas: dict[str, Schema]
    validity: Validity
    direction: Direction
    optional: int
    known: dict[tuple[str, int], _Made] = field(default_factory=dict)
    leaves: dict[str, Json] = field(default_factory=dict)
    """Values with nothing inside them, which are the same wherever they stand."""
    met: set[str] = field(default_factory=set)
    """The named schemas that were met since the value being made was begun."""
    sizes: dict[int, tuple[Json, int]] = field(default_factory=dict)
    """Each list and mapping, kept alive, with the number of values in it."""
    dead_ends: int = 0

    def make(
        self, schema: Schema, depth: int = 0, seen: frozenset[str] = frozenset()
    ) -> Json:
        if schema.key in self.leaves:
            return self.leaves[schema.key]
        schema = meant(schema, self.schemas)
        if is_leaf(schema):
            made = self._declared_or_made(schema, 0, frozenset())
            self.leaves[schema.key] = made
            return made
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
            raise Endless
        return found.values[0]

    def _attempt(self, schema: Schema, depth: int, seen: frozenset[str]) -> _Made:
        try:
            value = self._new(schema, depth, seen)
            self._measure(value)
            found = _Made((value,), self.met)
        except Endless:
            found = _Made(None, self.met)
        if found.met.isdisjoint(seen):
            self.known[schema.key, depth] = found
        return found

    def _measure(self, value: Json) -> None:
        """Raises Endless for a value that is too large; it shares its parts with others."""
        if not isinstance(value, (list, dict)) or id(value) in self.sizes:
            return
        held = value.values() if isinstance(value, dict) else value
        size = 1 + len(held)
        for inner in held:
            if isinstance(inner, (list, dict)):
                self._measure(inner)
                size += self.sizes[id(inner)][1] - 1
        if size > LARGEST:
            raise Endless
        self.sizes[id(value)] = value, size

    def _new(self, schema: Schema, depth: int, seen: frozenset[str]) -> Json:
        key = reference_only(schema) or (
            schema.key if schema.key in self.schemas else None
        )
        while key is not None and key in self.schemas:
            self.met.add(key)
            if key in seen or depth > DEEP * 4:
                raise Endless
            seen |= {key}
            for value in declared(schema):
                if self.validity.holds(schema, value):
                    return value
            schema = self.schemas[key]
            key = reference_only(schema)
        return self._declared_or_made(schema, depth, seen)

    def _declared_or_made(
        self, schema: Schema, depth: int, seen: frozenset[str]
    ) -> Json:
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
        if whole.if_ is not None:
            return self._conditional(schema, whole, depth, seen)
        if whole.one_of or whole.any_of:
            return self._alternative(schema, whole, depth, seen)
        return self._mapped(schema, whole, self._of_type(whole, depth, seen))

    def _mapped(self, schema: Schema, whole: Schema, value: Json) -> Json:
        """An object with the word for its schema, or else for one that may stand in its place."""
        telling = whole.discriminator
        if telling is None or not isinstance(value, dict):
            return value
        known, tag = telling.mapping, telling.property
        if tag not in value or value[tag] in known:
            return value
        told = {word: {**value, tag: word} for word in known}
        own = [told[word] for word, key in known.items() if key == schema.key]
        near = [told[w] for w, key in known.items() if self._is(key, told[w])]
        shown = (*own, *near, *told.values())
        return next((one for one in shown if self.validity.holds(schema, one)), value)

    def _is(self, key: str, value: Json) -> bool:
        """Whether a value is one of the schema that a word leads to."""
        return key in self.schemas and self.validity.holds(self.schemas[key], value)

    def _conditional(
        self, schema: Schema, whole: Schema, depth: int, seen: frozenset[str]
    ) -> Json:
        """A value that meets the condition and what follows from it, else one that does not."""
        base = changed(whole, if_=None, then=None, else_=None, key=whole.key + "?plain")
        value: Json = None
        for name, parts in (
            ("then", (whole.if_, whole.then)),
            ("else", (whole.else_,)),
        ):
            said = [part for part in parts if part is not None]
            key = f"{whole.key}+{name}"
            value = self.make(
                Schema(at=whole.at, key=key, all_of=(base, *said)), depth, seen
            )
            if self.validity.holds(schema, value):
                break
        return value

    def _alternative(
        self, schema: Schema, whole: Schema, depth: int, seen: frozenset[str]
    ) -> Json:
        """The first alternative of which a valid value can be made."""
        base = changed(
            whole, one_of=(), any_of=(), discriminator=None, key=whole.key + "?base"
        )
        first: list[Json] = []
        for index, branch in enumerate(whole.one_of or whole.any_of):
            both = Schema(
                at=branch.at, key=f"{whole.key}+example{index}", all_of=(base, branch)
            )
            try:
                made = self.make(both, depth + 1, seen)
            except Endless:
                self._count_dead_end()
                continue
            for value in self._shown_as(whole, branch, made):
                if self.validity.holds(schema, value):
                    return value
                first.append(value)
            self._count_dead_end()
        if not first:
            raise Endless
        return first[0]

    def _count_dead_end(self) -> None:
        self.dead_ends += 1
        if self.dead_ends > DEAD_ENDS:
            raise Hopeless

    def _shown_as(self, whole: Schema, branch: Schema, value: Json) -> Iterator[Json]:
        """The value of an alternative with the discriminator's word, and as no other has it."""
        told = self._tagged(whole, branch, value)
        yield told
        if whole.one_of and isinstance(told, dict):
            others = (one for one in whole.one_of if one is not branch)
            yield self._apart(told, branch, others)

    def _apart(
        self, value: dict[str, Json], branch: Schema, others: Iterable[Schema]
    ) -> Json:
        """An object with what only its own alternative allows, as far as others allow it now."""
        for other in others:
            if not self.validity.holds(other, value):
                continue
            for one in merged(
                meant(other, self.schemas), self.schemas
            ).schema.properties:
                unfit = (v for v in UNLIKE if not self.validity.holds(one.schema, v))
                wrong = next(unfit, ABSENT)
                if one.name in value or isinstance(wrong, Absent):
                    continue
                more = {**value, one.name: wrong}
                if self.validity.holds(branch, more):
                    value = more
                    break
        return value

    def _tagged(self, whole: Schema, branch: Schema, value: Json) -> Json:
        """The value with the discriminator's word for its alternative."""
        telling = whole.discriminator
        if telling is None or not isinstance(value, dict):
            return value
        words = tag_values(branch, telling, self.schemas)
        if not words or value.get(telling.property) in words:
            return value
        return {**value, telling.property: words[0]}

    def _of_type(self, schema: Schema, depth: int, seen: frozenset[str]) -> Json:
        kinds: list[str] = [kind for kind in schema.types if kind != "null"]
        if self.optional == LEAST and "null" in schema.types:
            return None
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
        hidden = read_only if self.direction == "in" else write_only
        for one in schema.properties:
            needed = one.name in schema.required
            if not needed and depth >= self.optional:
                continue
            if one.schema.never or hidden(one.schema, self.schemas):
                continue
            if not needed and is_ruled_out(schema, one.name, made):
                continue
            try:
                made[one.name] = self.make(one.schema, depth + 1, seen)
            except Endless:
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
        wanted = max(
            schema.min_properties or 0, 1 if shows and self.optional > 0 else 0
        )
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
        least = max(schema.min_items or 0, contained(schema))
        shows = schema.items is not None and self.optional != LEAST and depth < DEEP
        wanted = max(least, 1 if shows else 0)
        if schema.max_items is not None:
            wanted = min(wanted, schema.max_items)
        inner = schema.contains if contained(schema) else schema.items
        try:
            if len(made) < wanted:
                one = "example" if inner is None else self.make(inner, depth + 1, seen)
                missing = wanted - len(made)
                if missing > 1:
                    missing = min(missing, max(MOST // values_in(one), 1))
                made += [one] * missing
        except Endless:
            if least > len(made):
                raise
        if schema.unique_items:
            made = [vary(value, index, inner) for index, value in enumerate(made)]
        return made
