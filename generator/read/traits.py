"""Traits: what several objects share, merged into each of them (AsyncAPI 3.0 §"Traits Merge Mechanism").

In 3.x what an object says itself counts; in 2.x the trait is a JSON Merge Patch (RFC 7396) onto the object.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from copy import deepcopy
from urllib.parse import quote, urlsplit

from generator.model import Json
from generator.pointer import pointer
from generator.problems import Place
from generator.read.node import Node, Source
from generator.value import dataclass


@dataclass(frozen=True, slots=True)
class Merged(Node):
    """An object with its traits; what only one of them says still stands where it was written."""

    origins: Mapping[str, Node]

    def get(self, key: str) -> Node | None:
        return self.origins.get(key)


def with_traits(source: Source, node: Node, own_wins: bool) -> Node:
    """An object with its traits merged into it."""
    traits = [source.follow(trait) for trait in node.each("traits")]
    traits = [trait for trait in traits if isinstance(trait.value, dict)]
    if not traits or not isinstance(node.value, dict):
        return node
    own = Node(node.at, {k: v for k, v in node.value.items() if k != "traits"})
    order = [*traits, own] if own_wins else [own, *traits]
    return merged(source, node.at, order)


def merged(source: Source, at: Place, order: Iterable[Node]) -> Merged:
    """Objects merged one after the other: what comes later counts."""
    found: dict[str, Node] = {}
    for layer in order:
        for key, node in layer.children():
            if node.value is None:
                found.pop(key, None)
            elif key in found:
                found[key] = both(source, at / key, found[key], node)
            else:
                found[key] = node
    return Merged(at, {key: node.value for key, node in found.items()}, found)


def both(source: Source, at: Place, below: Node, above: Node) -> Node:
    """Two values of one key: mappings are merged, of anything else the upper one counts."""
    below, above = source.follow(below), source.follow(above)
    if not isinstance(below.value, dict) or not isinstance(above.value, dict):
        return above
    lower = moved(source, below, at.file)
    return Node(at, patched(lower, moved(source, above, at.file)))


def patched(target: Json, patch: Json) -> Json:
    """A JSON Merge Patch (RFC 7396 §2), without recursion."""
    if not isinstance(target, dict) or not isinstance(patch, dict):
        return patch
    result = dict(target)
    stack = [(result, patch)]
    while stack:
        into, said = stack.pop()
        for key, value in said.items():
            here = into.get(key)
            if value is None:
                into.pop(key, None)
            elif isinstance(here, dict) and isinstance(value, dict):
                inner = dict(here)
                into[key] = inner
                stack.append((inner, value))
            else:
                into[key] = value
    return result


def moved(source: Source, node: Node, file: str) -> Json:
    """A value as it is written in another file: its $refs lead where they led."""
    if node.at.file == file:
        return node.value
    copy = deepcopy(node.value)
    stack: list[tuple[Json, Place]] = [(copy, node.at)]
    while stack:
        here, at = stack.pop()
        if isinstance(here, dict):
            ref = here.get("$ref")
            if isinstance(ref, str):
                here["$ref"] = leading(source, at / "$ref", ref, file)
            stack += [(inner, at / key) for key, inner in here.items()]
        elif isinstance(here, list):
            stack += [(inner, at / index) for index, inner in enumerate(here)]
    return copy


def leading(source: Source, at: Place, ref: str, file: str) -> str:
    """A $ref that leads from another file to the same place."""
    target = source.target(at, ref)
    if target is None or urlsplit(ref).scheme:
        return ref
    relative = posixpath.relpath(target.file, posixpath.dirname(file) or ".")
    return f"{quote(relative)}#{quote(pointer(target.path))}"
