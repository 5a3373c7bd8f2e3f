"""Paths that differ in the names of their parameters alone: they are the same path, and become one."""

from __future__ import annotations

import re

from generator.grammar import METHODS
from generator.model import Json
from generator.pointer import follow

Object = dict[str, Json]
NAME = re.compile(r"\{([^{}]*)\}")
SHARED = ("summary", "description", "parameters", "servers")
"""What a path item says of all its operations."""


def join(document: Object) -> None:
    """Put the operations of such paths under the first of them, with the names that it has."""
    paths = document["paths"]
    assert isinstance(paths, dict)
    first: dict[str, str] = {}
    for path, item in list(paths.items()):
        home = first.setdefault(NAME.sub("{}", path), path)
        target = paths[home]
        if home == path or not isinstance(target, dict) or not isinstance(item, dict):
            continue
        names = dict(zip(NAME.findall(path), NAME.findall(home), strict=True))
        kept, moved = alone(document, target, {}), alone(document, item, names)
        if kept and moved and kept.keys().isdisjoint(moved):
            paths[home] = kept | moved
            del paths[path]


def alone(document: Object, item: Object, names: dict[str, str]) -> Object:
    """The operations of a path item with all that they share; none if it has anything else."""
    if not set(item) <= {*METHODS, *SHARED}:
        return {}
    found: Object = {}
    for method in METHODS:
        operation = item.get(method)
        if isinstance(operation, dict):
            lists = (operation.get("parameters"), item.get("parameters"))
            own = {key: item[key] for key in SHARED if key in item} | operation
            found[method] = own | {"parameters": renamed(document, lists, names)}
    return found


def renamed(
    document: Object, lists: tuple[Json, ...], names: dict[str, str]
) -> list[Json]:
    """The parameters of an operation, then those of its path that it does not say anew."""
    found: dict[tuple[Json, Json], Json] = {}
    for parameters in lists:
        for each in parameters if isinstance(parameters, list) else ():
            one = follow(document, each)
            name, place = one.get("name"), one.get("in")
            if place == "path" and isinstance(name, str) and name in names:
                each = {**one, "name": names[name]}
            found.setdefault((place, name), each)
    return list(found.values())
