"""How large things may be: beyond, no Python comes of them that is of use, and a build has no end."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Api, Schema
from generator.problems import Place, Problem
from generator.rules.walk import INSIDE, children, saying, sent_too
from generator.targets.alternatives import branches
from generator.targets.keywords import CHOICES, reference_only, says
from generator.targets.merging import merged

ALTERNATIVES = 1000
PARAMETERS = 1000
RESPONSES = 100
MESSAGES = 500
PARTS = 100
PROPERTIES = 2000
PATTERN = 25_000
PATTERNS = 100
LEVELS = 50
DEPTH = 20
"""How many alternatives may lie in one another where something is said around them."""
SIZES = {
    "properties": (PROPERTIES, "properties"),
    "required": (PROPERTIES, "required properties"),
    "pattern_properties": (PATTERNS, "patterns of properties"),
    "pattern": (PATTERN, "characters in its pattern"),
}
"""How many of what a schema may have, and what these are called."""
SPREAD = (
    f"not supported yet: something said around alternatives of alternatives that are "
    f"more than {ALTERNATIVES:,}, or lead in a circle"
)


def limits(api: Api) -> Iterator[Problem]:
    """Each operation and schema that is larger than any that people write, by name."""
    found = list(large(api))
    yield from found
    if not found:  # what is large cannot be put together to look further
        for schema in saying(api, "ref", "all_of", *CHOICES):
            if is_own(schema) and chooses(api, schema) and spreads(api, schema):
                yield Problem("not-supported", schema.at, SPREAD)


def large(api: Api) -> Iterator[Problem]:
    """What is large in itself."""
    for operation in sent_too(api):
        for count, most, what in (
            (len(operation.parameters), PARAMETERS, "parameters"),
            (len(operation.responses), RESPONSES, "responses"),
        ):
            if count > most:
                yield too_many(operation.at, "an operation", most, what)
    for channel in api.channels:
        if len(channel.messages) > MESSAGES:
            yield too_many(channel.at, "a channel", MESSAGES, "messages")
    for schema in saying(api, "all_of", *CHOICES, *SIZES):
        for most, what in exceeded(api, schema):
            yield too_many(schema.at, "a schema", most, what)
    for schema in first_too_deep(api):
        message = (
            f"not supported yet: schemas more than {LEVELS} deep inside each other"
        )
        yield Problem("not-supported", schema.at, message)


def first_too_deep(api: Api) -> Iterator[Schema]:
    """The schemas that are just too deep inside others; a $ref begins anew."""
    depths: dict[Schema, int] = {}
    for schema in saying(api, *INSIDE):
        depth = depths.get(schema, 0) + 1
        for each in children(schema):
            depths[each] = depth
            if depth == LEVELS + 1:
                yield each


def too_many(at: Place, whose: str, most: int, what: str) -> Problem:
    message = f"not supported yet: {whose} with more than {most:,} {what}"
    return Problem("not-supported", at, message)


def exceeded(api: Api, schema: Schema) -> Iterator[tuple[int, str]]:
    """What a schema has too many of: how many it may have, and their name."""
    for name, (most, what) in SIZES.items():
        if len(vars(schema).get(name) or ()) > most:
            yield most, what
    if len(schema.one_of) + len(schema.any_of) > ALTERNATIVES:
        yield ALTERNATIVES, "alternatives"
    if schema.all_of and parts(api, schema) > PARTS:
        yield PARTS, "schemas that it is put together from"


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


def spreads(api: Api, schema: Schema) -> bool:
    """Whether what a schema says around its alternatives would be said too often, or without end."""
    found, stack = 0, [(schema, 0)]
    while stack and found <= ALTERNATIVES:
        one, depth = stack.pop()
        if depth > DEPTH:
            return True
        for branch, both in branches(merged(one, api.schemas), api.schemas):
            if both is not branch and chooses(api, branch):
                stack.append((both, depth + 1))
            found += 1
    return found > ALTERNATIVES


def is_own(schema: Schema) -> bool:
    """Whether a schema says something, rather than only where another stands."""
    return reference_only(schema) is None


def chooses(api: Api, schema: Schema) -> bool:
    """Whether a schema has alternatives, by itself or by what it is put together from."""
    return says(merged(schema, api.schemas).schema, CHOICES)
