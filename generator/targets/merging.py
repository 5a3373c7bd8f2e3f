"""allOf and $ref made one schema, as far as two schemas can be one; the rest stays a schema to check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from generator.model import ABSENT, Property, Schema, TypeName, changed
from generator.targets.jsons import frozen
from generator.value import dataclass

Found = dict[str, Any]

TIGHTER: dict[str, Callable[..., Any]] = {
    "min_length": max,
    "max_length": min,
    "minimum": max,
    "maximum": min,
    "exclusive_minimum": max,
    "exclusive_maximum": min,
    "min_items": max,
    "max_items": min,
    "min_properties": max,
    "max_properties": min,
}

UNITS: tuple[tuple[str, ...], ...] = (
    ("pattern",),
    ("format",),
    ("multiple_of",),
    ("content_encoding", "content_media_type", "content_schema"),
    ("contains", "min_contains", "max_contains"),
    ("property_names",),
    ("dependent_required",),
    ("dependent_schemas",),
    ("any_of",),
    ("one_of", "discriminator"),
    ("not_",),
    ("if_", "then", "else_"),
)
"""Keywords that mean something only together: they come from one side, the other side's are checked."""

ITEMS = ("items", "prefix_items")


@dataclass(frozen=True, slots=True)
class Merged:
    """One schema without allOf and $ref, and what must be checked besides."""

    schema: Schema
    rest: tuple[Schema, ...] = ()
    origin: Schema | None = None

    def refuses(self, name: str) -> bool:
        """Whether a closed part of an object lets no such property through."""
        return bool(self.rest) and any(
            part.additional is not None
            and part.additional.never
            and not part.pattern_properties
            and all(one.name != name for one in part.properties)
            for part in self.rest
        )


_KNOWN: dict[Schema, Merged] = {}
MANY = 50_000
"""How many merged schemas are remembered; each is asked for again and again."""


def merged(schema: Schema, schemas: Mapping[str, Schema]) -> Merged:
    """A schema with everything that its allOf and its $ref say."""
    known = _KNOWN.get(schema)
    if known is None:
        if len(_KNOWN) >= MANY:
            _KNOWN.clear()
        known = _KNOWN[schema] = _merged(schema, schemas)
    return known


def _merged(schema: Schema, schemas: Mapping[str, Schema]) -> Merged:
    if not schema.all_of and schema.ref is None:
        return _alone(schema)
    parts = _parts(schema, schemas)
    rest: list[Schema] = [schema] if any(map(_unevaluated, parts)) else []
    whole = _own(parts[0])
    for part in parts[1:]:
        if is_anything(part, "ref") or is_anything(own := _own(part)):
            continue
        whole, left = _merge(whole, own, schemas)
        rest.extend(left)
    return Merged(_named_as(whole, schema), tuple(rest), schema)


def _alone(schema: Schema) -> Merged:
    if not _unevaluated(schema):
        return Merged(_as_enum(schema), (), schema)
    return Merged(_own(schema), (schema,), schema)


def _named_as(whole: Schema, schema: Schema) -> Schema:
    return changed(
        whole,
        at=schema.at,
        key=schema.key,
        name=schema.name,
        python_name=schema.python_name,
        title=schema.title,
        description=schema.description,
        deprecated=schema.deprecated,
        default=schema.default,
        examples=schema.examples,
    )


def _parts(schema: Schema, schemas: Mapping[str, Schema]) -> list[Schema]:
    """The schemas that all hold, in the document's order, what is inside before what is around."""
    parts: list[Schema] = []
    seen: set[str] = set()
    stack: list[tuple[Schema, bool]] = [(schema, False)]
    while stack:
        part, opened = stack.pop()
        if opened:
            parts.append(part)
        elif part.key not in seen:
            seen.add(part.key)
            stack.append((part, True))
            inner = list(part.all_of)
            if part.ref is not None and part.ref in schemas:
                inner.insert(0, schemas[part.ref])
            stack.extend((one, False) for one in reversed(inner))
    return [_uncircled(part, seen) for part in parts]


