"""One OpenAPI and one AsyncAPI document → one API, whose operations have both carriers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from generator.likeness import alike
from generator.load import Documents, load
from generator.model import Api, Schema, Tag
from generator.problems import Place, Problem, Refused
from generator.rules.walk import every, tops

FORMATS = ("openapi", "asyncapi")


def loaded(specs: Sequence[Path]) -> tuple[Documents, list[str]]:
    """The documents of an API and their names; an OpenAPI document becomes the entry."""
    documents = load(specs[0])
    entries = [documents.entry, *(documents.open(spec) for spec in specs[1:])]
    first: dict[str, str] = {}
    for entry in entries[1:]:
        first.setdefault(format_of(documents, entries[0]), entries[0])
        form = format_of(documents, entry)
        if form in first:
            raise Refused([twice(entry, form, first[form])], documents)
        first[form] = entry
    documents.entry = first.get("openapi", entries[0])
    return documents, entries


def wholes(specs: Sequence[Path]) -> list[list[Path]]:
    """The documents by the API that they describe: two of different formats are one."""
    apart = [[spec] for spec in specs]
    if len(specs) != 2:
        return apart
    try:
        loaded(specs)
    except (Refused, OSError):
        return apart
    return [list(specs)]


def format_of(documents: Documents, entry: str) -> str:
    """The word that a document begins with; an AsyncAPI document is never taken for another."""
    root = documents.roots[entry]
    words = (word for word in FORMATS if isinstance(root, dict) and word in root)
    return next(words, "openapi")


def twice(entry: str, form: str, other: str) -> Problem:
    name = "OpenAPI" if form == "openapi" else "AsyncAPI"
    return Problem(
        "same-format",
        Place(entry, (form,)),
        f"this is an {name} document, and so is {other}",
        "give one OpenAPI and one AsyncAPI document, or build each by itself",
    )


def merged(apis: Sequence[Api]) -> Api:
    """The API that several documents describe; what the first says of itself counts."""
    first, *others = apis
    for other in others:
        first = both(first, other)
    return first


def both(one: Api, other: Api) -> Api:
    renamed = same_components(one, other)
    point_at(other, renamed)
    kept = {key: s for key, s in other.schemas.items() if key not in renamed}
    http = one if one.format == "openapi" else other
    return replace(
        one,
        format=http.format,
        spec_version=http.spec_version,
        python_name=one.python_name or other.python_name,
        summary=one.summary or other.summary,
        description=one.description or other.description,
        terms_of_service=one.terms_of_service or other.terms_of_service,
        contact=one.contact or other.contact,
        license=one.license or other.license,
        base=one.base or other.base,
        servers=(*one.servers, *other.servers),
        tags=united(one.tags, other.tags),
        operations=(*one.operations, *other.operations),
        webhooks=(*one.webhooks, *other.webhooks),
        schemas={**one.schemas, **kept},
        schemes={**other.schemes, **one.schemes},
        channels=(*one.channels, *other.channels),
        exchanges=(*one.exchanges, *other.exchanges),
        messaging_version=one.messaging_version or other.messaging_version,
    )


def united(ones: Iterable[Tag], others: Iterable[Tag]) -> tuple[Tag, ...]:
    """Both, without what is there twice."""
    return tuple(dict.fromkeys([*ones, *others]))


def same_components(one: Api, other: Api) -> dict[str, str]:
    """Keys of the other's schemas → the key of the first's schema that is the same."""
    by_name = {s.name: key for key, s in one.schemas.items() if s.name is not None}
    found: dict[str, str] = {}
    for key, schema in other.schemas.items():
        near = key if key in one.schemas else by_name.get(schema.name or "")
        if near is not None and alike(
            one.schemas[near], one.schemas, schema, other.schemas
        ):
            found[key] = near
    return found


def point_at(api: Api, renamed: dict[str, str]) -> None:
    """Let the $refs of an API lead to the schemas that are kept; nobody has seen them yet."""
    marked = [
        *(operation.processing for operation in api.operations),
        *(exchange.processing for exchange in api.exchanges),
    ]
    shown = (each.progress for each in marked if each.progress is not None)
    for schema in every([*tops(api), *shown]):
        if schema.ref in renamed:
            object.__setattr__(schema, "ref", renamed[schema.ref])
        if schema.discriminator is not None:
            point_discriminator(schema, renamed)


def point_discriminator(schema: Schema, renamed: dict[str, str]) -> None:
    told = schema.discriminator
    assert told is not None
    mapping = {value: renamed.get(key, key) for value, key in told.mapping.items()}
    default = renamed.get(told.default or "", told.default)
    changed = replace(told, mapping=mapping, default=default)
    object.__setattr__(schema, "discriminator", changed)
