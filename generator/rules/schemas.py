"""Rules about schemas: they end, and what they name exists."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Api, Discriminator, Schema, changed
from generator.problems import Problem
from generator.rules.walk import resolved, saying
from generator.targets.keywords import reference_only
from generator.targets.merging import is_anything


def endless(api: Api) -> Iterator[Problem]:
    """No schema demands itself whole: nothing could be checked against it."""
    reported: set[str] = set()
    for key, schema in api.schemas.items():
        way = circle(api, key)
        if way is None or reported & set(way):
            continue
        reported |= set(way)
        yield Problem(
            "endless-schema",
            schema.at.key(),
            f'"{schema.name}" asks for itself by {by(schema)}: nothing can be checked against it',
            "let a property or an item refer to it instead",
        )


def hollow(api: Api) -> Iterator[Problem]:
    """No schema is but alternatives that lead to one another: nothing says what a value is."""
    left = {
        key: found
        for key, schema in api.schemas.items()
        if (found := only_alternatives(schema))
    }
    users: dict[str, list[str]] = {}
    for key, found in left.items():
        for each in found:
            users.setdefault(each, []).append(key)
    grounded = [key for key in users if key not in left]
    while grounded:
        for user in users.get(grounded.pop(), ()):
            if left.pop(user, None):
                grounded.append(user)
    for key in left:
        yield Problem(
            "endless-schema",
            api.schemas[key].at.key(),
            f'"{api.schemas[key].name}" has no alternatives but such as lead back to them',
            "let one of them say what a value is",
        )


def only_alternatives(schema: Schema) -> set[str]:
    """The schemas that one chooses from, where it does nothing else, and each of them has a name."""
    several = (*schema.one_of, *schema.any_of)
    refs = {reference_only(each) for each in several} | {schema.ref or ""}
    bare = changed(schema, one_of=(), any_of=(), discriminator=None, ref=None)
    if None in refs or not is_anything(bare):
        return set()
    return {ref for ref in refs if ref}


def circle(api: Api, key: str) -> list[str] | None:
    """The keys that a schema asks for, if it asks for itself; plain $refs are the reader's."""
    if only_itself(api.schemas[key], key):
        return [key]
    seen: list[str] = []
    stack = demands(api.schemas[key])
    while stack:
        reached = stack.pop()
        if reached == key:
            return [key, *seen]
        if reached not in seen and reached in api.schemas:
            seen.append(reached)
            stack += demands(api.schemas[reached])
    return None


def only_itself(schema: Schema, key: str) -> bool:
    """Whether a schema is the only one of its own alternatives."""
    several = (schema.one_of, schema.any_of)
    return any(len(found) == 1 and found[0].ref == key for found in several)


def demands(schema: Schema) -> list[str]:
    """The schemas by $ref that a value is held to wherever it is held to this one."""
    found: list[str] = []
    stack = asked(schema)
    if stack and schema.ref is not None:
        found.append(schema.ref)
    while stack:
        each = stack.pop()
        if each.ref is not None:
            found.append(each.ref)
        stack += asked(each)
    return found


def asked(schema: Schema) -> list[Schema]:
    """The parts of a schema that are asked of the very same value, whatever it is."""
    return [*schema.all_of, *filter(None, (schema.not_, schema.if_))]


def by(schema: Schema) -> str:
    """The keyword through which a schema asks for itself."""
    words = {"allOf": schema.all_of, "not": schema.not_, "if": schema.if_}
    words |= {"oneOf": schema.one_of, "anyOf": schema.any_of}
    return next((word for word, part in words.items() if part), "$ref")


def discriminators(api: Api) -> Iterator[Problem]:
    """Every alternative has the property that tells them apart."""
    for schema in saying(api, "discriminator"):
        if schema.discriminator is None:
            continue
        for alternative in alternatives(api, schema, schema.discriminator):
            if lacks(api, alternative, schema.discriminator.property):
                yield untold(api, schema, schema.discriminator, alternative)
                break


def alternatives(
    api: Api, schema: Schema, discriminator: Discriminator
) -> list[Schema]:
    """What a discriminator chooses from: oneOf or anyOf, else itself and what it maps to."""
    if schema.one_of or schema.any_of:
        return [*schema.one_of, *schema.any_of]
    mapped = discriminator.mapping.values()
    return [schema, *(api.schemas[key] for key in mapped if key in api.schemas)]


def lacks(api: Api, schema: Schema, name: str) -> bool:
    """Whether a schema that has properties does not have this one."""
    parts = resolved(api, schema)
    if any(part.types == ("null",) for part in parts):
        return False
    names = {each.name for part in parts for each in part.properties}
    return bool(names) and name not in names


def untold(
    api: Api, schema: Schema, discriminator: Discriminator, alternative: Schema
) -> Problem:
    named = api.schemas.get(alternative.ref or "", alternative)
    name = named.name or "one of the alternatives"
    return Problem(
        "discriminator-without-property",
        discriminator.at / "propertyName",
        f'{schema.name or "this schema"} tells its alternatives apart by "{discriminator.property}", '
        f"which {name} does not have",
        f"add {discriminator.property} to the properties of {name}, and require it",
        "warning",
    )


def required(api: Api) -> Iterator[Problem]:
    """What is required is declared, unless the schema is but a part of another."""
    for schema in saying(api, "required"):
        if not schema.properties or schema.additional is not None or combined(schema):
            continue
        names = {each.name for each in schema.properties}
        for index, name in enumerate(schema.required):
            if name not in names:
                yield Problem(
                    "undeclared-property",
                    schema.at / "required" / index,
                    f'{schema.name or "this schema"} requires "{name}", but does not declare it',
                    f"add {name} to its properties",
                    "hint",
                )


def combined(schema: Schema) -> bool:
    """Whether other schemas take part in what an object has."""
    parts = (schema.all_of, schema.any_of, schema.one_of, schema.ref)
    part_of = "allOf" in schema.at.path
    return part_of or any(parts) or bool(schema.pattern_properties)
