"""A $ref that stands for a whole mapping of a document, such as its paths: one for each entry instead."""

from __future__ import annotations

from collections.abc import Iterator
from os.path import dirname, relpath
from urllib.parse import quote

from generator.load import Documents
from generator.model import Json
from generator.pointer import pointer
from generator.problems import Place, Problem, Refused

WHOLES = ("paths", "webhooks", "components")


def spread(documents: Documents, entry: str) -> Iterator[Problem]:
    """Rewrite, in the data, the mappings of a document that are but a $ref; each is told."""
    root = documents.roots[entry]
    if not isinstance(root, dict):
        return
    for word in WHOLES:
        yield from _one(documents, Place(entry, (word,)), root.get(word))
    parts = root.get("components")
    for word, part in list(parts.items()) if isinstance(parts, dict) else ():
        yield from _one(documents, Place(entry, ("components", word)), part)


def _one(documents: Documents, place: Place, value: Json) -> Iterator[Problem]:
    ref = value.get("$ref") if isinstance(value, dict) else None
    if not isinstance(ref, str) or not isinstance(value, dict):
        return
    more = {name: one for name, one in value.items() if name != "$ref"}
    try:
        target = documents.follow(place)
    except Refused as refused:
        documents.replace(place, more)
        yield from refused.problems
        return
    found = documents.value(target)
    start = _written(documents, place, target, ref)
    whole: dict[str, Json] = {
        name: {"$ref": start + quote(pointer((name,)), safe="/~")}
        for name in (found if isinstance(found, dict) else ())
        if not name.startswith("x-")
    }
    documents.replace(place, {**whole, **more})
    yield Problem(
        "whole-reference",
        place.key(),
        f"{place.path[-1]} is all a $ref, which has no meaning there: read as one for each entry",
        "name each, with its own $ref",
        "warning",
    )


def _written(documents: Documents, place: Place, target: Place, ref: str) -> str:
    """A $ref to a target, up to where a name can follow; `ref` is the first of those that lead there."""
    if documents.resolve(place / "$ref", ref) == target:
        return ref if "#" in ref else ref + "#"
    file = relpath(target.file, dirname(place.file) or ".").replace("\\", "/")
    return f"{quote(file)}#{quote(pointer(target.path), safe='/~')}"