def _uncircled(part: Schema, seen: set[str]) -> Schema:
    """A parent's oneOf that lists the child which says allOf of the parent adds nothing to the child."""
    if any(branch.ref in seen for branch in (*part.one_of, *part.any_of) if branch.ref):
        return changed(part, one_of=(), any_of=(), discriminator=None)
    return part


def _unevaluated(schema: Schema) -> bool:
    return (
        schema.unevaluated_items is not None
        or schema.unevaluated_properties is not None
    )


def _own(schema: Schema) -> Schema:
    """What a schema says itself."""
    if schema.all_of or schema.ref is not None or _unevaluated(schema):
        schema = changed(
            schema,
            all_of=(),
            ref=None,
            unevaluated_items=None,
            unevaluated_properties=None,
        )
    return _as_enum(schema)


def _as_enum(schema: Schema) -> Schema:
    """const is an enum of one."""
    if schema.const is ABSENT or schema.enum is not None:
        return schema
    return changed(schema, enum=(schema.const,))


def _merge(
    one: Schema, other: Schema, schemas: Mapping[str, Schema]
) -> tuple[Schema, list[Schema]]:
    changes: Found = {"never": one.never or other.never}
    rest: list[Schema] = []
    _merge_types(one, other, changes)
    for name, tighter in TIGHTER.items():
        bounds = [
            b for b in (getattr(one, name), getattr(other, name)) if b is not None
        ]
        changes[name] = tighter(bounds) if bounds else None
    changes["unique_items"] = one.unique_items or other.unique_items
    changes["required"] = tuple(dict.fromkeys((*one.required, *other.required)))
    for unit in UNITS:
        rest.extend(_merge_unit(unit, one, other, changes))
    rest.extend(_merge_items(one, other, changes, schemas))
    rest.extend(_merge_properties(one, other, changes, schemas))
    return changed(one, **changes), rest


def _merge_types(one: Schema, other: Schema, changes: Found) -> None:
    types = common(one.types, other.types)
    changes["types"] = types
    if one.types and other.types and not types:
        changes["never"] = True
    if one.enum is None or other.enum is None:
        changes["enum"] = other.enum if one.enum is None else one.enum
        changes["enum_names"] = one.enum_names or other.enum_names
    else:
        there = {frozen(value) for value in other.enum}
        changes["enum"] = tuple(value for value in one.enum if frozen(value) in there)
        changes["enum_names"] = None
    changes["const"] = ABSENT


def common(
    one: tuple[TypeName, ...], other: tuple[TypeName, ...]
) -> tuple[TypeName, ...]:
    """The types that both allow; () is every type."""
    if not one or not other:
        return one or other
    found: list[TypeName] = []
    for name in one:
        if name in other or (name == "integer" and "number" in other):
            found.append(name)
        elif name == "number" and "integer" in other:
            found.append("integer")
    return tuple(found)


def _merge_unit(
    unit: tuple[str, ...], one: Schema, other: Schema, changes: Found
) -> list[Schema]:
    if not _says(other, unit) or _alike(one, other, unit):
        return []
    if not _says(one, unit):
        changes.update({name: getattr(other, name) for name in unit})
        return []
    return [only(other, unit)]


def _says(schema: Schema, unit: tuple[str, ...]) -> bool:
    return any(getattr(schema, name) not in (None, (), {}) for name in unit)


def _alike(one: Schema, other: Schema, unit: tuple[str, ...]) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in unit)


def only(schema: Schema, names: tuple[str, ...]) -> Schema:
    """A schema that says no more than these keywords of another."""
    found = {name: getattr(schema, name) for name in names}
    return Schema(at=schema.at, key=f"{schema.key}?{names[0]}", **found)


