"""Security schemes and requirements → the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from generator.model import Json, Need, Requirement, Scheme
from generator.read.node import Node, Source

Type = Literal["apiKey", "http", "oauth2", "openIdConnect", "mutualTLS"]
Location = Literal["query", "header", "cookie"]
TYPES: Mapping[str, Type] = {
    "apiKey": "apiKey",
    "http": "http",
    "oauth2": "oauth2",
    "openIdConnect": "openIdConnect",
    "mutualTLS": "mutualTLS",
}
LOCATIONS: Mapping[str, Location] = {
    "query": "query",
    "header": "header",
    "cookie": "cookie",
}


def schemes(source: Source, nodes: Iterator[tuple[str, Node]]) -> dict[str, Scheme]:
    """The security schemes of components, by name."""
    found = (scheme(name, node) for name, node in source.followed(nodes))
    return {each.name: each for each in found if each is not None}


def scheme(name: str, node: Node) -> Scheme | None:
    """One security scheme; None if its type is unknown, which the shape refuses."""
    kind = TYPES.get(node.text("type") or "")
    if kind is None:
        return None
    word = node.text("scheme")
    return Scheme(
        at=node.at,
        name=name,
        type=kind,
        description=node.text("description"),
        parameter=node.text("name"),
        location=LOCATIONS.get(node.text("in") or ""),
        scheme=None if word is None else word.lower(),
        bearer_format=node.text("bearerFormat"),
        metadata_url=node.text("oauth2MetadataUrl"),
        openid_url=node.text("openIdConnectUrl"),
        flows=flows(node),
        deprecated=node.flag("deprecated"),
        python_name=node.text("x-python-name"),
    )


def flows(node: Node) -> dict[str, Json]:
    return {name: flow.value for name, flow in node.patterned("flows")}


def requirements(node: Node | None) -> tuple[Requirement, ...]:
    """The alternatives of a `security` list; none if it is absent or empty."""
    found = node.value if node is not None and isinstance(node.value, list) else []
    return tuple(requirement(each) for each in found if isinstance(each, dict))


def requirement(value: dict[str, Json]) -> Requirement:
    """Schemes that must all be satisfied."""
    return tuple(
        Need(
            scheme=name,
            scopes=(
                tuple(str(each) for each in scopes) if isinstance(scopes, list) else ()
            ),
        )
        for name, scopes in value.items()
    )
