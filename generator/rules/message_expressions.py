"""Runtime expressions of messages: they can be read, and what they point at exists (AsyncAPI 3.0 §"Runtime Expression")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from generator.channels import Message
from generator.model import Api, MediaType, Schema
from generator.problems import Place, Problem
from generator.rules.callbacks import missing

EXPRESSION = re.compile(
    r"\$message\.(?P<where>header|payload)#(?P<pointer>(?:/(?:[^/~]|~[01])*)*)",
    re.DOTALL,
)


def located(
    api: Api, whose: str, at: Place, text: str | None, messages: Sequence[Message]
) -> Iterator[Problem]:
    """The problems of an expression by which one of some messages says something."""
    if text is None:
        return
    found = EXPRESSION.fullmatch(text)
    if found is None:
        yield malformed(whose, at, text)
        return
    for message in messages:
        lack = lacking(api, message, found)
        if lack is not None:
            yield unresolved(whose, at, text, message, *lack)
            return


def lacking(
    api: Api, message: Message, found: re.Match[str]
) -> tuple[str, list[str]] | None:
    """The name that a message's schema lacks on the way, and the names that it has there."""
    schema = message.headers if found["where"] == "header" else message.payload
    path = tokens(found)
    if schema is None or not path:
        return None
    miss = missing(api, content(schema), path)
    return None if miss is None else (path[miss.depth], miss.names)


def content(schema: Schema) -> MediaType:
    return MediaType(at=schema.at, content_type="", schema=schema)


def tokens(found: re.Match[str]) -> list[str]:
    """The names along the pointer of an expression."""
    words = found["pointer"].split("/")[1:]
    return [word.replace("~1", "/").replace("~0", "~") for word in words]


def malformed(whose: str, at: Place, text: str) -> Problem:
    return Problem(
        "malformed-expression",
        at,
        f'{whose}: "{text}" is not a runtime expression',
        "write for example $message.header#/correlationId or $message.payload#/user/id",
    )


def unresolved(
    whose: str, at: Place, text: str, message: Message, name: str, names: list[str]
) -> Problem:
    near = get_close_matches(name, names, 1)
    return Problem(
        "unresolved-location",
        at,
        f'{whose}: "{text}" leads nowhere: the message "{message.name}" has no "{name}" there',
        f"did you mean {near[0]}?" if near else f"it has {', '.join(names)}",
        "warning",
    )