def _merge_items(
    one: Schema, other: Schema, changes: Found, schemas: Mapping[str, Schema]
) -> list[Schema]:
    if one.prefix_items or other.prefix_items or not (one.items and other.items):
        return _merge_unit(ITEMS, one, other, changes)
    changes["items"] = _both(one.items, other.items, schemas)
    return []


def _merge_properties(
    one: Schema, other: Schema, changes: Found, schemas: Mapping[str, Schema]
) -> list[Schema]:
    found: dict[str, Property] = {each.name: each for each in one.properties}
    for each in other.properties:
        known = found.get(each.name)
        found[each.name] = _same(known, each, schemas) if known else each
    changes["properties"] = tuple(found.values())
    closing = [
        part for part in (one, other) if part.additional or part.pattern_properties
    ]
    if not closing:
        return []
    if len(closing) == 1 and found.keys() == {
        each.name for each in closing[0].properties
    }:
        changes["additional"] = closing[0].additional
        changes["pattern_properties"] = closing[0].pattern_properties
        return []
    if all(_is_open(part) for part in closing):
        changes["additional"] = None
        return []
    changes["additional"], changes["pattern_properties"] = None, ()
    return [
        only(part, ("additional", "pattern_properties", "properties"))
        for part in closing
    ]


def _is_open(schema: Schema) -> bool:
    return not schema.pattern_properties and is_anything(schema.additional)


def _same(one: Property, other: Property, schemas: Mapping[str, Schema]) -> Property:
    """A property that two schemas describe: both hold."""
    schema = _both(one.schema, other.schema, schemas)
    if schema is one.schema:
        return one
    name = other.python_name or one.python_name
    return Property(name=one.name, schema=schema, at=other.at, python_name=name)


def _both(one: Schema, other: Schema, schemas: Mapping[str, Schema]) -> Schema:
    """What two schemas say of the same value; what the one says already is not said again."""
    if one.key == other.key or _is_silent_beside(other, one, schemas):
        return one
    if _is_silent_beside(one, other, schemas):
        return other
    parts = [
        part
        for part, beside in ((one, other), (other, one))
        if not _is_wider(part, beside, schemas)
    ]
    return Schema(
        at=other.at,
        key=f"{one.key}&{other.key}",
        all_of=tuple(parts or [other]),
        title=other.title,
        description=other.description or one.description,
        read_only=one.read_only or other.read_only,
        write_only=one.write_only or other.write_only,
        default=one.default if other.default is ABSENT else other.default,
        examples=other.examples or one.examples,
    )


def _is_silent_beside(
    schema: Schema, beside: Schema, schemas: Mapping[str, Schema]
) -> bool:
    """Whether a schema adds nothing to another, constraint or word."""
    return _is_wider(schema, beside, schemas) and all(
        getattr(schema, name) in (False, ABSENT, (), getattr(beside, name))
        for name in ("read_only", "write_only", "default", "examples")
    )


def _is_wider(schema: Schema, other: Schema, schemas: Mapping[str, Schema]) -> bool:
    """Whether a schema surely lets through all that the other does."""
    if is_anything(schema):
        return True
    seen: set[str] = set()
    while other.ref is not None and other.ref in schemas and other.ref not in seen:
        seen.add(other.ref)
        other = schemas[other.ref]
    named = bool(schema.types) and is_anything(changed(schema, types=()))
    return named and bool(other.types) and set(other.types) <= set(schema.types)


SAYS_NOTHING = frozenset(
    "at key name python_name title description deprecated read_only write_only default examples "
    "content_schema content_media_type".split()
)


def is_anything(schema: Schema | None, but: str = "") -> bool:
    """Whether a schema lets everything through (None does); `but` is a keyword not to look at."""
    if schema is None:
        return True
    for name, value in vars(schema).items():
        if name not in SAYS_NOTHING and name != but and not _is_silent(value):
            return False
    return True


def _is_silent(value: object) -> bool:
    # 0 is a bound, though it equals False.
    return (
        value is None or value is ABSENT or value is False or value == () or value == {}
    )
