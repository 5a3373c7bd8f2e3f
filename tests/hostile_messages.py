"""Documents of messages whose every text would like to be code, as a strategy."""

from __future__ import annotations

from typing import Any

from hostile import PYTHON_NAMES, pointed, schemas, texts, words
from hypothesis import strategies as st

CONTENT_TYPES = ("application/json", "text/plain", "application/avro", 'a/x"y+json')
PROTOCOLS = ("kafka", "amqp", "mqtt", "nats", "redis", "ws", "http", "jms", '"); x')


@st.composite
def unnamed(draw: st.DrawFn) -> dict[str, Any]:
    """An object of hostile properties, seldom with a name that refuses the whole document."""
    made = draw(schemas())
    if draw(st.integers(0, 9)):
        for one in made["properties"].values():
            one.pop("x-python-name", None)
    return made


@st.composite
def headers(draw: st.DrawFn) -> dict[str, Any]:
    """Headers of hostile names, and of several types."""
    named = draw(st.lists(texts, min_size=1, max_size=3, unique=True))
    kinds = ("string", "integer", "boolean", "array")
    return {
        "type": "object",
        "properties": {name: {"type": draw(st.sampled_from(kinds))} for name in named},
        "required": named[: draw(st.integers(0, 1))],
    }


@st.composite
def messages(draw: st.DrawFn, payloads: list[str]) -> dict[str, Any]:
    """A message with texts wherever it may have some."""
    said = {key: draw(texts) for key in ("name", "title", "summary", "description")}
    payload = {
        "$ref": f"#/components/schemas/{pointed(draw(st.sampled_from(payloads)))}"
    }
    place = draw(st.sampled_from(("header", "payload")))
    return {
        **said,
        "contentType": draw(st.sampled_from(CONTENT_TYPES)),
        "payload": payload if draw(st.booleans()) else {"type": "string"},
        "headers": draw(headers()),
        "correlationId": {"location": f"$message.{place}#/{draw(texts)}"},
        "examples": [{"name": draw(texts), "payload": draw(texts)}],
        "bindings": {"kafka": {"key": {"type": "string", "enum": [draw(texts)]}}},
    }


@st.composite
def parameters(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """The parameters of an address, whose values are texts too."""
    value = draw(texts)
    made = {
        "description": draw(texts),
        "enum": [value],
        "default": value,
        "examples": [value],
    }
    kept = draw(st.sets(st.sampled_from([*made])))
    return {name: {key: text for key, text in made.items() if key in kept}}


@st.composite
def channels(draw: st.DrawFn, names: list[str], keys: list[str]) -> dict[str, Any]:
    """A channel of two messages, and one whose address is its topic."""
    kinds = draw(st.lists(words.filter(bool), min_size=2, max_size=2, unique=True))
    parameter = draw(words.filter(lambda text: "{" not in text and "}" not in text))
    address = draw(st.one_of(texts, st.just(f"a/{{{parameter}}}")))
    addressed = {
        "address": address,
        "description": draw(texts),
        "messages": {kind: draw(messages(names)) for kind in kinds},
    }
    if "{" in address:
        addressed["parameters"] = draw(parameters(parameter))
    topic = {
        "title": draw(texts),
        "messages": {draw(texts.filter(bool)): draw(messages(names))},
        "bindings": {"kafka": {"topic": draw(texts)}},
    }
    return {keys[0]: addressed, keys[1]: topic}


@st.composite
def operations(draw: st.DrawFn, keys: list[str]) -> dict[str, Any]:
    """A request with its reply, what is sent, and what is done later."""
    first, second = ({"$ref": f"#/channels/{pointed(key)}"} for key in keys)
    made: tuple[dict[str, Any], ...] = (
        {"action": "receive", "channel": first, "reply": {"channel": second}},
        {"action": "send", "channel": first},
        {"action": "receive", "channel": second, "x-processing": "async"},
    )
    for operation in made:
        operation["summary"] = draw(texts)
        operation["bindings"] = {"amqp": {"priority": 1, "cc": [draw(texts)]}}
        if draw(st.integers(0, 9)) == 0:
            operation["x-python-name"] = draw(st.sampled_from(PYTHON_NAMES))
    ids = draw(st.lists(texts, min_size=3, max_size=3, unique=True))
    return dict(zip(ids, made, strict=True))


@st.composite
def servers(draw: st.DrawFn, scheme: str) -> dict[str, Any]:
    """A server of any protocol."""
    return {
        "host": draw(texts),
        "protocol": draw(st.sampled_from(PROTOCOLS)),
        "description": draw(texts),
        "security": [{"$ref": f"#/components/securitySchemes/{pointed(scheme)}"}],
    }


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A document of messages that a text of any kind has got into, everywhere."""
    names = draw(st.lists(words.filter(bool), min_size=2, max_size=2, unique=True))
    keys = draw(st.lists(words.filter(bool), min_size=2, max_size=2, unique=True))
    scheme = {"type": "httpApiKey", "in": "query", "name": draw(texts)}
    return {
        "asyncapi": "3.0.0",
        "info": {word: draw(texts) for word in ("title", "version", "description")},
        "servers": {"only": draw(servers(names[0]))},
        "channels": draw(channels(names, keys)),
        "operations": draw(operations(keys)),
        "components": {
            "schemas": {name: draw(unnamed()) for name in names},
            "securitySchemes": {names[0]: scheme},
        },
    }
