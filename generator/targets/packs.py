"""Names that refer to each other, cut into packs that can be loaded one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from generator.value import dataclass

Graph = Mapping[str, Sequence[str]]
"""Each name with those it refers to."""


@dataclass(frozen=True, slots=True)
class Weight:
    """How much is loaded with a part: those that weigh the same may share a pack.

    `level` is the longest way down; `heavy` are the parts on the way that are too big to share.
    """

    level: int = 0
    heavy: frozenset[int] = field(default_factory=frozenset)


def packs(graph: Graph, most: int) -> list[list[str]]:
    """The names in packs of `most`, or of one circle: no pack leads back to itself.

    A pack has what stands side by side, in the graph's order, so that loading it loads
    little that was not asked for.
    """
    parts = components(graph)
    weights = _weights(graph, parts, most)
    order = {name: number for number, name in enumerate(graph)}
    waiting = sorted(
        range(len(parts)), key=lambda n: min([order[name] for name in parts[n]])
    )
    open_packs: dict[Weight, list[str]] = {}
    made: list[list[str]] = []
    for number in waiting:
        part, pack = parts[number], open_packs.get(weights[number])
        if pack is None or len(pack) + len(part) > most:
            pack = open_packs[weights[number]] = []
            made.append(pack)
        pack += part
    return made


def _weights(graph: Graph, parts: list[list[str]], most: int) -> list[Weight]:
    made: list[Weight] = []
    home: dict[str, int] = {}
    for number, part in enumerate(parts):
        below = {home[far] for name in part for far in graph[name] if far in home}
        level = 1 + max((made[each].level for each in below), default=-1)
        heavy = frozenset({number} if len(part) > most else ())
        made.append(Weight(level, heavy.union(*(made[each].heavy for each in below))))
        home.update(dict.fromkeys(part, number))
    return made


def components(graph: Graph) -> list[list[str]]:
    """The strongly connected parts, each after those it refers to (Kosaraju's way)."""
    backwards: dict[str, list[str]] = {name: [] for name in graph}
    for name, further in graph.items():
        for each in further:
            backwards[each].append(name)
    order = _finished(backwards, graph, set())
    seen: set[str] = set()
    parts = (_finished(graph, [name], seen) for name in reversed(order))
    return [part for part in parts if part]


def _finished(graph: Graph, roots: Iterable[str], seen: set[str]) -> list[str]:
    """What the roots lead to and is not seen yet, each after what it leads to itself."""
    made: list[str] = []
    for root in roots:
        stack = [] if root in seen else [(root, iter(graph[root]))]
        seen.add(root)
        while stack:
            name, further = stack[-1]
            for following in further:
                if following not in seen:
                    seen.add(following)
                    stack.append((following, iter(graph[following])))
                    break
            else:
                made.append(name)
                stack.pop()
    return made
