"""Documents with something wrong in them: real ones, changed in a few places by chance."""

from __future__ import annotations

import copy
import json
import re
import unicodedata
from collections.abc import Callable
from random import Random
from typing import Any

from mutation_words import ASKED, KEYS, LITERALS, NAMES, SCALARS, TEXTS, WORDS

Steps = tuple[str | int, ...]
Mutation = Callable[[Random, Any], None]

LARGEST = 100_000
"""Values of a document that is not changed any further."""


def mutant(random: Random, document: Any) -> tuple[str, str]:
    """The text of a changed document, and its file's suffix."""
    changed = copy.deepcopy(document)
    try:
        for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
            random.choice(MUTATIONS)(random, changed)
            if len(places(changed)) > LARGEST:
                break
        text = json.dumps(changed, ensure_ascii=random.random() < 0.5)
    except RecursionError:  # nested again and again
        text = "[" * 2000 + "]" * 2000
    if random.random() < 0.1:
        text = random.choice((torn, respelt))(random, text)
    return text, random.choice((".json", ".yaml"))


def torn(random: Random, text: str) -> str:
    """The text with a piece lost, doubled or replaced."""
    start = random.randrange(len(text))
    end = min(len(text), start + random.choice((1, 1, 2, 10, 200)))
    put = random.choice(
        ("", text[start:end] * 2, "\x00", "\ufeff", "1e999999", "&a ", "*a", "!x ", "#")
    )
    return text[:start] + put + text[end:]


SCALAR = re.compile(r'(?<=[:\[,] )(?:"(?:[^"\\]|\\.)*"|[^\s"\[{,\]}]+)')


def respelt(random: Random, text: str) -> str:
    """The text with one of its scalars written as no person would."""
    found = [match.span() for match in SCALAR.finditer(text)]
    start, end = random.choice(found) if found else (0, 0)
    return text[:start] + random.choice(LITERALS) + text[end:]


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


def misname(random: Random, document: Any) -> None:
    """A path, a status, a media type, a property … of an odd name."""
    found = [
        steps for steps in places(document) if len(steps) > 1 and steps[-2] in NAMES
    ]
    if found:
        steps = random.choice(found)
        holder = at(document, steps[:-1])
        if isinstance(holder, dict):
            name = random.choice(NAMES[str(steps[-2])])
            holder[name] = holder.pop(steps[-1])


def misspell(random: Random, document: Any) -> None:
    """An odd text in a field that has a form of its own."""
    found = [steps for steps in places(document) if steps[-1] in TEXTS]
    if found:
        steps = random.choice(found)
        texts = TEXTS[str(steps[-1])]
        at(document, steps[:-1])[steps[-1]] = random.choice(texts)


def echo(random: Random, document: Any) -> None:
    """Two things of one kind have almost the same name."""
    found = [
        steps for steps in places(document) if isinstance(at(document, steps), str)
    ]
    if not found:
        return
    steps = random.choice(found)
    alike = [other for other in found if other[-1] == steps[-1]]
    text = at(document, random.choice(alike))
    at(document, steps[:-1])[steps[-1]] = random.choice(spellings(text))


def spellings(text: str) -> tuple[str, ...]:
    """A text as others would write it."""
    forms = (unicodedata.normalize("NFD", text), unicodedata.normalize("NFKC", text))
    cases = (text, text.upper(), text.swapcase(), text.title())
    return (*cases, *forms, f"{text} ", f"{text}_", text.replace("_", "-"))


def schemas(document: Any) -> list[Steps]:
    """The places that are known for schemas."""
    above = ("properties", "schemas", "$defs", "oneOf", "anyOf", "allOf")
    own = ("schema", "items", "payload", "headers", "additionalProperties")
    return [
        steps
        for steps in places(document)
        if (steps[-1] in own or steps[-2:-1] and steps[-2] in above)
        and isinstance(at(document, steps), dict)
    ]


def constrain(random: Random, document: Any) -> None:
    """A schema asks several things at once, beside what it asks or instead of it."""
    found = schemas(document)
    if not found:
        return
    schema = at(document, random.choice(found))
    if random.random() < 0.3:
        schema.clear()
    for word in random.sample([*ASKED], random.choice((1, 2, 3, 5, 8))):
        schema[word] = copy.deepcopy(random.choice(ASKED[word]))


def chain(random: Random, document: Any) -> None:
    """Schemas that lead from one to the next, and sometimes back to the first."""
    found = schemas(document)
    components = document.get("components") if isinstance(document, dict) else None
    named = components.get("schemas") if isinstance(components, dict) else None
    if not found or not isinstance(named, dict):
        return
    value = at(document, random.choice(found))
    count = random.choice((2, 15, 30, 90, 300))
    refs = [{"$ref": f"#/components/schemas/chain{n}"} for n in range(count)]
    last: Any = random.choice((refs[0], {}, {"type": "string"}, copy.deepcopy(value)))
    link = random.choice(LINKS)
    for n, after in enumerate([*refs[1:], last]):
        named[f"chain{n}"] = link(after)
    value.clear()
    value.update(refs[0])


LINKS: tuple[Callable[[Any], Any], ...] = (
    lambda after: after,
    lambda after: {"allOf": [after]},
    lambda after: {"oneOf": [after, {"type": "integer"}]},
    lambda after: {"anyOf": [after, after]},
    lambda after: {"type": "array", "items": after, "minItems": 2},
    lambda after: {"not": after},
    lambda after: {"properties": {"a": after, "b": after}, "required": ["a", "b"]},
    lambda after: {"allOf": [after], "properties": {"a": after}, "nullable": True},
)


MUTATIONS: tuple[Mutation, ...] = (
    *(drop, duplicate, retype, retype, retype, reword, reword, rename, add, add, add),
    *(swap, swap, refer, refer, redirect, nest, multiply, chain, echo, echo),
    *(misname, misname, misname, misspell, misspell, *(constrain,) * 6),
)
