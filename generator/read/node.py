"""A value of a document together with where it stands, and the way along its $refs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from generator.model import Json
from generator.problems import Place, Problem, Refused, Span
from generator.value import dataclass


class Documents(Protocol):
    """The loaded files, as far as reading them needs."""

    @property
    def entry(self) -> str: ...

    @property
    def roots(self) -> Mapping[str, Json]: ...

    def value(self, place: Place) -> Json: ...

    def replace(self, place: Place, value: Json) -> None: ...

    def resolve(self, place: Place, ref: str) -> Place: ...

    def text_of(self, place: Place) -> str | None: ...

    def span(self, place: Place) -> Span: ...


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its place; what has another shape than asked for counts as absent."""

    at: Place
    value: Json

    def __contains__(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    def get(self, key: str) -> Node | None:
        """What stands under a key."""
        if isinstance(self.value, dict) and key in self.value:
            return Node(self.at / key, self.value[key])
        return None

    def entries(self, key: str) -> Iterator[tuple[str, Node]]:
        """The entries of the mapping under a key."""
        found = self.get(key)
        return iter(()) if found is None else found.children()

    def patterned(self, key: str) -> Iterator[tuple[str, Node]]:
        """The entries of the mapping under a key, where `x-` begins an extension."""
        return (each for each in self.entries(key) if not each[0].startswith("x-"))

    def children(self) -> Iterator[tuple[str, Node]]:
        """The entries of this mapping."""
        if isinstance(self.value, dict):
            for key, value in self.value.items():
                yield key, Node(self.at / key, value)

    def each(self, key: str) -> Iterator[Node]:
        """The members of the list under a key."""
        found = self.get(key)
        if found is not None and isinstance(found.value, list):
            for index, value in enumerate(found.value):
                yield Node(found.at / index, value)

    def text(self, key: str) -> str | None:
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return value if isinstance(value, str) else None

    def flag(self, key: str) -> bool:
        return isinstance(self.value, dict) and self.value.get(key) is True

    def texts(self, key: str) -> tuple[str, ...]:
        """The strings of the list under a key."""
        values = self.value.get(key) if isinstance(self.value, dict) else None
        found = values if isinstance(values, list) else []
        return tuple(value for value in found if isinstance(value, str))


class Source:
    """The documents being read, in which version of OpenAPI, and what is wrong with them."""

    def __init__(self, documents: Documents, version: tuple[int, int]) -> None:
        self.documents = documents
        self.version = version
        self._problems: dict[Problem, None] = {}
        self._targets: dict[tuple[str, str], Place] = {}

    @property
    def problems(self) -> list[Problem]:
        return list(self._problems)

    def written(self, node: Node, key: str) -> str:
        """The text under a key, an unquoted number (`version: 1.0`) as it is written."""
        found = node.text(key)
        if found is None and key in node:
            found = self.documents.text_of(node.at / key)
        return found or ""

    def target(self, at: Place, ref: str) -> Place | None:
        """Where a $ref leads; None, and a problem, where it leads nowhere."""
        known = self._targets.get((at.file, ref))
        if known is not None:
            return known
        try:
            found = self.documents.resolve(at, ref)
            if ref.startswith("#/components/"):  # others may depend on a nearby $id
                self._targets[at.file, ref] = found
            return found
        except Refused as refused:
            for problem in refused.problems:
                self.report(problem)
            return None

    def report(self, problem: Problem) -> None:
        """Keep a problem, once."""
        self._problems[problem] = None

    def follow(self, node: Node) -> Node:
        """The node itself, or what its chain of $refs leads to.

        From 3.1 on, `summary` and `description` beside a $ref override the target's.
        """
        seen: set[Place] = set()
        beside: dict[str, Json] = {}
        while (ref := node.text("$ref")) is not None:
            if node.at in seen:
                self.report(circular(node.at))
                return Node(node.at, {})
            seen.add(node.at)
            beside = {**self._beside(node), **beside}
            place = self.target(node.at / "$ref", ref)
            if place is None:
                return Node(node.at, {})
            node = Node(place, self.documents.value(place))
        if beside and isinstance(node.value, dict):
            return Node(node.at, {**node.value, **beside})
        return node

    def _beside(self, node: Node) -> dict[str, Json]:
        if self.version < (3, 1) or not isinstance(node.value, dict):
            return {}
        return {
            key: node.value[key]
            for key in OVERRIDING
            if isinstance(node.text(key), str)
        }

    def followed(self, nodes: Iterator[tuple[str, Node]]) -> Iterator[tuple[str, Node]]:
        """Named nodes, each followed to where it leads."""
        return ((name, self.follow(node)) for name, node in nodes)


OVERRIDING = ("summary", "description")


def circular(at: Place) -> Problem:
    """A chain of $refs that comes back to where it began."""
    return Problem(
        "circular-reference",
        at / "$ref",
        "this $ref leads back to itself",
        "let one of the $refs of the circle be a definition",
    )
