"""Ways through the model that several rules take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.channels import Message
from generator.model import Api, MediaType, Operation, Schema


def sent_too(api: Api) -> Iterator[Operation]:
    """Every operation: the API's own, and what callbacks and webhooks send."""
    stack = [each.operation for each in reversed(api.webhooks)]
    stack += reversed(api.operations)
    while stack:
        operation = stack.pop()
        yield operation
        stack.extend(each.operation for each in reversed(operation.callbacks))


INSIDE = frozenset(
    "properties pattern_properties dependent_schemas prefix_items all_of any_of one_of "
    "items additional contains not_ if_ then else_ content_schema property_names "
    "unevaluated_items unevaluated_properties".split()
)


def children(schema: Schema) -> list[Schema]:
    """The schemas directly inside a schema."""
    if INSIDE.isdisjoint(vars(schema)):
        return []
    named = (*schema.pattern_properties, *schema.dependent_schemas)
    single = (
        schema.items,
        schema.additional,
        schema.contains,
        schema.not_,
        schema.if_,
        schema.then,
        schema.else_,
        schema.content_schema,
        schema.property_names,
        schema.unevaluated_items,
        schema.unevaluated_properties,
    )
    return [
        *[each.schema for each in schema.properties],
        *[each for _, each in named],
        *schema.prefix_items,
        *schema.all_of,
        *schema.any_of,
        *schema.one_of,
        *[each for each in single if each is not None],
    ]


def media_types(operation: Operation) -> Iterator[MediaType]:
    """Every media type of a request and its responses."""
    if operation.body is not None:
        yield from operation.body.contents
    for response in operation.responses:
        yield from response.contents
        yield from (h.content for h in response.headers if h.content is not None)
    yield from (p.content for p in operation.parameters if p.content is not None)


def tops(api: Api) -> Iterator[Schema]:
    """The schemas that stand outside any other."""
    yield from api.schemas.values()
    for operation in sent_too(api):
        yield from (p.schema for p in operation.parameters if p.schema is not None)
        for response in operation.responses:
            yield from (h.schema for h in response.headers if h.schema is not None)
        for media_type in media_types(operation):
            both = (media_type.schema, media_type.item_schema)
            yield from (each for each in both if each is not None)
    for message in messages(api):
        parts = (message.payload, message.headers)
        yield from (each for each in parts if each is not None)


def messages(api: Api) -> tuple[Message, ...]:
    """Every kind of message, of channels, exchanges and their replies, each once."""
    found: dict[Message, None] = {}
    for channel in api.channels:
        found.update(dict.fromkeys(channel.messages))
    for exchange in api.exchanges:
        found.update(dict.fromkeys(exchange.messages))
        if exchange.reply is not None:
            found.update(dict.fromkeys(exchange.reply.messages))
    return tuple(found)


def every(start: Iterable[Schema]) -> Iterator[Schema]:
    """Schemas with all that is inside them, each once; $refs are not walked through."""
    seen: set[Schema] = set()
    stack = list(start)[::-1]
    while stack:
        schema = stack.pop()
        if schema not in seen:
            seen.add(schema)
            yield schema
            stack += children(schema)[::-1]


_LAST: list[tuple[Api, list[Schema]]] = []


def everywhere(api: Api) -> list[Schema]:
    """Every schema of an API, each once; of the last API they are remembered, for many rules ask."""
    if not _LAST or _LAST[0][0] is not api:
        _LAST[:] = [(api, list(every(tops(api))))]
    return _LAST[0][1]


def saying(api: Api, *words: str) -> Iterator[Schema]:
    """The schemas of an API that may say one of these: a rule about some looks at no others."""
    wanted = frozenset(words)
    return (s for s in everywhere(api) if not vars(s).keys().isdisjoint(wanted))


def resolved(api: Api, schema: Schema) -> list[Schema]:
    """A schema with what its $ref and allOf bring, and the alternatives it leaves open."""
    found: dict[int, Schema] = {}
    stack = [schema]
    while stack:
        each = stack.pop()
        if id(each) in found:
            continue
        found[id(each)] = each
        if each.ref is not None and each.ref in api.schemas:
            stack.append(api.schemas[each.ref])
        stack.extend((*each.all_of, *each.any_of, *each.one_of))
        stack.extend(s for s in (each.then, each.else_) if s is not None)
    return list(found.values())
