"""How large things may be: beyond, no Python comes of them that is of use, and a build has no end."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Api, Schema
from generator.problems import Place, Problem
from generator.rules.walk import everywhere, sent_too

ALTERNATIVES = 1000
PARAMETERS = 500
PARTS = 100
PROPERTIES = 2000
PATTERN = 5000


def limits(api: Api) -> Iterator[Problem]:
    """Each operation and schema that is larger than any that people write, by name."""
    for operation in sent_too(api):
        if len(operation.parameters) > PARAMETERS:
            yield too_many(operation.at, "an operation", PARAMETERS, "parameters")
    for schema in everywhere(api):
        for count, most, what in sizes(api, schema):
            if count > most:
                yield too_many(schema.at, "a schema", most, what)


def too_many(at: Place, whose: str, most: int, what: str) -> Problem:
    message = f"not supported yet: {whose} with more than {most:,} {what}"
    return Problem("not-supported", at, message)


def sizes(api: Api, schema: Schema) -> Iterator[tuple[int, int, str]]:
    """How many of each thing a schema has, how many it may have, and the things' name."""
    yield len(schema.one_of) + len(schema.any_of), ALTERNATIVES, "alternatives"
    yield len(schema.properties), PROPERTIES, "properties"
    yield len(schema.pattern or ""), PATTERN, "characters in its pattern"
    if schema.all_of or schema.ref is not None:
        yield parts(api, schema), PARTS, "schemas that it is put together from"


def parts(api: Api, schema: Schema) -> int:
    """How many schemas hold wherever one does; counted no further than the limit."""
    seen: set[int] = set()
    stack = [schema]
    while stack and len(seen) <= PARTS:
        one = stack.pop()
        if id(one) not in seen:
            seen.add(id(one))
            stack.extend(one.all_of)
            if one.ref is not None and one.ref in api.schemas:
                stack.append(api.schemas[one.ref])
    return len(seen)
