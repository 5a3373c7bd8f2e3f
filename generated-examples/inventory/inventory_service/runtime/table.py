"""The router: a list of Starlette's routes, looked up by a table instead of one after the other.

Segments are compared before percent-decoding, so an encoded slash is part of a parameter.
Whatever is no plain `Route` (a mount, a WebSocket) is left to Starlette's own router.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import iscoroutinefunction
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import Receive, Scope, Send

from .origins import encoded_path
from .problem import HttpProblem

PARAMETER = re.compile(r"\{([^{}]+)\}")


class Parted(Route):
    """A route with parameters between which nothing stands.

    `parts` are regular expressions, without groups, of what some of them may be.
    """

    def __init__(
        self,
        path: str,
        endpoint: Callable[[Request], Awaitable[Response]],
        *,
        methods: list[str],
        parts: Mapping[str, str],
    ) -> None:
        super().__init__(path, endpoint, methods=methods)
        self.parts = parts


Found = tuple[Route, Mapping[str, str]]
"""A route and the parts of the path, still percent-encoded."""


@dataclass(slots=True)
class Node:
    """What may follow a path's beginning: known segments, patterns, or the end."""

    known: dict[str, Node] = field(default_factory=dict)
    patterns: list[tuple[re.Pattern[str], Node]] = field(default_factory=list)
    free: Node | None = None
    """What follows a segment that is one parameter, whatever it says."""
    routes: dict[str, tuple[Route, tuple[str, ...]]] = field(default_factory=dict)
    """By method: the route, and the names of its parameters."""

    def known_child(self, segment: str) -> Node:
        return self.known.setdefault(unquote(segment), Node())

    def pattern_child(self, pattern: re.Pattern[str]) -> Node:
        for present, node in self.patterns:
            if present.pattern == pattern.pattern:
                return node
        node = Node()
        self.patterns.append((pattern, node))
        # `{id}:cancel` is asked before `{id}{more}`.
        self.patterns.sort(key=lambda one: -len(one[0].pattern))
        return node

    def add(self, segment: str, parts: Mapping[str, str]) -> Node:
        """The node behind a segment of a route's path."""
        if not PARAMETER.search(segment):
            return self.known_child(segment)
        if PARAMETER.fullmatch(segment):
            self.free = self.free or Node()
            return self.free
        texts = PARAMETER.split(segment)
        texts[::2] = map(spellings, texts[::2])
        texts[1::2] = (f"({parts.get(name, '.+')})" for name in texts[1::2])
        return self.pattern_child(re.compile("".join(texts)))


End = tuple[Node, tuple[str, ...]]
"""Where a path ends, and the texts of its parameters."""


def spellings(text: str) -> str:
    """A pattern for every way to percent-encode a text."""
    return "".join(spelling(letter) for letter in unquote(text))


def spelling(letter: str) -> str:
    encoded = "".join(f"%{byte:02X}" for byte in letter.encode())
    return f"(?:{re.escape(letter)}|(?i:{encoded}))"


class Table(Router):
    """Starlette's Router with another way to find a plain route."""

    def __init__(self, routes: Sequence[BaseRoute], **options: object) -> None:
        super().__init__(routes, redirect_slashes=False, **options)  # type: ignore[arg-type]
        self.root, self.others = Node(), Router(redirect_slashes=False)
        self.whole: dict[str, End] = {}
        """The ends of the paths that have no parameters."""
        self.built_from = 0

    def build(self) -> None:
        """Sorts the routes into the table, once more when some were added."""
        self.root, self.whole = Node(), {}
        self.others.routes = [one for one in self.routes if not is_plain(one)]
        plain = [one for one in self.routes if isinstance(one, Route) and is_plain(one)]
        # A GET answers HEAD too, unless there is a route for that.
        for route in sorted(plain, key=lambda one: one.methods != {"HEAD"}):
            node = enter(self.root, route)
            if "{" not in route.path:
                self.whole[route.path] = node, ()
        self.built_from = len(self.routes)

    def find(self, path: str, method: str) -> Found | frozenset[str]:
        """The route of an encoded path, or the methods that the path has."""
        if self.built_from != len(self.routes):
            self.build()
        node, values = self.whole.get(path) or lookup(self.root, path)
        if method not in node.routes:
            return frozenset(node.routes)
        route, names = node.routes[method]
        return route, dict(zip(names, values, strict=True))

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().app(scope, receive, send)
            return
        found = self.find(encoded_path(scope), scope["method"])
        if isinstance(found, tuple):
            scope["route"], scope["path_params"] = found
            # Nothing but the response is kept while it is sent: it may be a long stream.
            response = await found[0].endpoint(Request(scope, receive, send))
            del found
            await response(scope, receive, send)
        elif found:
            allowed = ", ".join(sorted(found))
            raise HttpProblem(405, headers={"Allow": allowed})
        elif self.others.routes:
            await self.others(scope, receive, send)
        else:
            raise HttpProblem(404)


def is_plain(route: BaseRoute) -> bool:
    """Whether a route is an `async def` at a path without Starlette's converters."""
    if not isinstance(route, Route) or not iscoroutinefunction(route.endpoint):
        return False
    return not any(":" in name for name in PARAMETER.findall(route.path))


def enter(root: Node, route: Route) -> Node:
    """Adds a route under each of its methods; the first of two equal ones stays."""
    node = root
    parts = route.parts if isinstance(route, Parted) else {}
    for segment in route.path.split("/")[1:]:
        node = node.add(segment, parts)
    names = tuple(PARAMETER.findall(route.path))
    for method in route.methods or {"GET"}:
        node.routes.setdefault(method, (route, names))
    return node


def lookup(root: Node, path: str) -> End:
    """The closest path decides (OpenAPI: Path Templating), even where another has the method.

    Known segments come before patterns; a path that fails further on is tried another way.
    """
    segments = path.split("/")
    waiting: list[tuple[Node, int, tuple[str, ...]]] = [(root, 1, ())]
    while waiting:
        node, index, values = waiting.pop()
        if index == len(segments):
            if node.routes:
                return node, values
            continue
        segment = segments[index]
        index += 1
        # What is closest is put there last, to be taken first.
        if node.free and segment:
            waiting.append((node.free, index, (*values, segment)))
        if node.patterns:
            waiting += matches(node, segment, index, values)
        known = node.known.get(segment)
        if known is None and "%" in segment:
            known = node.known.get(unquote(segment))
        if known:
            waiting.append((known, index, values))
    return Node(), ()


def matches(
    node: Node, segment: str, index: int, values: tuple[str, ...]
) -> Iterator[tuple[Node, int, tuple[str, ...]]]:
    """What the patterns that a segment fits lead to, the closest of them last."""
    for pattern, child in reversed(node.patterns):
        match = pattern.fullmatch(segment)
        if match:
            yield child, index, values + match.groups()
