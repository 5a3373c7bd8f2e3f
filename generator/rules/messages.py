"""Rules about messages: what they carry, and where they say which one they answer."""

from __future__ import annotations

from collections.abc import Iterator

from generator.formats import is_json
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
        if message.payload is None or message.wire is not None:
            continue
        if not is_written(api, message.content_type, message.payload):
            yield Problem(
                "unwritten-content-type",
                message.at,
                f'message "{message.name}": {message.content_type} travels as bytes, '
                "which its schema says nothing about",
                "write contentType: application/json",
                "hint",
            )


def is_written(api: Api, content_type: str, payload: Schema) -> bool:
    """Whether values are written as this content type by their schemas: all as JSON, else texts and bytes."""
    word = content_type.partition(";")[0].strip().lower()
    if is_json(word):
        return True
    kinds = {kind for part in resolved(api, payload) for kind in part.types}
    return word.startswith(TEXTUAL) and kinds <= {"string"}


def schema_ids(api: Api) -> Iterator[Problem]:
    """A message with the id of its schema before its body says which."""
    for message in messages(api):
        if message.wire is not None and message.wire.registered == 0:
            yield Problem(
                "untold-schema-id",
                message.at,
                f'message "{message.name}" is sent with 0 for the id of its schema, which no registry knows',
                "write x-schema-id in the message's kafka binding",
                "warning",
            )


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
