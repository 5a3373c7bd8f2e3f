"""An AsyncAPI document of version 2.0 to 2.6, 3.0 or 3.1 → `model.Api`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from generator.channels import Exchange
from generator.model import Api, Tag
from generator.problems import Place, Problem
from generator.read.channels import Channels
from generator.read.exchanges import Exchanges
from generator.read.formats import FormatSchemas
from generator.read.messages import Messages
from generator.read.node import Documents, Node, Source
from generator.read.operations import mapping
from generator.read.processing import Markings
from generator.read.servers import Security, Servers

WORDS = (3, 1)
"""Schemas of AsyncAPI are JSON Schema, as those of OpenAPI 3.1 are."""


def read(documents: Documents, entry: str | None = None) -> tuple[Api, list[Problem]]:
    """What the documents say, and what is wrong with the way they say it.

    Expects documents that have their shape; what has another shape counts as absent, since `shape` reports it.
    """
    entry = entry or documents.entry
    document = Node(Place(entry), documents.roots[entry])
    source = Source(documents, WORDS)
    api = read_document(source, document)
    return api, source.problems


def read_document(source: Source, document: Node) -> Api:
    """Read components first, so that they come first; then whatever uses them."""
    components = document.get("components") or Node(document.at, {})
    schemas = FormatSchemas(source)
    schemas.components(components.entries("schemas"), encodable=False)
    markings = Markings(source, schemas)
    base = markings.root(document)
    security = Security(source, components)
    servers = Servers(source, security, document)
    messages = Messages(source, schemas, is_newer(document), document)
    channels = Channels(source, messages, servers)
    exchanges = Exchanges(source, messages, channels, security, markings)
    api = replace(
        about(source, document),
        base=base,
        servers=tuple(servers.named.values()),
        schemas=schemas.named,
        schemes=security.schemes,
        exchanges=tuple(read_exchanges(document, channels, exchanges)),
        channels=channels.all,
    )
    schemas.components(components.entries("schemas"), encodable=True)
    schemas.finish()
    return api


def read_exchanges(
    document: Node, channels: Channels, exchanges: Exchanges
) -> Iterator[Exchange]:
    """The operations; in 3.x after the channels, which they only refer to."""
    if not is_newer(document):
        return exchanges.of_channels(document)
    for name, channel in document.entries("channels"):
        channels.at(channel, name)
    return exchanges.of(document)


def is_newer(document: Node) -> bool:
    """Whether a document is of 3.x, in which operations stand beside channels."""
    return not (document.text("asyncapi") or "").startswith("2.")


def about(source: Source, document: Node) -> Api:
    """What a document says of the API as a whole."""
    info = document.get("info") or Node(document.at, {})
    version = document.text("asyncapi") or ""
    return Api(
        at=document.at,
        format="asyncapi",
        spec_version=version,
        messaging_version=version,
        title=source.written(info, "title"),
        version=source.written(info, "version"),
        python_name=info.text("x-python-name"),
        description=info.text("description"),
        terms_of_service=info.text("termsOfService"),
        contact=mapping(info.get("contact")),
        license=mapping(info.get("license")),
        tags=tuple(tags(source, info if is_newer(document) else document)),
    )


def tags(source: Source, node: Node) -> list[Tag]:
    """The document's tags."""
    return [
        Tag(name=name, description=tag.text("description"))
        for each in node.each("tags")
        if (name := (tag := source.follow(each)).text("name")) is not None
    ]
