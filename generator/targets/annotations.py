"""Schemas as types: what a Python type can say it says, and rules hold the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from generator.model import Discriminator, Json, Schema
from generator.python import Import, literal, pascal, string
from generator.targets import types
from generator.targets.directions import Direction
from generator.targets.jsons import type_of
from generator.targets.keywords import (
    ARRAYS,
    CHOICES,
    GENERAL,
    GROUPS_ALL,
    NUMBERS,
    OBJECTS,
    STRINGS,
    allowed_values,
    json_types,
    reference_only,
    said,
)
from generator.targets.merging import Merged, is_anything, merged, only
from generator.targets.scalars import bounds, number_type, text_type
from generator.targets.schema_text import Dialect, referenced, schema_json
from generator.targets.types import SCHEMAS, Name, Type, Words, of_runtime

Side = Literal["service", "client"]


LEFT_TO_RIGHT = Words(
    ('Field(union_mode="left_to_right")',), frozenset({Import("pydantic", "Field")})
)


class Definitions(Protocol):
    """Who names and defines what a type refers to."""

    side: Side

    def reference(self, key: str, direction: Direction) -> Type: ...

    def model(self, found: Merged, hint: str, direction: Direction) -> Type: ...

    def enumeration(self, schema: Schema, hint: str) -> Type: ...

    def rule_name(self, key: str) -> str: ...

    def has_rules(self, names: set[str]) -> bool: ...


@dataclass(frozen=True, slots=True)
class Form:
    """What a schema becomes: a model or an enumeration of its own, or a mere type."""

    kind: Literal["model", "enumeration", "type"]
    found: Merged
    nullable: bool = False
    loose: bool = False
    """A model whose schema lets everything else than an object through."""
    open: bool = False
    """An enumeration whose readers must expect other texts."""


@dataclass(frozen=True, slots=True)
class Annotator:
    """Makes types of schemas; `define` is asked for every model and every reference."""

    schemas: dict[str, Schema]
    define: Definitions

    def type(self, schema: Schema, hint: str, direction: Direction) -> Type:
        """The type of a schema where it is used."""
        key = schema.key if schema.key in self.schemas else reference_only(schema)
        if key is not None and key in self.schemas:
            return self.define.reference(key, direction)
        return self.expressed(merged(schema, self.schemas), hint, direction)

    def expressed(self, found: Merged, hint: str, direction: Direction) -> Type:
        """The type of a schema that stands for itself."""
        schema = found.schema
        form = self.form(found)
        if form.kind == "model":
            inner = self.define.model(form.found, hint, direction)
            return self.used(form, inner, direction)
        if form.kind == "enumeration":
            return self.used(form, self.define.enumeration(schema, hint), direction)
        if schema.never:
            return types.annotated(types.ANY, [self.rules([False])])
        if schema.enum is not None:
            return self._enum(found, hint)
        if schema.one_of or schema.any_of:
            return self._choice(found, hint, direction)
        return self._by_types(found, hint, direction)

    # Forms

    def form(self, found: Merged) -> Form:
        """Whether a schema has a definition of its own."""
        schema = found.schema
        if schema.never:
            return Form("type", found)
        if schema.enum is not None:
            return self._enum_form(found)
        if schema.one_of or schema.any_of:
            calm = self._calm(found)
            return Form("type", found) if calm is None else self._model_form(calm)
        return self._model_form(found)

    def used(self, form: Form, inner: Type, direction: Direction) -> Type:
        """The type of a definition where it is used; what we say ourselves is the object meant."""
        if form.loose and direction != "out":
            other = types.runtime("NotObject", "NotObject", of_runtime("NotObject"))
            return types.union([inner, other], reading_any())
        if form.open:
            inner = types.union([inner, types.STRING], LEFT_TO_RIGHT)
        return replace(inner, nullable=True) if form.nullable else inner

    def _model_form(self, found: Merged) -> Form:
        schema = found.schema
        kinds = set(schema.types)
        if (
            not schema.properties
            or not kinds <= {"object", "null"}
            or kinds == {"null"}
        ):
            return Form("type", found)
        if kinds == {"object"} or self.define.side == "client":
            return Form("model", found, nullable="null" in kinds)
        if found.rest or said(schema, GENERAL | GROUPS_ALL) - OBJECTS:
            return Form("type", found)
        return Form("model", found, nullable=bool(kinds), loose=not kinds)

    def _enum_form(self, found: Merged) -> Form:
        schema = found.schema
        values = allowed_values(schema)
        named = len(schema.enum_names or ()) == len(values) == len(schema.enum or ())
        others = said(schema, GROUPS_ALL | GENERAL | CHOICES)
        if (
            not named
            or found.rest
            or others
            or {type_of(v) for v in values} != {"string"}
        ):
            return Form("type", found)
        return Form("enumeration", found, open=self.define.side == "client")

    def _calm(self, found: Merged) -> Merged | None:
        """The schema with alternatives that add no shape made rules; None where they add some."""
        schema = found.schema
        base = replace(schema, one_of=(), any_of=(), discriminator=None)
        if not all(
            self._only_constrains(b, base) for b in (*schema.one_of, *schema.any_of)
        ):
            return None
        rest = [
            only(schema, (name,))
            for name in ("one_of", "any_of")
            if getattr(schema, name)
        ]
        return Merged(base, (*found.rest, *rest), found.origin)

    # Rules

    def rules(self, found: Iterable[Json], call: str = "Rules") -> Words:
        """The metadata that holds a value to JSON Schemas."""
        parts = list(found)
        whole: Json = parts[0] if len(parts) == 1 else {"allOf": parts}
        pieces: tuple[str | Name, ...] = (f"{call}({literal(whole)})",)
        if self.define.has_rules(referenced(whole)):
            pieces = (f"{call}({literal(whole)}, ", Name(SCHEMAS), ")")
        return Words(pieces, frozenset({of_runtime(call)}))

    def json(self, schema: Schema, names: frozenset[str] | None = None) -> Json:
        return schema_json(schema, Dialect(self.define.rule_name), names)

    def leftovers(self, found: Merged, names: frozenset[str]) -> list[Json]:
        """The rules that these keywords, and what could not be merged, make."""
        parts = [self.json(part) for part in found.rest]
        if said(found.schema, names):
            parts.insert(0, self.json(found.schema, names))
        return [part for part in parts if part is not True]

    def _ruled(self, inner: Type, parts: list[Json]) -> Type:
        return types.annotated_whole(inner, [self.rules(parts)]) if parts else inner

    # Enumerations

    def _enum(self, found: Merged, hint: str) -> Type:
        schema = found.schema
        values = allowed_values(schema)
        others = said(schema, STRINGS | NUMBERS | ARRAYS | OBJECTS | GENERAL | CHOICES)
        rest = self.leftovers(found, others)
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
        if self.define.side == "client" and len(texts) > 1:
            return types.union([inner, types.STRING], LEFT_TO_RIGHT)
        return inner

    # Alternatives

    def _choice(self, found: Merged, hint: str, direction: Direction) -> Type:
        schema = found.schema
        exactly = bool(schema.one_of)
        branches = schema.one_of or schema.any_of
        name = "one_of" if exactly else "any_of"
        rest = list(found.rest)
        if exactly and schema.any_of:
            rest.append(only(schema, ("any_of",)))
        calm = self._calm(found)
        if calm is not None:
            return self._by_types(calm, hint, direction)
        general = said(schema, GENERAL)
        parts = [
            self.type(both, self.branch_hint(found, branch, hint), direction)
            for branch, both in self.branches(found)
        ]
        rules = [*self.leftovers(Merged(schema, tuple(rest)), general)]
        if any(part.full == types.ANY.full for part in parts) or len(
            {part.full for part in parts}
        ) < len(parts):
            if exactly:
                rules.append(self.json(schema, frozenset({name})))
            exactly = False
        inner = types.union(parts, self._reading(schema, branches, parts, exactly))
        return self._ruled(inner, rules)

    def branches(self, found: Merged) -> Iterator[tuple[Schema, Schema]]:
        """The alternatives of a choice, each with the schema that also says what is said around it."""
        schema = found.schema
        base = replace(
            schema,
            one_of=(),
            any_of=(),
            discriminator=None,
            not_=None,
            if_=None,
            then=None,
            else_=None,
        )
        for branch in schema.one_of or schema.any_of:
            yield branch, self._both(base, branch)

    def _both(self, base: Schema, branch: Schema) -> Schema:
        if is_anything(base):
            return branch
        if base.types and not said(base, GROUPS_ALL) and base.format is None:
            kinds = merged(branch, self.schemas).schema.types
            if kinds and set(kinds) <= set(base.types):
                return branch
        key = f"{base.key}+{branch.key}"
        return Schema(at=branch.at, key=key, all_of=(base, branch), title=branch.title)

    def branch_hint(self, found: Merged, branch: Schema, hint: str) -> str:
        """The name for an alternative that needs a model."""
        several = found.schema.one_of or found.schema.any_of
        number = next((i for i, one in enumerate(several, 1) if one is branch), 1)
        return hint + (branch_label(branch, self.schemas) or str(number))

    def _only_constrains(self, branch: Schema, base: Schema) -> bool:
        """Whether a branch adds no shape: it only says what must be there."""
        if branch.ref or branch.never or branch.format or branch.enum is not None:
            return False
        shape = frozenset({"properties", "items", "prefix_items", "additional"})
        if said(branch, shape | CHOICES) or branch.all_of or branch.key in self.schemas:
            return False
        return not is_anything(branch) and (
            not branch.types or branch.types == base.types
        )

    def _reading(
        self,
        schema: Schema,
        branches: tuple[Schema, ...],
        parts: list[Type],
        exactly: bool,
    ) -> Words:
        """How pydantic chooses between the alternatives."""
        strict = exactly and self.define.side == "service"
        kinds = [json_types(branch, self.schemas) for branch in branches]
        if strict and sum(map(len, kinds)) == len(frozenset().union(*kinds)):
            strict = False
        call = "OneOf" if strict else "AnyOf"
        tags = self._tags(schema, branches, parts)
        text = f"{call}({tags})"
        return Words((text,), frozenset({of_runtime(call)}))

    def _tags(
        self, schema: Schema, branches: tuple[Schema, ...], parts: list[Type]
    ) -> str:
        telling = schema.discriminator
        if telling is None:
            return ""
        kept = [part for part in parts if part != types.NONE]
        tags: dict[str, Json] = {}
        index = -1
        for branch, part in zip(branches, parts, strict=True):
            if part == types.NONE:
                continue
            index += 1
            names = self._tag_values(branch, telling)
            if not names or any(name in tags for name in names):
                return ""
            tags.update({name: index for name in names})
        return f"{string(telling.property)}, {literal(tags)}" if kept else ""

    def _tag_values(self, branch: Schema, telling: Discriminator) -> list[str]:
        """What the discriminator says for an alternative: mapped, declared, or the schema's name."""
        key = branch.ref if branch.ref is not None else branch.key
        names = [value for value, target in telling.mapping.items() if target == key]
        if names:
            return names
        whole = merged(branch, self.schemas).schema
        told = [one.schema for one in whole.properties if one.name == telling.property]
        if told:
            values = merged(told[0], self.schemas).schema.enum or ()
            names = [value for value in values if isinstance(value, str)]
        target = self.schemas.get(key)
        return names or ([target.name] if target is not None and target.name else [])

    # Types

    def _by_types(self, found: Merged, hint: str, direction: Direction) -> Type:
        schema = found.schema
        if not schema.types:
            return self._untyped(found, hint, direction)
        kinds = list(schema.types)
        if "number" in kinds and "integer" in kinds:
            kinds.remove("integer")
        held: set[str] = set(GENERAL)
        parts: list[Type] = []
        for kind in kinds:
            part, kept = self._part(kind, schema, hint, direction)
            parts.append(part)
            held |= kept
        inner = types.union(parts, reading_any())
        return self._ruled(inner, self.leftovers(found, said(schema, frozenset(held))))

    def _untyped(self, found: Merged, hint: str, direction: Direction) -> Type:
        """A schema that names no type: it speaks of some, and lets every other through."""
        schema = found.schema
        speaks = said(schema, GROUPS_ALL)
        held = set(speaks | GENERAL)
        inner = types.ANY
        if schema.properties or (schema.items is not None and not schema.items.never):
            inner, held = self._half_typed(schema, hint, direction)
        return self._ruled(
            inner, self.leftovers(found, said(schema, frozenset(held | GENERAL)))
        )

    def _half_typed(
        self, schema: Schema, hint: str, direction: Direction
    ) -> tuple[Type, set[str]]:
        parts: list[Type] = []
        held = set(STRINGS | NUMBERS)
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
        return types.union(parts, reading_any()), held

    def _part(
        self, kind: str, schema: Schema, hint: str, direction: Direction
    ) -> tuple[Type, set[str]]:
        """The type of one JSON type, and the keywords that rules must hold for it."""
        if kind == "null":
            return types.NONE, set()
        if kind == "boolean":
            return types.plain("bool"), set()
        if kind == "string":
            return text_type(schema, strict=self.define.side == "service")
        if kind in ("integer", "number"):
            return number_type(schema, kind)
        if kind == "array":
            return self._array(schema, hint, direction)
        return self._object(schema, hint, direction)

    def _array(
        self, schema: Schema, hint: str, direction: Direction
    ) -> tuple[Type, set[str]]:
        held = {"prefix_items", "contains", "min_contains", "max_contains"}
        item = types.ANY
        if schema.prefix_items:
            held.add("items")
        elif schema.items is not None:
            item = self.type(schema.items, item_hint(hint), direction)
        metadata = bounds(min_length=schema.min_items, max_length=schema.max_items)
        if schema.unique_items:
            metadata.append(Words(("Unique()",), frozenset({of_runtime("Unique")})))
        return types.annotated(types.list_of(item), metadata), held

    def _object(
        self, schema: Schema, hint: str, direction: Direction
    ) -> tuple[Type, set[str]]:
        held = {"property_names", "dependent_required", "dependent_schemas", "required"}
        if schema.properties:
            own = replace(
                schema, types=("object",), not_=None, if_=None, then=None, else_=None
            )
            return self.define.model(Merged(own), hint + "Object", direction), set()
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


def reading_any() -> Words:
    return Words(("AnyOf()",), frozenset({of_runtime("AnyOf")}))


def _whole(values: list[Json]) -> list[Json]:
    return [int(value) if isinstance(value, float) else value for value in values]


def _kinds_type(kinds: set[str]) -> Type:
    if kinds <= {"integer", "number"}:
        return types.plain("float")
    if kinds == {"array"}:
        return types.list_of(types.ANY)
    return types.dict_of(types.ANY) if kinds == {"object"} else types.ANY


def branch_label(branch: Schema, schemas: dict[str, Schema]) -> str:
    """How an alternative is called where its model needs a name."""
    target = schemas.get(branch.ref) if branch.ref is not None else None
    name = target.name if target is not None else branch.title
    return pascal(name, "") if name and len(name) < 40 else ""


def item_hint(hint: str) -> str:
    if hint.endswith("ies"):
        return hint[:-3] + "y"
    if hint.endswith("s") and not hint.endswith(("ss", "us")):
        return hint[:-1]
    return hint + "Item"
