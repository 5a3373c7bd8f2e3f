"""Schemas as types: what a Python type can say it says, and rules hold the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from generator.model import Json, Schema, changed
from generator.python import Import, literal
from generator.targets import types
from generator.targets.alternatives import branch_hint, branches, tags
from generator.targets.directions import Direction
from generator.targets.forms import Form, Forms
from generator.targets.jsons import type_of
from generator.targets.keywords import (
    ARRAYS,
    GENERAL,
    GROUPED,
    GROUPS_ALL,
    NUMBERS,
    OBJECTS,
    STRINGS,
    allowed_values,
    is_scalar,
    json_types,
    reference_only,
    said,
    says,
)
from generator.targets.merging import Merged, merged, only
from generator.targets.scalars import NONE_LEFT, Part, bounds, number_type, text_type
from generator.targets.schema_text import Dialect, referenced, schema_json
from generator.targets.types import SCHEMAS, Type, Words, marked, of_runtime
from generator.value import dataclass

LEFT_TO_RIGHT = Words(
    'Field(union_mode="left_to_right")', frozenset({Import("pydantic", "Field")})
)
READING_ANY = Words("AnyOf()", frozenset({of_runtime("AnyOf")}))
UNIQUE = Words("Unique()", frozenset({of_runtime("Unique")}))
BOOLEAN = types.plain("bool")
ARRAY_RULES = frozenset("prefix_items contains min_contains max_contains".split())
OBJECT_RULES = frozenset(
    "property_names dependent_required dependent_schemas required".split()
)


class Definitions(Protocol):
    """Who names and defines what a type refers to."""

    def reference(self, key: str, direction: Direction) -> Type: ...

    def model(self, found: Merged, hint: str, direction: Direction) -> Type: ...

    def enumeration(self, schema: Schema, hint: str) -> Type: ...

    def dialect(self, direction: Direction) -> Dialect: ...

    def has_rules(self, names: set[str]) -> bool: ...


@dataclass(frozen=True, slots=True)
class Annotator:
    """Makes types of schemas; `define` is asked for every model and every reference."""

    schemas: dict[str, Schema]
    forms: Forms
    define: Definitions

    def type(self, schema: Schema, hint: str, direction: Direction) -> Type:
        """The type of a schema where it is used."""
        key = schema.key if schema.key in self.schemas else reference_only(schema)
        if key is not None and key in self.schemas:
            return self.define.reference(key, direction)
        if is_scalar(schema):
            found, held = self._part(schema.types[0], schema, hint, direction)
            if not held or not says(schema, held):
                return found
        return self.expressed(merged(schema, self.schemas), hint, direction)

    def expressed(self, found: Merged, hint: str, direction: Direction) -> Type:
        """The type of a schema that stands for itself."""
        schema = found.schema
        form = self.forms.form(found)
        if form.kind == "model":
            inner = self.define.model(form.found, hint, direction)
            return self.used(form, inner, direction)
        if form.kind == "enumeration":
            return self.used(form, self.define.enumeration(schema, hint), direction)
        if schema.never:
            return types.annotated(types.ANY, [self.rules([False])])
        if schema.enum is not None:
            return self._enum(found, hint, direction)
        if schema.one_of or schema.any_of:
            return self._choice(found, hint, direction)
        return self._by_types(found, hint, direction)

    def used(self, form: Form, inner: Type, direction: Direction) -> Type:
        """The type of a definition where it is used; what we say ourselves is the object meant."""
        if form.loose and direction != "out":
            other = types.runtime("NotObject", "NotObject", of_runtime("NotObject"))
            return types.union([inner, other], READING_ANY)
        if form.open:
            inner = types.union([inner, types.STRING], LEFT_TO_RIGHT)
        return replace(inner, nullable=True) if form.nullable else inner

    # Rules

    def rules(self, found: Iterable[Json], call: str = "Rules") -> Words:
        """The metadata that holds a value to JSON Schemas."""
        parts = list(found)
        whole: Json = parts[0] if len(parts) == 1 else {"allOf": parts}
        arguments = literal(whole)
        if self.define.has_rules(referenced(whole)):
            arguments = f"{arguments}, {marked(SCHEMAS)}"
        return Words(f"{call}({arguments})", frozenset({of_runtime(call)}))

    def json(
        self,
        schema: Schema,
        direction: Direction,
        names: frozenset[str] | None = None,
    ) -> Json:
        return schema_json(schema, self.define.dialect(direction), names)

    def leftovers(
        self, found: Merged, names: frozenset[str], direction: Direction
    ) -> list[Json]:
        """The rules that these keywords, and what could not be merged, make."""
        is_said = says(found.schema, names)
        if not is_said and not found.rest:
            return []
        parts = [self.json(part, direction) for part in found.rest]
        if is_said:
            parts.insert(0, self.json(found.schema, direction, names))
        return [part for part in parts if part is not True]

    def _ruled(self, inner: Type, parts: list[Json]) -> Type:
        return types.annotated_whole(inner, [self.rules(parts)]) if parts else inner

    # Enumerations

    def _enum(self, found: Merged, hint: str, direction: Direction) -> Type:
        schema = found.schema
        values = allowed_values(schema)
        rest = self.leftovers(found, GROUPED, direction)
        if not values:
            return types.annotated(types.ANY, [self.rules([False])])
        texts: list[Json] = [value for value in values if value is not None]
        kinds = {type_of(value) for value in texts}
        if kinds <= {"string"}:
            inner = self._texts(schema, texts, hint)
        elif kinds <= {"string", "integer", "boolean"}:
            inner = types.literals(_whole(texts))
            rest = [{"enum": list(values)}, *rest]
        else:
            inner = _kinds_type(kinds)
            rest = [{"enum": list(values)}, *rest]
        if None in values and inner is not types.NONE:
            inner = replace(inner, nullable=True)
        return self._ruled(inner, rest)

    def _texts(self, schema: Schema, texts: list[Json], hint: str) -> Type:
        if not texts:
            return types.NONE
        inner = types.literals(texts)
        if self.forms.side == "client" and len(texts) > 1:
            return types.union([inner, types.STRING], None)
        return inner

    # Alternatives

    def _choice(self, found: Merged, hint: str, direction: Direction) -> Type:
        schema = found.schema
        exactly = bool(schema.one_of)
        name = "one_of" if exactly else "any_of"
        rest = list(found.rest)
        if exactly and schema.any_of:
            rest.append(only(schema, ("any_of",)))
        calm = self.forms.calm(found)
        if calm is not None:
            return self._by_types(calm, hint, direction)
        parts = [
            self.type(both, branch_hint(found, branch, hint, self.schemas), direction)
            for branch, both in branches(found, self.schemas)
        ]
        rules = self.leftovers(Merged(schema, tuple(rest)), GENERAL, direction)
        if any(part.full == types.ANY.full for part in parts) or len(
            {part.full for part in parts}
        ) < len(parts):
            if exactly and not tags(schema, parts, self.schemas):
                rules.append(self.json(schema, direction, frozenset({name})))
            exactly = False
        inner = types.union(parts, self._reading(schema, parts, exactly))
        return self._ruled(inner, rules)

    def _reading(self, schema: Schema, parts: list[Type], exactly: bool) -> Words:
        """How pydantic chooses between the alternatives."""
        strict = exactly and self.forms.side == "service"
        several = schema.one_of or schema.any_of
        kinds = [json_types(branch, self.schemas) for branch in several]
        if strict and sum(map(len, kinds)) == len(frozenset().union(*kinds)):
            strict = False
        call = "OneOf" if strict else "AnyOf"
        text = f"{call}({tags(schema, parts, self.schemas)})"
        return Words(text, frozenset({of_runtime(call)}))

    # Types

    def _by_types(self, found: Merged, hint: str, direction: Direction) -> Type:
        schema = found.schema
        if not schema.types:
            return self._untyped(found, hint, direction)
        parts: list[Type] = []
        held = GENERAL
        for kind in schema.types:
            if kind == "integer" and "number" in schema.types:
                continue
            part, kept = self._part(kind, schema, hint, direction)
            parts.append(part)
            held |= kept
        inner = types.union(parts, READING_ANY)
        return self._ruled(inner, self.leftovers(found, held, direction))

    def _untyped(self, found: Merged, hint: str, direction: Direction) -> Type:
        """A schema that names no type: it speaks of some, and lets every other through."""
        schema = found.schema
        inner, held = types.ANY, said(schema, GROUPS_ALL)
        if schema.properties or (schema.items is not None and not schema.items.never):
            inner, held = self._half_typed(schema, hint, direction)
        return self._ruled(inner, self.leftovers(found, held | GENERAL, direction))

    def _half_typed(self, schema: Schema, hint: str, direction: Direction) -> Part:
        parts: list[Type] = []
        held = STRINGS | NUMBERS
        other = "NotObjectOrArray"
        if schema.properties:
            part, kept = self._part("object", schema, hint, direction)
            parts.append(part)
            held |= kept
        else:
            other, held = "NotArray", held | OBJECTS
        if schema.items is not None:
            part, kept = self._part("array", schema, hint, direction)
            parts.append(part)
            held |= kept
        else:
            other, held = "NotObject", held | ARRAYS
        parts.append(types.runtime(other, other, of_runtime(other)))
        return types.union(parts, READING_ANY), held

    def _part(self, kind: str, schema: Schema, hint: str, direction: Direction) -> Part:
        """The type of one JSON type, and the keywords that rules must hold for it."""
        if kind == "null":
            return types.NONE, NONE_LEFT
        if kind == "boolean":
            return BOOLEAN, NONE_LEFT
        if kind == "string":
            return text_type(schema, strict=self.forms.side == "service")
        if kind in ("integer", "number"):
            return number_type(schema, kind)
        if kind == "array":
            return self._array(schema, hint, direction)
        return self._object(schema, hint, direction)

    def _array(self, schema: Schema, hint: str, direction: Direction) -> Part:
        held = ARRAY_RULES
        item = types.ANY
        if schema.prefix_items:
            held |= {"items"}
        elif schema.items is not None:
            item = self.type(schema.items, item_hint(hint), direction)
        metadata = bounds(min_length=schema.min_items, max_length=schema.max_items)
        if schema.unique_items:
            metadata.append(UNIQUE)
        return types.annotated(types.list_of(item), metadata), held

    def _object(self, schema: Schema, hint: str, direction: Direction) -> Part:
        held = OBJECT_RULES
        if schema.properties:
            own = Merged(as_object(schema))
            return self.define.model(own, hint + "Object", direction), NONE_LEFT
        value = types.ANY
        most = schema.max_properties
        if schema.pattern_properties:
            held |= {"pattern_properties", "additional"}
        elif schema.additional is not None and schema.additional.never:
            most = 0
        elif schema.additional is not None:
            value = self.type(schema.additional, hint + "Value", direction)
        metadata = bounds(min_length=schema.min_properties, max_length=most)
        return types.annotated(types.dict_of(value), metadata), held


def as_object(schema: Schema) -> Schema:
    """What a schema of several types, or of none, says of objects."""
    return changed(
        schema, types=("object",), not_=None, if_=None, then=None, else_=None
    )


def _whole(values: list[Json]) -> list[Json]:
    return [int(value) if isinstance(value, float) else value for value in values]


def _kinds_type(kinds: set[str]) -> Type:
    if kinds <= {"integer", "number"}:
        return types.plain("float")
    if kinds == {"array"}:
        return types.list_of(types.ANY)
    return types.dict_of(types.ANY) if kinds == {"object"} else types.ANY


def item_hint(hint: str) -> str:
    if hint.endswith("ies"):
        return hint[:-3] + "y"
    if hint.endswith("s") and not hint.endswith(("ss", "us")):
        return hint[:-1]
    return hint + "Item"
