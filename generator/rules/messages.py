"""Rules about messages: what they carry, and where they say which one they answer."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import ABSENT, Api, Schema
from generator.problems import Problem
from generator.rules.message_expressions import located
from generator.rules.values import Judge
from generator.rules.walk import messages, resolved

TEXTUAL = ("text/", "application/xml", "application/octet-stream")


def examples(api: Api) -> Iterator[Problem]:
    """Each example is a message of its kind."""
    judge = Judge(api)
    for message in messages(api):
        for example in message.examples:
            pairs = (
                ("payload", example.payload, message.payload),
                ("headers", example.headers, message.headers),
            )
            for key, value, schema in pairs:
                if value is ABSENT or schema is None:
                    continue
                wrong = judge.wrong(value, schema)
                if wrong is not None:
                    yield Problem(
                        "unfit-example",
                        example.at / key,
                        f'the example does not fit the {key} of "{message.name}": {wrong}',
                        severity="warning",
                    )


def headers(api: Api) -> Iterator[Problem]:
    """Headers are named values, so their schema is that of an object."""
    for message in messages(api):
        if message.headers is not None and not is_object(api, message.headers):
            yield Problem(
                "headers-not-object",
                message.headers.at,
                f'message "{message.name}": its headers are no object',
                "write type: object, and the headers as its properties",
            )


def is_object(api: Api, schema: Schema) -> bool:
    """Whether an object can be of a schema."""
    seen: set[str] = set()
    while schema.ref in api.schemas and not schema.types and schema.ref not in seen:
        seen.add(str(schema.ref))
        schema = api.schemas[str(schema.ref)]
    if schema.types or schema.never:
        return "object" in schema.types
    kinds = {kind for part in resolved(api, schema) for kind in part.types}
    return not kinds or "object" in kinds


def correlations(api: Api) -> Iterator[Problem]:
    """The correlation id is where it is said to be."""
    for message in messages(api):
        at, whose = message.at / "correlationId", f'message "{message.name}"'
        yield from located(api, whose, at, message.correlation, [message])


def content_types(api: Api) -> Iterator[Problem]:
    """A message is of a content type that is written by its schema."""
    for message in messages(api):
        if message.payload is not None and not is_written(message.content_type):
            yield Problem(
                "unwritten-content-type",
                message.at,
                f'message "{message.name}": {message.content_type} travels as bytes, '
                "which its schema says nothing about",
                "write contentType: application/json",
                "hint",
            )


def is_written(content_type: str) -> bool:
    """Whether values are written as this content type by their schemas."""
    word = content_type.partition(";")[0].strip().lower()
    return "json" in word or "avro" in word or word.startswith(TEXTUAL)


def untyped(api: Api) -> Iterator[Problem]:
    """A message says what it carries."""
    for message in messages(api):
        if message.payload is None:
            yield Problem(
                "untyped-message",
                message.at,
                f'message "{message.name}" does not say what it carries: anything goes',
                "add payload: {type: object, …}, or payload: false if it carries nothing",
                "hint",
            )
