"""Servers of AsyncAPI, and the security schemes that they ask for → the model."""

from __future__ import annotations


from generator.model import Json, Need, Requirement, Scheme, Server
from generator.problems import Place, Problem
from generator.read.bindings import bindings
from generator.read.node import Node, Source
from generator.read.security import flows, requirements
from generator.read.security import scheme as read_scheme


class Security:
    """Reads what callers, or the application itself, must show; each scheme is found by its name."""

    def __init__(self, source: Source, components: Node) -> None:
        self.schemes: dict[str, Scheme] = {}
        """Those that a request over HTTP or a WebSocket can satisfy."""
        self._source = source
        self._brokers: set[str] = set()
        self._names: dict[Place, str] = {}
        for name, node in components.entries("securitySchemes"):
            self._take(name, source.follow(node))

    def of(self, node: Node, owner: str) -> tuple[Requirement, ...]:
        """The alternatives of a `security` list: names (2.x), or schemes and references to them (3.x)."""
        found = []
        for each in node.each("security"):
            way = self._way(each, owner)
            if way is not None:
                found.append(way)
        return tuple(found)

    def _way(self, node: Node, owner: str) -> Requirement | None:
        if "$ref" in node or "type" in node:
            return self._referred(node, owner)
        needs = requirements(Node(node.at, [node.value]))
        known = [need for way in needs for need in way if self._is_known(node, need)]
        return tuple(known) if known or not node.value else None

    def _is_known(self, node: Node, need: Need) -> bool:
        if need.scheme in self._brokers:
            self._source.report(credentials(node, need.scheme))
            return False
        if need.scheme not in self.schemes:
            self._source.report(unknown(node.at, need.scheme, list(self.schemes)))
        return need.scheme in self.schemes

    def _referred(self, node: Node, owner: str) -> Requirement | None:
        followed = self._source.follow(node)
        name = self._names.get(followed.at)
        if name is None:
            ref = node.text("$ref")
            name = self._free(ref.rpartition("/")[2] if ref else f"{owner}Security")
            self._take(name, followed)
        if name not in self.schemes:
            self._source.report(credentials(node, name))
            return None
        return (Need(scheme=name, scopes=followed.texts("scopes")),)

    def _take(self, name: str, node: Node) -> None:
        self._names.setdefault(node.at, name)
        scheme = read_carried(name, node)
        if scheme is None:
            self._brokers.add(name)
        else:
            self.schemes[name] = scheme

    def _free(self, name: str) -> str:
        free, count = name, 1
        while free in self.schemes or free in self._brokers:
            count += 1
            free = f"{name}{count}"
        return free


def read_carried(name: str, node: Node) -> Scheme | None:
    """A scheme that a request can satisfy; None for what only a broker asks for, which its URL holds."""
    kind = node.text("type")
    if kind not in ("httpApiKey", "http", "oauth2", "openIdConnect"):
        return None
    value = dict(node.value) if isinstance(node.value, dict) else {}
    value["type"] = "apiKey" if kind == "httpApiKey" else kind
    value["flows"] = {k: scoped(flow) for k, flow in flows(node).items()}
    return read_scheme(name, Node(node.at, value))


def scoped(flow: Json) -> Json:
    """A flow of OAuth, whose scopes 3.x calls availableScopes."""
    if not isinstance(flow, dict):
        return None
    return {"scopes" if k == "availableScopes" else k: v for k, v in flow.items()}


def unknown(at: Place, name: str, known: list[str]) -> Problem:
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1)
    return Problem(
        "unknown-security-scheme",
        (at / name).key(),
        f'there is no security scheme "{name}"',
        f"did you mean {near[0]}?" if near else "add it to components.securitySchemes",
    )


def credentials(node: Node, name: str) -> Problem:
    return Problem(
        "broker-credentials",
        node.at,
        f'it is the broker that asks for "{name}", not the service',
        "put them into BROKER_URL, such as amqp://user:password@host",
        "hint",
    )


class Servers:
    """Reads the servers of one document, each once."""

    def __init__(self, source: Source, security: Security, document: Node) -> None:
        self._source = source
        self._security = security
        self._known: dict[Place, Server] = {}
        self.named: dict[str, Server] = {
            name: self._read(name, node) for name, node in document.entries("servers")
        }

    def of(self, channel: Node) -> tuple[Server, ...]:
        """The servers that have a channel: those it names, else all."""
        found = [self._one(node) for node in channel.each("servers")]
        some = tuple(server for server in found if server is not None)
        return some or tuple(self.named.values())

    def _one(self, node: Node) -> Server | None:
        if isinstance(node.value, str):
            if node.value not in self.named:
                self._source.report(unknown_server(node, list(self.named)))
            return self.named.get(node.value)
        return self._known.get(self._source.follow(node).at)

    def _read(self, name: str, node: Node) -> Server:
        node = self._source.follow(node)
        if node.at not in self._known:
            self._known[node.at] = self._server(name, node)
        return self._known[node.at]

    def _server(self, name: str, node: Node) -> Server:
        variables = self._source.followed(node.entries("variables"))
        protocol = node.text("protocol")
        return Server(
            at=node.at,
            url=url_of(node, (protocol or "amqp").lower()),
            name=name,
            description=node.text("description"),
            variables=tuple(
                (key, each.text("default") or "", each.texts("enum"))
                for key, each in variables
            ),
            protocol=None if protocol is None else protocol.lower(),
            protocol_version=self._source.written(node, "protocolVersion") or None,
            security=self._security.of(node, name),
            bindings=bindings(self._source, node),
        )


def url_of(node: Node, protocol: str) -> str:
    """Where a server is: 2.x says a URL, often without its scheme, 3.x its parts."""
    url = node.text("url")
    if url is None:
        url = f"{node.text('host') or ''}{node.text('pathname') or ''}"
    return url if "://" in url else f"{protocol}://{url}"


def unknown_server(node: Node, known: list[str]) -> Problem:
    return Problem(
        "unknown-server",
        node.at,
        f'there is no server "{node.value}"',
        f"the servers are {', '.join(known)}" if known else "add it to servers",
    )
