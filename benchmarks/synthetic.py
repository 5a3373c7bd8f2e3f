"""A document of any size that looks like a real one: the same text for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

NOUNS = """
    account address agreement asset basket booking branch budget campaign card carrier
    catalog category channel charge claim comment contract coupon customer delivery device
    discount document employee event expense feature folder forecast gateway group invoice
    item journal ledger license location manifest member message meter module note offer
    order package partner payment permit plan policy price product profile project quote
    rating receipt refund region report request return review role route schedule segment
    session shipment site stock store subscription supplier survey tariff task team tenant
    ticket timesheet token transfer trip user vehicle vendor visit voucher warehouse zone
""".split()
WORDS = """
    active amount balance city code color comment count country created currency date
    description discount duration email end external height kind label language latitude
    level limit longitude name number origin owner phone position priority quantity rank
    rate reason reference score size source start state street tax title total unit updated
    url value version weight width
""".split()
SCALARS: tuple[Json, ...] = (
    {"type": "string"},
    {"type": "string", "minLength": 1, "maxLength": 120},
    {"type": "string", "format": "date-time"},
    {"type": "string", "format": "uuid"},
    {"type": "string", "pattern": "^[A-Z]{2,6}-[0-9]+$"},
    {"type": "integer"},
    {"type": "integer", "format": "int64", "minimum": 0},
    {"type": "number", "exclusiveMinimum": 0},
    {"type": "boolean", "default": False},
)
KINDS = ("", "Summary", "Draft", "Filter", "Event", "Entry", "Settings", "Totals")
PER_TAG = 12


def document(operations: int = 1000, schemas: int = 800, seed: int = 1) -> Json:
    """An OpenAPI 3.1 document of so many operations and schemas."""
    chance = random.Random(seed)
    names = schema_names(schemas)
    components = {name: schema(chance, name, names) for name in names}
    components["Problem"] = problem()
    paths: Json = {}
    for path, method, operation in endpoints(chance, operations, names):
        paths.setdefault(path, {})[method] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "Synthetic", "version": "1.0.0"},
        "paths": paths,
        "components": {"schemas": components},
    }


def schema_names(count: int) -> list[str]:
    """Names such as `InvoiceDraft`, the plain ones first; one is left for Problem."""
    made = [
        noun.capitalize() + kind + suffix
        for suffix in ("", "V2", "V3")
        for kind in KINDS
        for noun in NOUNS
    ]
    return made[: count - 1]


def problem() -> Json:
    fields = {name: {"type": "string"} for name in ("type", "title", "detail")}
    return {"type": "object", "properties": {**fields, "status": {"type": "integer"}}}


def schema(chance: random.Random, name: str, names: list[str]) -> Json:
    """One in eight an enumeration, one in eight an extension of another, else an object."""
    kind = chance.random()
    if kind < 0.125:
        values = chance.sample(WORDS, chance.randint(3, 7))
        return {
            "type": "string",
            "enum": values,
            "description": f"What a {name} may be.",
        }
    if kind < 0.25:
        parent = {"$ref": ref(chance.choice(plain_before(name, names)))}
        return {"allOf": [parent, fields(chance, name, names, 3)]}
    return fields(chance, name, names, chance.randint(4, 12))


def plain_before(name: str, names: list[str]) -> list[str]:
    """What a schema may extend: the problem, so that no chain is ever a circle."""
    return ["Problem"]


def fields(chance: random.Random, name: str, names: list[str], count: int) -> Json:
    chosen = chance.sample(WORDS, count)
    made = {word: field(chance, word, names) for word in chosen}
    return {
        "type": "object",
        "description": f"A {name} with its {chosen[0]} and its {chosen[-1]}.",
        "required": chosen[: max(1, count // 3)],
        "properties": {"id": {"type": "string", "format": "uuid"}, **made},
    }


def field(chance: random.Random, word: str, names: list[str]) -> Json:
    kind = chance.random()
    said = {"description": f"The {word}, as it was when it was last written."}
    if kind < 0.15:
        return {"$ref": ref(chance.choice(names))}
    if kind < 0.25:
        return {"type": "array", "items": {"$ref": ref(chance.choice(names))}, **said}
    if kind < 0.30:
        return {"type": "string", "enum": chance.sample(WORDS, 4), **said}
    if kind < 0.35:
        return {"type": "object", "additionalProperties": {"type": "number"}, **said}
    scalar = dict(chance.choice(SCALARS))
    return {**scalar, **said} if chance.random() < 0.5 else scalar


def endpoints(
    chance: random.Random, count: int, names: list[str]
) -> Iterator[tuple[str, str, Json]]:
    """List, create, get, replace and remove, one resource after the other."""
    for number in range(count):
        resource, step = divmod(number, 5)
        noun = NOUNS[resource % len(NOUNS)]
        area = "" if resource < len(NOUNS) else f"-v{resource // len(NOUNS) + 1}"
        plural = f"{noun}s{area}"
        method = ("get", "post", "get", "put", "delete")[step]
        verb = ("list", "create", "get", "replace", "remove")[step]
        path = f"/{plural}" if step < 2 else f"/{plural}/{{id}}"
        model = chance.choice(names)
        made = operation(verb, step, model)
        suffix = area.replace("-v", "V")
        made["operationId"] = f"{verb}{noun.capitalize()}{suffix}"
        made["tags"] = [f"{NOUNS[resource // PER_TAG]} desk"]
        if step == 1 and resource % 5 == 0:
            made["x-processing"] = "async"
        yield path, method, made


def operation(verb: str, step: int, model: str) -> Json:
    parameters: list[Json] = []
    if step == 0:
        parameters = listing()
    elif step > 1:
        parameters = [
            {
                "name": "id",
                "in": "path",
                "required": True,
                "schema": {"type": "string", "format": "uuid"},
            }
        ]
    made: Json = {
        "summary": f"{verb.capitalize()} what is kept of a {model}",
        "description": f"{verb.capitalize()} a {model}, if the caller may.",
        "parameters": parameters,
        "responses": responses(step, model),
    }
    if step in (1, 3):
        made["requestBody"] = {
            "required": True,
            "content": json_of({"$ref": ref(model)}),
        }
    return made


def listing() -> list[Json]:
    limit = {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
    order = {"type": "string", "enum": ["newest", "oldest"], "default": "newest"}
    tags = {"type": "array", "items": {"type": "string"}}
    return [
        {"name": "limit", "in": "query", "schema": limit},
        {"name": "order", "in": "query", "schema": order},
        {"name": "tag", "in": "query", "schema": tags},
        {"name": "X-Tenant", "in": "header", "schema": {"type": "string"}},
    ]


def responses(step: int, model: str) -> Json:
    one = {"$ref": ref(model)}
    said = {"description": "As it is now.", "content": json_of(one)}
    if step == 0:
        many = {"type": "array", "items": one}
        said = {"description": "What was found.", "content": json_of(many)}
    status = {1: "201", 4: "204"}.get(step, "200")
    good = {"description": "Removed."} if step == 4 else said
    refused = {
        "description": "It cannot be done.",
        "content": {"application/problem+json": {"schema": {"$ref": ref("Problem")}}},
    }
    return {status: good, "409" if step in (1, 3) else "404": refused}


def json_of(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def ref(name: str) -> str:
    return f"#/components/schemas/{name}"
