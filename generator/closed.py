"""Objects put together of closed parts, each refusing what the others need: read as one closed object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from generator.load import Documents
from generator.model import Json
from generator.problems import Place, Problem, Refused
from generator.structure import Trail, path_of
from generator.value import dataclass

Object = dict[str, Json]

ABOUT = frozenset(
    "title description example examples default deprecated externalDocs xml discriminator readOnly writeOnly".split()
)
"""What is said of an object besides its members."""
PLAIN = ABOUT | frozenset(
    ("type", "nullable", "properties", "required", "additionalProperties", "allOf")
)
"""The words of objects that can be written as one."""
CLOSING = r"""additionalProperties["']?\s*:\s*[fF&!*#]"""
"""How a text may say `additionalProperties: false`, itself or by an alias."""
DATA = frozenset(("example", "examples", "default", "enum", "const"))
SHOWN = 3
"""How many names a problem tells."""


class _Apart(Exception):
    """A part says more than which members there are."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one part says of an object's members."""

    properties: Object
    required: list[str]
    is_closed: bool


def united(documents: Documents) -> Iterator[Problem]:
    """Rewrite, in the data, each allOf of which nothing but {} is valid since closed parts lack what others have.

    By JSON Schema (2020-12, core, §10.3.2.3) `additionalProperties: false` knows the properties beside it
    alone. Where that only refuses what another part declares, it is told, and held to the letter.
    """
    if not documents.says("allOf", CLOSING):
        return
    entered = set(_entered(documents))
    found = [one for file in documents.files for one in _combined(documents, file)]
    for place in sorted(found, key=lambda one: -len(one.path)):
        parts = [] if place in entered else _parts(documents, place)
        names = dict.fromkeys(name for one in parts for name in one.properties)
        refused = _refused(parts, names)
        required = {name for one in parts for name in one.required}
        needed = [name for name in refused if name in required]
        is_meant = bool(needed) or len(refused) == len(names)
        if refused and is_meant:
            documents.replace(place, _whole(documents.value(place), parts))
        if refused:
            yield _problem(place, needed or refused, is_meant)


def _entered(documents: Documents) -> Iterator[Place]:
    """The schemas into whose allOf a reference leads: they stay as they are."""
    for target in documents.targets:
        for index, token in enumerate(target.path):
            if token == "allOf":
                yield Place(target.file, target.path[:index])


def _combined(documents: Documents, file: str) -> Iterator[Place]:
    """The places in a file where a mapping says allOf."""
    stack: list[tuple[Any, Trail]] = [(documents.roots[file], ())]
    while stack:
        value, trail = stack.pop()
        if isinstance(value, dict) and trail and isinstance(value.get("allOf"), list):
            yield Place(file, path_of(trail))
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for key, one in entries:
            if isinstance(one, (dict, list)) and not _is_data(key):
                stack.append((one, (trail, key)))


def _is_data(key: str | int) -> bool:
    if isinstance(key, int):
        return False
    return key in DATA or (key.startswith("x-") and key != "x-webhooks")


def _parts(documents: Documents, place: Place) -> list[Part]:
    """The parts of an object, itself the last; none where it is more than an object's members."""
    try:
        return list(_within(documents, place, place.file, set()))
    except (_Apart, Refused):
        return []


def _within(
    documents: Documents, place: Place, file: str, seen: set[Place]
) -> Iterator[Part]:
    value = documents.value(place)
    if isinstance(value, dict) and "$ref" in value:
        if value.keys() - ABOUT != {"$ref"}:
            raise _Apart
        place = documents.follow(place)
        value = documents.value(place)
    if not isinstance(value, dict) or place.file != file:
        raise _Apart
    if place in seen:
        return
    seen.add(place)
    part = _part(value)
    inner = value.get("allOf", [])
    for index, _ in enumerate(inner if isinstance(inner, list) else ()):
        yield from _within(documents, place / "allOf" / index, file, seen)
    yield part


def _part(value: Object) -> Part:
    words = {word for word in value if not word.startswith("x-")}
    kind, more = value.get("type", "object"), value.get("additionalProperties", True)
    properties, required = value.get("properties", {}), value.get("required", [])
    is_object = kind == "object" or (isinstance(kind, list) and "object" in kind)
    if words - PLAIN or not is_object or not (isinstance(more, bool) or more == {}):
        raise _Apart
    if not isinstance(properties, dict) or not isinstance(required, list):
        raise _Apart
    return Part(properties, [*map(str, required)], more is False)


def _refused(parts: list[Part], names: Iterable[str]) -> list[str]:
    """The names that a closed part does not let through."""
    closed = [one for one in parts if one.is_closed]
    return [n for n in names if any(n not in one.properties for one in closed)]


def _whole(value: Json, parts: list[Part]) -> Object:
    """One closed object with the members of all the parts."""
    assert isinstance(value, dict)
    properties: Object = {}
    for name, one in (pair for part in parts for pair in part.properties.items()):
        before = properties.get(name, one)
        properties[name] = one if before == one else {"allOf": [before, one]}
    whole: Object = {word: said for word, said in value.items() if word != "allOf"}
    whole |= {"type": value.get("type", "object"), "properties": properties}
    required = list(dict.fromkeys(name for part in parts for name in part.required))
    return {**whole, "required": [*required], "additionalProperties": False}


def _problem(place: Place, names: list[str], is_united: bool) -> Problem:
    told = ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
    fault = f"additionalProperties: false in a part of this refuses what another adds ({told})"
    read = (
        "; all parts are read as one closed object" if is_united else ", and so do we"
    )
    return Problem(
        "closed-part",
        (place / "allOf").key(),
        fault + read,
        "leave it out of the parts; beside allOf, OpenAPI 3.1 has unevaluatedProperties: false",
        "warning",
    )
