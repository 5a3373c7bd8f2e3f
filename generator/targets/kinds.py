"""How the raw text of a parameter or a form field is read as JSON before a type validates it."""

from __future__ import annotations

from generator.model import Json, Schema
from generator.targets.directions import read_only
from generator.targets.jsons import type_of
from generator.targets.keywords import allowed_values, reference_only
from generator.targets.merging import merged
from generator.targets.scalars import FORMATS, text_type

Kind = Json
"""A JSON type or "file", alternatives joined by "|", a list of the items' kind, or kinds by property ("*": the rest)."""

ORDER = ("null", "boolean", "integer", "number", "file", "string")
DEEP = 5


def kind_of(schema: Schema | None, schemas: dict[str, Schema], depth: int = 0) -> Kind:
    """The kind of a schema's values; "any" where only the text can tell."""
    if schema is None or depth > DEEP:
        return "any"
    whole = merged(schema, schemas).schema
    if whole.enum is not None:
        return _joined({type_of(value) for value in allowed_values(whole)})
    if whole.one_of or whole.any_of:
        branches = [
            kind_of(b, schemas, depth + 1) for b in (*whole.one_of, *whole.any_of)
        ]
        return _either(branches, {*whole.types})
    types: set[str] = {*whole.types} or _implied(whole)
    if types - {"null"} == {"array"}:
        return [kind_of(whole.items, schemas, depth + 1)]
    if types - {"null"} == {"object"}:
        kinds: dict[str, Json] = {
            one.name: kind_of(one.schema, schemas, depth + 1)
            for one in whole.properties
        }
        return {**kinds, "*": kind_of(whole.additional, schemas, depth + 1)}
    if "string" in types and is_file(whole):
        types = types - {"string"} | {"file"}
    if "array" in types:
        items = [kind_of(whole.items, schemas, depth + 1)]
        return _either([items, *(types - {"array"})], set())
    return _joined(types)


def is_file(schema: Schema) -> bool:
    """Whether a string is bytes as they are."""
    return text_type(schema)[0] == FORMATS["binary"]


def empty_lists(schema: Schema | None, schemas: dict[str, Schema]) -> list[str]:
    """The properties that a form must have, and shows nothing of where they are empty lists."""
    if schema is None or not isinstance(kind_of(schema, schemas), dict):
        return []
    whole = merged(schema, schemas).schema
    wanted = [
        one
        for one in whole.properties
        if one.name in whole.required and not read_only(one.schema, schemas)
    ]
    return [
        one.name
        for one in wanted
        if isinstance(kind_of(one.schema, schemas), list)
        and not merged(one.schema, schemas).schema.min_items
    ]


def _implied(schema: Schema) -> set[str]:
    if schema.properties or schema.additional is not None:
        return {"object"}
    return {"array"} if schema.items is not None or schema.prefix_items else set()


def _joined(types: set[str]) -> Kind:
    found = [name for name in ORDER if name in types]
    return "|".join(found) if found and len(found) == len(types) else "any"


def _either(kinds: list[Kind], types: set[str]) -> Kind:
    """The kinds of alternatives as one; `types` are those allowed around them, all if there are none."""
    said = [kind for kind in kinds if kind != "null"]
    if said and all(kind == said[0] for kind in said) and not isinstance(said[0], str):
        return said[0]
    objects = [kind for kind in said if isinstance(kind, dict)]
    if objects and len(objects) == len(said):
        return _any_of(objects)
    words = {
        word for kind in kinds if isinstance(kind, str) for word in kind.split("|")
    }
    if _is_one_or_several(said):
        return _joined(words)
    if not all(isinstance(kind, str) for kind in kinds) or "any" in words:
        return _joined(types) if types else "any"
    return _joined(words & types if types else words)


def _is_one_or_several(kinds: list[Kind]) -> bool:
    """Whether a text may stand alone or be one of a list: only their number tells."""
    texts = [kind for kind in kinds if isinstance(kind, str)]
    lists = [kind for kind in kinds if not isinstance(kind, str)]
    return bool(texts and lists) and all(
        kind == texts[0] or kind == [texts[0]] for kind in kinds
    )


def _any_of(objects: list[dict[str, Json]]) -> Kind:
    """The kinds of the properties that any of several objects names."""
    names = dict.fromkeys(name for one in objects for name in one)
    return {
        name: _either([one[name] for one in objects if name in one], set())
        for name in names
    }


def only_null(schema: Schema, schemas: dict[str, Schema]) -> bool:
    """Whether null is the only value that may be."""
    seen: set[str] = set()
    stack = [schema]
    while stack:
        one = stack.pop()
        named = schemas.get(reference_only(one) or "", one)
        whole = merged(named, schemas).schema
        options = () if whole.types else whole.one_of or whole.any_of
        is_null = set(whole.types) == {"null"} or whole.enum == (None,)
        if not options and not is_null:
            return False
        if named.key not in seen:
            stack += options
        seen.add(named.key)
    return True
