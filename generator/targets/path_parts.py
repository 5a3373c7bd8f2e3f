"""What path parameters may be between which nothing stands: without it `{id}{extension}` is parted anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from generator.model import Operation, Schema
from generator.patterns import translated
from generator.targets.keywords import allowed_values
from generator.targets.merging import merged

TOUCHING = re.compile(r"\{[^{}/]+\}(?:\{[^{}/]+\})+")
PARAMETER = re.compile(r"\{([^{}]+)\}")
TYPES = {"integer": "-?[0-9]+", "number": "-?[0-9.]+", "boolean": "true|false"}
UUID = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"


def path_parts(
    operation: Operation, schemas: Mapping[str, Schema]
) -> Iterator[tuple[str, str]]:
    """The touching parameters of which it is known what they may be, with a regular expression of it."""
    if "}{" not in operation.served_path:
        return
    known = {
        one.name: one.schema
        for one in operation.parameters
        if one.location == "path" and one.style == "simple"
    }
    for touching in TOUCHING.findall(operation.served_path):
        for name in PARAMETER.findall(touching):
            schema = known.get(name)
            said = schema and expression(schema, schemas)
            if said:
                yield name, said


def expression(schema: Schema, schemas: Mapping[str, Schema]) -> str | None:
    """A regular expression, without groups of its own, of the texts that a schema allows."""
    schema = merged(schema, schemas).schema
    if schema.enum is not None:
        words = [one for one in allowed_values(schema) if isinstance(one, str)]
        # As they are and as they are encoded; the longest first, since `.json` begins `.jsonl`.
        spelled = {*words, *(quote(one, safe="") for one in words)}
        listed = sorted(spelled, key=lambda one: (-len(one), one))
        return "|".join(map(re.escape, listed))
    if len(schema.types) == 1 and schema.types[0] in TYPES:
        return TYPES[schema.types[0]]
    if schema.format == "uuid":
        return UUID
    text = translated(schema.pattern) if schema.pattern else None
    whole = re.fullmatch(r"\^([^()|]+)(?:\$|\\Z)", text or "")
    return whole[1] if whole else None
