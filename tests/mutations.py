"""Documents with something wrong in them: real ones, changed in a few places by chance."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from random import Random
from typing import Any

Steps = tuple[str | int, ...]
Mutation = Callable[[Random, Any], None]

LARGEST = 100_000
"""Values of a document that is not changed any further."""

WORDS = (
    *("", " ", "x", "a b", "0", "-1", "1.0", "true", "null", "\x00", "\ud800", "\r\n"),
    *("é", "名前", "\u2028", '"', "'", '"""', "\\", "{", "}", "{}", "{{x}}", "{% x %}"),
    *("/", "//", "../x", "/{a}/{a}", "/{", "a/b", "*/*", "text/event-stream", "$ref"),
    *("{$request.body#/a}", "{$url}", "{$x", "$response.body#", "http://[", "class"),
    *("string", "number", "integer", "object", "array", "boolean", "null", "file"),
    *("date-time", "byte", "binary", "uuid", "int32", "query", "path", "header"),
    *(
        "cookie",
        "form",
        "deepObject",
        "matrix",
        "async",
        "auto",
        "5s",
        "default",
        "2XX",
    ),
    *(
        "(a+)+$",
        "[",
        "(?<a>b)\\k<a>",
        "\\p{L}",
        "a{99999}",
        "^(?!x)",
        "(" * 120,
        "x" * 5000,
    ),
    *("__init__", "self", "model_config", "None", "import", "A" * 300, "1abc"),
)
SCALARS = (
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        0.5,
        1e308,
        -1e308,
        2**63,
        -(2**64),
        10**30,
        10**300,
    ),
    *(404, 200, 5e-324, 1e21, 3.1),
)
KEYS = (
    *("type", "format", "enum", "const", "default", "example", "examples", "pattern"),
    *(
        "minimum",
        "maximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "minItems",
        "items",
    ),
    *(
        "maxItems",
        "uniqueItems",
        "properties",
        "required",
        "additionalProperties",
        "allOf",
    ),
    *(
        "oneOf",
        "anyOf",
        "not",
        "discriminator",
        "nullable",
        "readOnly",
        "writeOnly",
        "if",
    ),
    *(
        "then",
        "prefixItems",
        "contains",
        "patternProperties",
        "$id",
        "$anchor",
        "$defs",
    ),
    *(
        "$dynamicRef",
        "unevaluatedProperties",
        "dependentRequired",
        "title",
        "description",
    ),
    *("x-processing", "x-python-name", "operationId", "tags", "parameters", "schema"),
    *("content", "headers", "links", "callbacks", "security", "servers", "style"),
    *(
        "explode",
        "in",
        "name",
        "requestBody",
        "responses",
        "$ref",
        "mapping",
        "encoding",
    ),
    *("propertyName", "itemSchema", "summary", "propertyNames", "minProperties"),
)
"""Fields of the specification, to stand where they are not expected."""


def mutant(random: Random, document: Any) -> tuple[str, str]:
    """The text of a changed document, and its file's suffix."""
    changed = copy.deepcopy(document)
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        random.choice(MUTATIONS)(random, changed)
        if len(places(changed)) > LARGEST:
            break
    try:
        text = json.dumps(changed, ensure_ascii=random.random() < 0.5)
    except RecursionError:  # nested again and again
        text = "[" * 2000 + "]" * 2000
    if random.random() < 0.1:
        text = torn(random, text)
    return text, random.choice((".json", ".yaml"))


def torn(random: Random, text: str) -> str:
    """The text with a piece lost, doubled or replaced."""
    start = random.randrange(len(text))
    end = min(len(text), start + random.choice((1, 1, 2, 10, 200)))
    put = random.choice(
        ("", text[start:end] * 2, "\x00", "\ufeff", "1e999999", "&a ", "*a", "!x ", "#")
    )
    return text[:start] + put + text[end:]


def places(document: Any) -> list[Steps]:
    """Every place below the root."""
    found: list[Steps] = []
    stack: list[tuple[Steps, Any]] = [((), document)]
    while stack:
        steps, value = stack.pop()
        inner: list[tuple[str | int, Any]] = []
        if isinstance(value, dict):
            inner = list(value.items())
        elif isinstance(value, list):
            inner = list(enumerate(value))
        found += [(*steps, key) for key, _ in inner]
        stack += [((*steps, key), one) for key, one in inner]
    return found


def at(document: Any, steps: Steps) -> Any:
    for step in steps:
        document = document[step]
    return document


