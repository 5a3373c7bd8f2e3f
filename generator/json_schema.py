"""The model's schemas as JSON Schema 2020-12, for programs that read nothing else."""

from __future__ import annotations

from generator.model import ABSENT, Api, Json, Schema
from generator.rules.walk import children
from generator.schema_words import MANY, ONE, PLAIN

DEFINITIONS = "urn:schemas"
"""The URI under which `definitions` are found."""

SCALARS = {"format": "format", "pattern": "pattern", **PLAIN}


def definitions(api: Api) -> dict[str, Json]:
    """One document that holds every named schema under `$defs`."""
    return {"$defs": {key: json_schema(api, s) for key, s in api.schemas.items()}}


def defined(document: dict[str, Json], uri: str) -> Json:
    """The schema of `definitions` that a $ref leads to; one that lets everything through, if none."""
    token = uri.rpartition("#/$defs/")[2]
    key = token.replace("%25", "%").replace("~1", "/").replace("~0", "~")
    known = document["$defs"]
    assert isinstance(known, dict)
    return known.get(key, True)


def json_schema(api: Api, schema: Schema) -> Json:
    """A schema whose $refs lead into `definitions`.

    What is read-only or write-only is not required, since it is so in one direction only.
    """
    order, stack = [], [schema]
    while stack:
        order.append(stack.pop())
        stack.extend(children(order[-1]))
    made: dict[int, Json] = {}
    for each in reversed(order):
        made[id(each)] = _written(api, each, made)
    return made[id(schema)]


def _written(api: Api, schema: Schema, made: dict[int, Json]) -> Json:
    if schema.never:
        return False
    found: dict[str, Json] = {}
    for name, keyword in SCALARS.items():
        if (value := getattr(schema, name)) is not None:
            found[keyword] = value
    for name, keyword in ONE.items():
        if (one := getattr(schema, name)) is not None:
            found[keyword] = made[id(one)]
    for name, keyword in MANY.items():
        if many := getattr(schema, name):
            found[keyword] = [made[id(each)] for each in many]
    found.update(_special(api, schema, made))
    return found


def _special(api: Api, schema: Schema, made: dict[int, Json]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    if schema.ref is not None:
        token = schema.ref.replace("~", "~0").replace("/", "~1").replace("%", "%25")
        found["$ref"] = f"{DEFINITIONS}#/$defs/{token}"
    if schema.types:
        found["type"] = list(schema.types)
    if schema.enum is not None:
        found["enum"] = list(schema.enum)
    if schema.const is not ABSENT:
        found["const"] = schema.const
    if schema.unique_items:
        found["uniqueItems"] = True
    found.update(_of_objects(api, schema, made))
    return found


def _of_objects(api: Api, schema: Schema, made: dict[int, Json]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    if schema.properties:
        found["properties"] = {p.name: made[id(p.schema)] for p in schema.properties}
    if schema.required:
        found["required"] = [n for n in schema.required if not one_way(api, schema, n)]
    if schema.pattern_properties:
        pairs = schema.pattern_properties
        found["patternProperties"] = {name: made[id(each)] for name, each in pairs}
    if schema.dependent_schemas:
        pairs = schema.dependent_schemas
        found["dependentSchemas"] = {name: made[id(each)] for name, each in pairs}
    if schema.dependent_required:
        pairs_ = schema.dependent_required.items()
        found["dependentRequired"] = {name: list(others) for name, others in pairs_}
    return found


def one_way(api: Api, schema: Schema, name: str) -> bool:
    """Whether a property is sent in one direction only."""
    prop = next((each.schema for each in schema.properties if each.name == name), None)
    if prop is None:
        return False
    target = api.schemas.get(prop.ref or "", prop)
    return any(each.read_only or each.write_only for each in (prop, target))
