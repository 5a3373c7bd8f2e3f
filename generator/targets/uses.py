"""Where schemas stand in the operations of an API, and what a model there would be called."""

from __future__ import annotations

from collections.abc import Iterator

from generator.channels import Message
from generator.model import Api, MediaType, Operation, Schema
from generator.python import pascal
from generator.streams import Stream, stream_of
from generator.targets.directions import Direction, used_messages


def uses(api: Api) -> Iterator[tuple[Schema, str, Direction]]:
    """Where schemas stand in operations: each with the name that a model there would get."""
    for operation in api.operations:
        yield from _operation_uses(api, operation, pascal(operation.id), "in", "out")
        for callback in operation.callbacks:
            hint = pascal(operation.id) + pascal(callback.name)
            yield from _operation_uses(api, callback.operation, hint, "out", "in")
    for webhook in api.webhooks:
        yield from _operation_uses(
            api, webhook.operation, pascal(webhook.name), "out", "in"
        )
    yield from _message_uses(api)


def _message_uses(api: Api) -> Iterator[tuple[Schema, str, Direction]]:
    for message, direction in used_messages(api):
        hint = message_hint(message)
        if message.payload is not None:
            yield message.payload, hint, direction
        if message.headers is not None:
            yield message.headers, f"{hint}Headers", direction
    for exchange in api.exchanges:
        if exchange.processing.progress is not None:
            yield exchange.processing.progress, f"{pascal(exchange.id)}Progress", "out"


def message_hint(message: Message) -> str:
    """LightMeasured, from the message's name."""
    return pascal(message.python_name or message.name, "Message")


def _operation_uses(
    api: Api, operation: Operation, hint: str, asked: Direction, answered: Direction
) -> Iterator[tuple[Schema, str, Direction]]:
    for parameter in operation.parameters:
        name = hint + pascal(parameter.name)
        for schema in (parameter.schema, *_schemas_of((parameter.content,))):
            if schema is not None:
                yield schema, name, asked
    if operation.body is not None:
        for schema in _schemas_of(operation.body.contents):
            yield schema, hint + "Body", asked
    stream = stream_of(operation, api)
    for response in operation.responses:
        name = hint + pascal(response.status, "Response").removeprefix("Response")
        if stream is not None and response is stream.response:
            yield from _item_uses(stream, hint)
        else:
            for schema in _schemas_of(response.contents):
                yield schema, name, answered
        for header in response.headers:
            for one in (header.schema, *_schemas_of((header.content,))):
                if one is not None:
                    yield one, name + pascal(header.name), answered
    if operation.processing.progress is not None:
        yield operation.processing.progress, hint + "Progress", "out"


def _item_uses(stream: Stream, hint: str) -> Iterator[tuple[Schema, str, Direction]]:
    """What the items of a stream carry; the schema of a whole event needs no model."""
    for items in stream.items:
        for datum in items.data:
            name = f"{hint}{pascal(datum.names[0]) if datum.names else ''}Item"
            if datum.schema is not None:
                yield datum.schema, name, "out"


def _schemas_of(contents: tuple[MediaType | None, ...]) -> Iterator[Schema]:
    for content in contents:
        if content is not None and content.schema is not None:
            yield content.schema
        if content is not None and content.item_schema is not None:
            yield content.item_schema
