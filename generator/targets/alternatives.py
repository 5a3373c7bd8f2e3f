"""The alternatives of a oneOf or anyOf: what each says with all around it, and what tells them apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from generator.model import Discriminator, Json, Schema, changed
from generator.python import literal, pascal, string
from generator.targets import types
from generator.targets.keywords import GROUPS_ALL, says
from generator.targets.merging import Merged, is_anything, merged
from generator.targets.types import Type

Named = Mapping[str, Schema]
"""The schemas that a $ref may lead to."""


def branches(found: Merged, schemas: Named) -> Iterator[tuple[Schema, Schema]]:
    """The alternatives of a choice, each with the schema that also says what is said around it."""
    schema = found.schema
    base = changed(
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
        yield branch, _both(base, branch, schemas)


def _both(base: Schema, branch: Schema, schemas: Named) -> Schema:
    if is_anything(base):
        return branch
    if base.types and not says(base, GROUPS_ALL) and base.format is None:
        kinds = merged(branch, schemas).schema.types
        if kinds and set(kinds) <= set(base.types):
            return branch
    key = f"{base.key}+{branch.key}"
    return Schema(at=branch.at, key=key, all_of=(base, branch), title=branch.title)


def branch_hint(found: Merged, branch: Schema, hint: str, schemas: Named) -> str:
    """The name for an alternative that needs a model."""
    several = found.schema.one_of or found.schema.any_of
    number = next((i for i, one in enumerate(several, 1) if one is branch), 1)
    return hint + (_label(branch, schemas) or str(number))


def _label(branch: Schema, schemas: Named) -> str:
    """How an alternative is called where its model needs a name."""
    target = schemas.get(branch.ref) if branch.ref is not None else None
    name = target.name if target is not None else branch.title
    return pascal(name, "") if name and len(name) < 40 else ""


def tags(schema: Schema, parts: Sequence[Type], schemas: Named) -> str:
    """`"kind", {"cat": 0, "dog": 1}`: what the discriminator says for each type; else nothing.

    A third argument is the type of a value that none of these words names.
    """
    telling = schema.discriminator
    if telling is None:
        return ""
    kept = list(dict.fromkeys(part.full for part in parts if part != types.NONE))
    told: dict[str, Json] = {}
    default = ""
    for branch, part in zip(schema.one_of or schema.any_of, parts, strict=True):
        if part == types.NONE:
            continue
        names = tag_values(branch, telling, schemas)
        if not names or any(name in told for name in names):
            return ""
        told.update(dict.fromkeys(names, kept.index(part.full)))
        if telling.default is not None and telling.default == branch.ref:
            default = f", {kept.index(part.full)}"
    return f"{string(telling.property)}, {literal(told)}{default}" if kept else ""


def tag_values(branch: Schema, telling: Discriminator, schemas: Named) -> list[str]:
    """What the discriminator says for an alternative: mapped, declared, or the schema's name.

    Where the schema's name is one of several that are declared, the others are other schemas'.
    """
    key = branch.ref if branch.ref is not None else branch.key
    names = [value for value, target in telling.mapping.items() if target == key]
    if names:
        return names
    whole = merged(branch, schemas).schema
    told = [one.schema for one in whole.properties if one.name == telling.property]
    if told:
        values = merged(told[0], schemas).schema.enum or ()
        names = [value for value in values if isinstance(value, str)]
    target = schemas.get(key)
    name = target.name if target is not None else None
    return [name] if name and (name in names or not names) else names
