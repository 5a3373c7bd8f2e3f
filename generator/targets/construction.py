"""JSON values as Python expressions that make them with the models' constructors."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import field
from itertools import chain
from typing import Protocol

from generator.model import Json, Schema
from generator.python import Import, literal, pascal, string
from generator.targets.alternatives import branch_hint, branches
from generator.targets.annotations import Annotator, as_object, item_hint
from generator.targets.directions import Direction, read_only, write_only
from generator.targets.examples import Examples
from generator.targets.keywords import is_scalar, reference_only
from generator.targets.merging import Merged, merged
from generator.targets.scalars import text_type
from generator.targets.types import Words, marked, of_runtime
from generator.targets.validity import moment
from generator.value import dataclass


class Classes(Protocol):
    """Who knows the classes of the models and their fields."""

    def canonical(self, key: str) -> str: ...

    def named_class(self, key: str, direction: Direction) -> str | None: ...

    def class_of(self, found: Merged, hint: str, direction: Direction) -> str: ...

    def enumeration_name(
        self, found: Merged, hint: str, direction: Direction
    ) -> str: ...

    def fields(self, schema: Schema, direction: Direction) -> dict[str, str]: ...

    def declares(self, schema: Schema, name: str) -> bool: ...


# What the runtime reads a format as, and the expression that makes it.
MAKERS: dict[str, tuple[str, Import]] = {
    "DateTime": ("datetime.fromisoformat", Import("datetime", "datetime")),
    "Date": ("date.fromisoformat", Import("datetime", "date")),
    "Time": ("time.fromisoformat", Import("datetime", "time")),
    "Uuid": ("UUID", Import("uuid", "UUID")),
    "DecimalText": ("Decimal", Import("decimal", "Decimal")),
    "Ipv4": ("IPv4Address", Import("ipaddress", "IPv4Address")),
    "Ipv6": ("IPv6Address", Import("ipaddress", "IPv6Address")),
}


@dataclass(frozen=True, slots=True)
class Constructor:
    """Builds expressions; models are marked in them, so that their module can be put before them."""

    schemas: dict[str, Schema]
    classes: Classes
    types: Annotator
    examples: Examples
    known: dict[tuple[str, str, Direction, int], tuple[Json, Words]] = field(
        default_factory=dict
    )
    choices: dict[Schema, list[tuple[Schema, Schema]]] = field(default_factory=dict)
    leaves: dict[tuple[str, object, object], Words] = field(default_factory=dict)
    """What plain values of schemas became: the same wherever they stand."""

    def build(
        self, schema: Schema | None, value: Json, hint: str, direction: Direction
    ) -> Words:
        """The expression for a value that is valid; without a schema it is plain data."""
        if schema is None:
            return Words(literal(value))
        if isinstance(value, (str, int)):
            known = self.leaves.get((schema.key, type(value), value))
            if known is not None:
                return known
        key = schema.key if schema.key in self.schemas else reference_only(schema)
        if key is not None and key in self.schemas:
            target = self.schemas[self.classes.canonical(key)]
            return self._named(target, value, hint, direction)
        return self._built(schema, value, hint, direction, None)

    def _named(
        self, target: Schema, value: Json, hint: str, direction: Direction
    ) -> Words:
        """The expression of a named schema: one value of it stands in many others."""
        name = self.classes.named_class(target.key, direction)
        hint = name or target.name or hint
        asked = target.key, hint, direction, id(value)
        known = self.known.get(asked)
        if known is None or known[0] is not value:
            made = self._built(target, value, hint, direction, name)
            known = self.known[asked] = value, made
        return known[1]

    def _built(
        self,
        schema: Schema,
        value: Json,
        hint: str,
        direction: Direction,
        name: str | None,
    ) -> Words:
        if value is None:
            return Words("None")
        if is_scalar(schema):
            return self._plain(schema, value, hint, direction)
        found = merged(schema, self.schemas)
        form = self.types.forms.of(schema)
        if form.kind == "enumeration" and isinstance(value, str):
            owner = self.classes.enumeration_name(found, hint, direction)
            return Words(f"{marked(owner)}({string(value)})")
        if form.kind == "model" and isinstance(value, dict):
            owner = name or self.classes.class_of(form.found, hint, direction)
            return self._object(owner, form.found.schema, value, direction)
        whole = found.schema
        if (
            whole.enum is None
            and form.kind == "type"
            and (whole.one_of or whole.any_of)
        ):
            return self._alternative(found, value, hint, direction)
        return self._plain(whole, value, hint, direction)

    def _alternative(
        self, found: Merged, value: Json, hint: str, direction: Direction
    ) -> Words:
        """The value as the first alternative that it is valid against.

        A value of one direction may lack what its schema requires of the other.
        """
        several = self._branches(found)
        valid = (one for one in several if self.examples.is_valid(one[0], value))
        whole = (one for one in several if self._is_whole(one[1], value, direction))
        for branch, both in chain(valid, whole):
            named = branch_hint(found, branch, hint, self.schemas)
            return self.build(both, value, named, direction)
        return self._plain(found.schema, value, hint, direction)

    def _branches(self, found: Merged) -> list[tuple[Schema, Schema]]:
        known = self.choices.get(found.schema)
        if known is None:
            known = list(branches(found, self.schemas))
            self.choices[found.schema] = known
        return known

    def _is_whole(self, schema: Schema, value: Json, direction: Direction) -> bool:
        """Whether an object has all that travels in a direction, and has it right."""
        whole = merged(schema, self.schemas).schema
        hidden = read_only if direction == "in" else write_only
        return isinstance(value, dict) and all(
            (
                self.examples.is_valid(one.schema, value[one.name])
                if one.name in value
                else one.name not in whole.required or hidden(one.schema, self.schemas)
            )
            for one in whole.properties
        )

    def _object(
        self, owner: str, schema: Schema, value: dict[str, Json], direction: Direction
    ) -> Words:
        names = self.classes.fields(schema, direction)
        inner = {one.name: one.schema for one in schema.properties}
        sources: list[str] = []
        imports: list[frozenset[Import]] = []
        for name, item in value.items():
            if name not in names:
                if self.classes.declares(schema, name):
                    continue  # does not travel in this direction
                return self._read(owner, value)
            hint = owner + pascal(name, "Field")
            made = self.build(inner.get(name), item, hint, direction)
            sources.append(f"{names[name]}={made.source}")
            imports.append(made.imports)
        return _joined(f"{marked(owner)}(", sources, ")", imports)

    def _read(self, owner: str, value: dict[str, Json]) -> Words:
        """An object with more than its class names is read as JSON."""
        text = string(json.dumps(value))
        return Words(f"{marked(owner)}.model_validate_json({text})")

    def _plain(
        self, schema: Schema, value: Json, hint: str, direction: Direction
    ) -> Words:
        if isinstance(value, list):
            return self._list(schema, value, hint, direction)
        if isinstance(value, dict) and is_half_typed(schema):
            own = as_object(schema)
            owner = self.classes.class_of(Merged(own), hint + "Object", direction)
            return self._object(owner, own, value, direction)
        if isinstance(value, dict):
            return self._dict(schema, value, hint, direction)
        if isinstance(value, float):
            whole = "integer" in schema.types and value.is_integer()
            return Words(literal(int(value) if whole else value))
        made = self._leaf(schema, value)
        self.leaves[schema.key, type(value), value] = made
        return made

    def _leaf(self, schema: Schema, value: str | int | None) -> Words:
        if isinstance(value, str) and (not schema.types or "string" in schema.types):
            return self._text(schema, value)
        return Words(literal(value))

    def _list(
        self, schema: Schema, value: list[Json], hint: str, direction: Direction
    ) -> Words:
        inner = None if schema.prefix_items else schema.items
        hint = item_hint(hint)
        items = [self.build(inner, item, hint, direction) for item in value]
        sources = [item.source for item in items]
        return _joined("[", sources, "]", [item.imports for item in items])

    def _dict(
        self, schema: Schema, value: dict[str, Json], hint: str, direction: Direction
    ) -> Words:
        inner = (
            schema.additional
            if not schema.pattern_properties and schema.types
            else None
        )
        typed = None if inner is None or inner.never else inner
        items = {
            string(name): self.build(typed, item, hint + "Value", direction)
            for name, item in value.items()
        }
        sources = [f"{name}: {item.source}" for name, item in items.items()]
        return _joined("{", sources, "}", [item.imports for item in items.values()])

    def _text(self, schema: Schema, value: str) -> Words:
        if schema.enum is not None or not schema.types:
            return Words(string(value))
        kind = text_type(schema)[0].full.source
        if kind in MAKERS:
            maker, needed = MAKERS[kind]
            said = (
                value
                if maker in ("UUID", "Decimal", "IPv4Address", "IPv6Address")
                else moment(value)
            )
            return Words(f"{maker}({string(said)})", frozenset({needed}))
        if kind in ("Base64", "Base64Url"):
            return Words(bytes_literal(decoded(value)))
        if kind == "File":
            made = f"File({bytes_literal(value.encode())})"
            return Words(made, frozenset({of_runtime("File")}))
        return Words(string(value))


def is_half_typed(schema: Schema) -> bool:
    """Whether objects are only some of what a schema allows, and have a class there."""
    speaks = not schema.types or "object" in schema.types
    chooses = schema.enum is not None or bool(schema.one_of or schema.any_of)
    return speaks and bool(schema.properties) and not chooses


def decoded(value: str) -> bytes:
    """What base64 (of either alphabet) says; nothing where it is none."""
    try:
        return base64.urlsafe_b64decode(
            value.replace("+", "-").replace("/", "_") + "=" * (-len(value) % 4)
        )
    except (binascii.Error, ValueError):
        return b""


def bytes_literal(content: bytes) -> str:
    """A bytes literal in double quotes, as Black quotes it."""
    inside = repr(content)
    if inside[1] == "'" and '"' not in inside:
        return f'b"{inside[2:-1]}"'
    return inside


def _joined(
    opening: str, sources: list[str], closing: str, imports: list[frozenset[Import]]
) -> Words:
    source = f"{opening}{', '.join(sources)}{closing}"
    return Words(source, frozenset().union(*imports))
