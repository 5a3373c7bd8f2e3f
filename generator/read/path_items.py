"""Path items: the operations that stand in them, and what they share."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.grammar import METHODS
from generator.problems import Place, Problem
from generator.read.node import Node, Source, circular
from generator.value import dataclass


@dataclass(frozen=True, slots=True)
class PathItem:
    """A path item and, where it has a $ref, the one it leads to: what is said first counts."""

    layers: tuple[Node, ...]

    def first(self, key: str) -> Node | None:
        """What the outermost layer says under a key."""
        return next((n for layer in self.layers if (n := layer.get(key))), None)

    def text(self, key: str) -> str | None:
        found = self.first(key)
        return (
            found.value if found is not None and isinstance(found.value, str) else None
        )

    def holder(self, key: str) -> Node:
        """The layer that has a key."""
        return next((each for each in self.layers if key in each), self.layers[0])

    def operations(self) -> Iterator[tuple[str, Node]]:
        """Method (upper case) and node of each operation, in the document's order."""
        seen: set[str] = set()
        for layer in self.layers:
            for key, node in layer.children():
                for method, operation in self._operations(key, node):
                    if method not in seen and isinstance(operation.value, dict):
                        seen.add(method)
                        yield method, operation

    @staticmethod
    def _operations(key: str, node: Node) -> Iterator[tuple[str, Node]]:
        if key in METHODS:
            yield key.upper(), node
        elif key == "additionalOperations":
            yield from node.children()


@dataclass(frozen=True, slots=True)
class Entry:
    """An operation that has not been read yet."""

    path: str
    method: str
    item: PathItem
    node: Node


def path_item(source: Source, node: Node) -> PathItem:
    """A path item with the one that its $ref leads to, and so on."""
    layers = [node]
    while (ref := layers[-1].text("$ref")) is not None:
        place = source.target(layers[-1].at / "$ref", ref)
        if place is None:
            break
        if any(place == layer.at for layer in layers):
            source.report(circular(layers[-1].at))
            break
        layers.append(Node(place, source.documents.value(place)))
    return PathItem(tuple(layers))


def entries(source: Source, paths: Iterator[tuple[str, Node]]) -> list[Entry]:
    """Every operation of a mapping of path items."""
    found = []
    for path, node in paths:
        item = path_item(source, node)
        for method, operation in item.operations():
            found.append(Entry(path, method, item, operation))
    return found


class Ids:
    """The operationIds of a document: given ones are kept, missing ones are made."""

    def __init__(self, source: Source, operations: list[Entry]) -> None:
        self._source = source
        self._taken: dict[str, Place] = {}
        self._shown: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        for entry in operations:
            name = entry.node.text("operationId")
            if name:
                self._take(name, entry)

    def of(self, entry: Entry) -> tuple[str, bool]:
        """The id of an operation of the API, and whether the document gives it."""
        given = entry.node.text("operationId")
        if given and self._taken[given] == entry.node.at:
            return given, True
        return self._free(given or made(entry.method, entry.path), entry.node.at), False

    def of_sent(self, entry: Entry, otherwise: str) -> tuple[str, bool]:
        """The id of what our service sends; callbacks may share one definition, hence one operationId."""
        given = entry.node.text("operationId")
        if given and self._taken.setdefault(given, entry.node.at) == entry.node.at:
            return given, True
        if given:
            at = entry.node.at / "operationId"
            self._source.report(self._duplicate(given, at))
        return self._free(given or otherwise, entry.node.at), False

    def _take(self, name: str, entry: Entry) -> None:
        if name in self._taken:
            at = entry.node.at / "operationId"
            self._source.report(self._duplicate(name, at))
        self._taken.setdefault(name, entry.node.at)
        self._shown.setdefault(name, f"{entry.method} {entry.path}")

    def _duplicate(self, name: str, at: Place) -> Problem:
        other = self._shown.get(name, "another operation")
        file = self._taken[name].file
        where = "" if file == at.file else f" in {file}"
        return Problem(
            "duplicate-operation-id",
            at,
            f'the operationId "{name}" is already that of {other}{where}',
            f"give one of them another name, such as {name}2",
            "warning",
        )

    def _free(self, name: str, at: Place) -> str:
        free, count = name, self._counts.get(name, 1)
        while free in self._taken:
            count += 1
            free = f"{name}{count}"
        self._counts[name] = count
        self._taken[free] = at
        return free


def made(method: str, path: str) -> str:
    """An operationId out of method and path: `GET /orders/{orderId}` → `getOrdersOrderId`."""
    words = re.findall(r"[^\W_]+", path)
    return method.lower() + "".join(word[0].upper() + word[1:] for word in words)