def chosen(random: Random, document: Any) -> tuple[Any, Any]:
    """A container and one of its keys; fields of the document itself are rare."""
    found = places(document)
    if not found:
        return {"a": 1}, "a"
    steps = random.choice(found)
    return at(document, steps[:-1]), steps[-1]


def drop(random: Random, document: Any) -> None:
    holder, key = chosen(random, document)
    del holder[key]


def duplicate(random: Random, document: Any) -> None:
    holder, key = chosen(random, document)
    value = copy.deepcopy(holder[key])
    if isinstance(holder, list):
        holder.insert(key, value)
    else:
        spelt = (key.upper(), f"{key}_", f" {key}", key.swapcase(), f"{key}2")
        holder[random.choice(spelt)] = value


def retype(random: Random, document: Any) -> None:
    holder, key = chosen(random, document)
    value = holder[key]
    holder[key] = random.choice(
        (
            random.choice(SCALARS),
            random.choice(WORDS),
            [value],
            {"x": value},
            {},
            [],
            str(value)[:100],
            {random.choice(KEYS): value},
            [value, value],
        )
    )


def reword(random: Random, document: Any) -> None:
    holder, key = chosen(random, document)
    if isinstance(holder[key], str):
        text = random.choice(WORDS)
        holder[key] = random.choice((text, text + holder[key], holder[key] + text))


def rename(random: Random, document: Any) -> None:
    holder, key = chosen(random, document)
    if isinstance(holder, dict):
        holder[random.choice(WORDS + KEYS)] = holder.pop(key)


def add(random: Random, document: Any) -> None:
    """A field of the specification where it may or may not stand."""
    holder, key = chosen(random, document)
    if isinstance(holder[key], dict):
        holder = holder[key]
    if isinstance(holder, dict):
        other, of = chosen(random, document)
        simple: tuple[Any, ...] = (random.choice(SCALARS), random.choice(WORDS), [], {})
        value = random.choice((copy.deepcopy(other[of]), random.choice(simple)))
        holder[random.choice(KEYS)] = value


def swap(random: Random, document: Any) -> None:
    """One value takes another's place; both stay where neither holds the other."""
    holder, key = chosen(random, document)
    other, of = chosen(random, document)
    first, second = copy.deepcopy(holder[key]), copy.deepcopy(other[of])
    holder[key] = second
    if random.random() < 0.5 and isinstance(other, dict) and of in other:
        other[of] = first


def refer(random: Random, document: Any) -> None:
    """A reference to any place: cycles and references of the wrong kind."""
    holder, key = chosen(random, document)
    found = places(document)
    schemas = [steps for steps in found if len(steps) == 3 and steps[0] == "components"]
    steps = random.choice(random.choice((found, schemas or found)))
    tokens = (str(step).replace("~", "~0").replace("/", "~1") for step in steps)
    ref = "#/" + "/".join(tokens)
    if random.random() < 0.15:
        ref = random.choice(
            ("#/nowhere", "#", "", "x.yaml#/a", "http://x/y", "#/%ff", "\\")
        )
    holder[key] = {"$ref": ref}


def redirect(random: Random, document: Any) -> None:
    """One of the document's own references leads elsewhere."""
    own = [steps for steps in places(document) if steps[-1] == "$ref"]
    if own:
        steps, other = random.choice(own), random.choice(own)
        at(document, steps[:-1])["$ref"] = at(document, other)


def nest(random: Random, document: Any) -> None:
    holder, key = chosen(random, document)
    value = holder[key]
    word = random.choice(
        ("items", "allOf", "oneOf", "not", "properties", "additionalProperties")
    )
    for _ in range(random.choice((5, 40, 90, 150, 250))):
        inner: Any = [value] if word in ("allOf", "oneOf") else value
        value = {word: {"a": inner} if word == "properties" else inner}
    holder[key] = value


def multiply(random: Random, document: Any) -> None:
    """Many of one thing."""
    holder, key = chosen(random, document)
    value = holder[key]
    size = len(json.dumps(value))
    count = max(2, min(random.choice((10, 100, 1000)), 100_000 // (size + 1)))
    if isinstance(holder, list):
        holder.extend(copy.deepcopy(value) for _ in range(count))
    else:
        holder.update({f"{key}{n}": copy.deepcopy(value) for n in range(count)})


MUTATIONS: tuple[Mutation, ...] = (
    *(drop, duplicate, retype, retype, retype, reword, reword, rename, add, add, add),
    *(swap, swap, refer, refer, redirect, nest, multiply),
)
