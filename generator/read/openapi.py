"""An OpenAPI document of version 3.0, 3.1 or 3.2 → `model.Api`."""

from __future__ import annotations

import re

from generator.model import Api, Tag
from generator.problems import Place, Problem
from generator.read.content import Contents
from generator.read.node import Documents, Node, Source
from generator.read.operations import Operations, mapping, servers
from generator.read.path_items import entries
from generator.read.processing import IDLE, Markings
from generator.read.schema import Schemas
from generator.read.security import requirements, schemes

NEWEST = (3, 2)


def read(documents: Documents, entry: str | None = None) -> tuple[Api, list[Problem]]:
    """What the documents say, and what is wrong with the way they say it.

    Expects documents that have their shape; what has another shape counts as absent, since `shape` reports it.
    """
    entry = entry or documents.entry
    document = Node(Place(entry), documents.roots[entry])
    source = Source(documents, version_of(document))
    api = read_document(source, document)
    return api, source.problems


def read_document(source: Source, document: Node) -> Api:
    """Read components first, so that they come first; then whatever uses them."""
    schemas = Schemas(source)
    components = document.get("components") or Node(document.at, {})
    for name, schema in components.entries("schemas"):
        schemas.component(name, schema)
    contents, markings = Contents(source, schemas), Markings(source, schemas, IDLE)
    base = markings.root(document)
    security = requirements(document.get("security"))
    found = entries(source, document.patterned("paths"))
    known = schemes(source, components.entries("securitySchemes"))
    operations = Operations(source, contents, markings, security, known, found)
    about = document.get("info") or Node(document.at, {})
    api = Api(
        at=document.at,
        format="openapi",
        spec_version=document.text("openapi") or "",
        title=source.written(about, "title"),
        version=source.written(about, "version"),
        python_name=about.text("x-python-name"),
        summary=about.text("summary"),
        description=about.text("description"),
        terms_of_service=about.text("termsOfService"),
        contact=mapping(about.get("contact")),
        license=mapping(about.get("license")),
        base=base,
        servers=servers(document),
        tags=tuple(tags(document)),
        operations=tuple(operations.operation(entry) for entry in found),
        webhooks=tuple(operations.webhooks(document.entries(webhooks_key(document)))),
        schemas=schemas.named,
        schemes=known,
    )
    schemas.finish()
    return api


def version_of(document: Node) -> tuple[int, int]:
    """Major and minor version; the shape refuses what is no version."""
    found = re.match(r"(\d+)\.(\d+)", document.text("openapi") or "")
    return (int(found[1]), int(found[2])) if found else NEWEST


def webhooks_key(document: Node) -> str:
    """3.0 has no webhooks, but a custom of naming them (ReDoc)."""
    return "webhooks" if "webhooks" in document else "x-webhooks"


def tags(document: Node) -> list[Tag]:
    """The document's tags."""
    return [
        Tag(
            name=name,
            summary=node.text("summary"),
            description=node.text("description"),
            parent=node.text("parent"),
            kind=node.text("kind"),
        )
        for node in document.each("tags")
        if (name := node.text("name")) is not None
    ]
