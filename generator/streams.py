"""Operations that answer with a stream: which they are, and what each item of it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Literal

from generator.model import Api, Json, MediaType, Operation, Response, Schema
from generator.value import dataclass

Form = Literal["events", "lines", "sequence"]

MANY = 1000
"""How many media types are remembered: an API has few, and each is asked of often."""

EVENTS = "text/event-stream"
LINES = frozenset(
    "application/jsonl application/x-jsonl application/jsonlines "
    "application/x-jsonlines application/ndjson application/x-ndjson".split()
)
ENVELOPE = frozenset({"data", "event", "id", "retry"})
"""The fields of a server-sent event (OpenAPI 3.2 §4.14.3)."""


@dataclass(frozen=True, slots=True)
class Datum:
    """What an item carries; `is_text` where it is text as it is, not JSON.

    An event's has the names of the events that carry it; without any, it is every event's.
    """

    schema: Schema | None
    is_text: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Items:
    """The items of one sequential media type."""

    content: MediaType
    form: Form
    data: tuple[Datum, ...]
    is_envelope: bool = False
    """Whether the document describes whole events, and so gives names and ids to them."""


@dataclass(frozen=True, slots=True)
class Stream:
    """The success response that is a stream, and its items by media type."""

    response: Response
    items: tuple[Items, ...]


@lru_cache(MANY)
def form_of(content_type: str) -> Form | None:
    """How a sequential media type separates its items; None for any other."""
    name = content_type.partition(";")[0].strip().lower()
    if name == EVENTS:
        return "events"
    if name in LINES:
        return "lines"
    is_sequence = name == "application/json-seq" or name.endswith("+json-seq")
    return "sequence" if is_sequence else None


def stream_response(operation: Operation) -> Response | None:
    """The first success all of whose representations are sequential."""
    for response in operation.responses:
        if stream_contents(response) and response.is_success:
            return response
    return None


def stream_contents(response: Response) -> bool:
    """Whether a response is sequential in each of its representations."""
    for content in response.contents:
        if form_of(content.content_type) is None:
            return False
    return bool(response.contents)


def streams(operation: Operation) -> bool:
    """Whether an operation answers with a stream."""
    return _streamed(operation) is not None


def _streamed(operation: Operation) -> Response | None:
    response = stream_response(operation)
    return None if response is None or operation.is_async else response


def sends_events(operation: Operation) -> bool:
    """Whether an operation answers with server-sent events, which callers may resume."""
    response = _streamed(operation)
    contents = response.contents if response is not None else ()
    return any(form_of(one.content_type) == "events" for one in contents)


def adds_last_event(operation: Operation) -> bool:
    """Whether its callers may say which event they saw last, where no parameter does."""
    return sends_events(operation) and not any(
        one.location == "header" and one.name.lower() == "last-event-id"
        for one in operation.parameters
    )


def stream_of(operation: Operation, api: Api) -> Stream | None:
    """The stream that an operation answers with, if it does."""
    response = _streamed(operation)
    if response is None:
        return None
    return Stream(response, tuple(_items(one, api) for one in response.contents))


def _items(content: MediaType, api: Api) -> Items:
    form = form_of(content.content_type)
    assert form is not None
    if form == "events":
        data = tuple(_events(content, api.schemas))
        if data:
            return Items(content, form, data, is_envelope=True)
    schema = item_schema(content, api.spec_version)
    is_text = form == "events" and _is_text(schema, api.schemas)
    return Items(content, form, (Datum(schema, is_text),))


def item_schema(content: MediaType, version: str) -> Schema | None:
    """The schema of each item.

    Before 3.2 there was only `schema`, read as the item's; in 3.2 that is the schema of
    all items as an array (OpenAPI 3.2 §4.14.3).
    """
    schema = content.schema
    if content.item_schema is not None or schema is None:
        return content.item_schema
    if not version.startswith(("3.0", "3.1")) and schema.items is not None:
        return schema.items
    return schema


# Events that the document describes whole


def _events(content: MediaType, schemas: Mapping[str, Schema]) -> Iterator[Datum]:
    """What the described events carry; nothing where a schema describes data alone."""
    schema = content.item_schema or content.schema
    if schema is None:
        return
    layers = _layers(schema, schemas)
    known = _properties(layers)
    choices = [one for layer in layers for one in (*layer.one_of, *layer.any_of)]
    chosen = [_properties(_layers(one, schemas)) for one in choices]
    names = set(known).union(*chosen)
    if "data" not in names or not names <= ENVELOPE:
        return
    if content.item_schema is None and not names & {"event", "retry"}:
        return  # {id, data} may as well be what an event carries
    for properties in chosen or [known]:
        yield _datum({**known, **properties}, known, schemas)


def _datum(
    properties: Mapping[str, Schema],
    known: Mapping[str, Schema],
    schemas: Mapping[str, Schema],
) -> Datum:
    data, event = properties.get("data"), properties.get("event")
    told = _layers(event, schemas) if event is not None else []
    names = tuple(str(each) for one in told for each in one.enum or _constant(one))
    if data is None:
        return Datum(None, True, names)
    for layer in (*_layers(data, schemas), *_base(known, schemas)):
        if layer.content_schema is not None:
            return Datum(layer.content_schema, False, names)
        if "json" in (layer.content_media_type or ""):
            return Datum(None, False, names)
    return Datum(data, not _is_structured(data, schemas), names)


def _is_structured(data: Schema, schemas: Mapping[str, Schema]) -> bool:
    """Whether an event's data, text by nature, is described as what its JSON says."""
    return any(
        set(one.types) - {"string"} or one.properties or one.one_of or one.any_of
        for one in _layers(data, schemas)
    )


def _base(known: Mapping[str, Schema], schemas: Mapping[str, Schema]) -> list[Schema]:
    return _layers(known["data"], schemas) if "data" in known else []


def _constant(schema: Schema) -> tuple[Json, ...]:
    return (schema.const,) if isinstance(schema.const, str) else ()


def _is_text(schema: Schema | None, schemas: Mapping[str, Schema]) -> bool:
    layers = _layers(schema, schemas) if schema is not None else []
    return any(set(layer.types) == {"string"} for layer in layers)


def _properties(layers: list[Schema]) -> dict[str, Schema]:
    return {one.name: one.schema for layer in layers for one in layer.properties}


def _layers(schema: Schema, schemas: Mapping[str, Schema]) -> list[Schema]:
    """A schema with all that its $ref and allOf add to it."""
    found: dict[str, Schema] = {}
    waiting = [schema]
    while waiting:
        one = waiting.pop()
        if one.key not in found:
            found[one.key] = one
            waiting += one.all_of
            if one.ref is not None and one.ref in schemas:
                waiting.append(schemas[one.ref])
    return list(found.values())
