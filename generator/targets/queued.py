"""Asynchronous exchanges as operations: a message is their request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.channels import ChannelParameter, Exchange, Message
from generator.model import (
    ABSENT,
    Body,
    MediaType,
    Operation,
    Parameter,
    Schema,
)
from generator.names import words

METHOD = "MESSAGE"
"""The method of a request that a message was."""
FAILURES = frozenset({"error", "failure", "failed", "problem"})


def queued_operation(exchange: Exchange) -> Operation:
    """The operation that jobs of an exchange are of."""
    return Operation(
        at=exchange.at,
        id=exchange.id,
        id_given=exchange.id_given,
        method=METHOD,
        path=exchange.channel.address or exchange.channel.name,
        summary=exchange.summary,
        description=exchange.description,
        documentation=exchange.documentation,
        deprecated=exchange.deprecated,
        parameters=tuple(map(_parameter, exchange.channel.parameters)),
        body=_body(exchange),
        processing=exchange.processing,
        python_name=exchange.python_name,
    )


def is_acceptance(message: Message) -> bool:
    """Whether a reply tells that a job was taken: its name or title is `accepted`."""
    return "accepted" in (message.name.casefold(), (message.title or "").casefold())


def is_failure(message: Message) -> bool:
    """Whether a reply tells that a job failed: `error`, `failure`, `failed` or `problem` ends its name or title."""
    last = [words(text)[-1:] for text in (message.name, message.title or "")]
    return any(word.casefold() in FAILURES for found in last for word in found)


def _parameter(one: ChannelParameter) -> Parameter:
    text = Schema(
        at=one.at,
        key=f"{one.at.file}#{one.at.path}/text",
        types=("string",),
        enum=one.enum or None,
        default=ABSENT if one.default is None else one.default,
    )
    return Parameter(
        at=one.at,
        name=one.name,
        location="path",
        required=True,
        description=one.description,
        schema=text,
        examples=one.examples,
        python_name=one.python_name,
    )


def _body(exchange: Exchange) -> Body | None:
    contents = tuple(contents_of(exchange.messages, f"{exchange.id}-body"))
    return Body(at=exchange.at, required=True, contents=contents) if contents else None


def contents_of(messages: Iterable[Message], key: str) -> Iterator[MediaType]:
    """The payloads by content type; several of one type are one schema of any of them."""
    kinds: dict[str, list[Message]] = {}
    for message in messages:
        # What is a form of JSON is kept as JSON.
        called = "*/*" if message.wire is not None else message.content_type
        kinds.setdefault(called, []).append(message)
    for content_type, found in kinds.items():
        yield MediaType(
            at=found[0].at,
            content_type=content_type,
            schema=_any_of(found, f"{key}-{content_type}"),
            examples=tuple(
                example.payload
                for message in found
                for example in message.examples
                if example.payload is not ABSENT
            ),
        )


def _any_of(messages: list[Message], key: str) -> Schema | None:
    schemas = [one.payload for one in messages if one.payload is not None]
    if len(schemas) < len(messages):
        return None
    if len(schemas) == 1:
        return schemas[0]
    at = messages[0].at
    return Schema(at=at, key=f"{at.file}#{key}", any_of=tuple(schemas))
