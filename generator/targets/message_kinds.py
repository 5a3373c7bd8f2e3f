"""Kinds of messages in Python: what reads and writes each, and the types of its body and its headers."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator

from generator.channels import AvroWire, Message, ProtobufWire
from generator.formats import is_json
from generator.model import ABSENT, Absent, Json, Schema
from generator.python import Import, call, literal, string
from generator.targets.construction import bytes_literal
from generator.targets.contents import union
from generator.targets.exchange_names import NamedMessage
from generator.targets.expressions import Annotation
from generator.targets.models import Models
from generator.value import dataclass

PLAIN = "application/json"
BYTES = Annotation("bytes", frozenset(), "bytes", frozenset())


@dataclass(frozen=True, slots=True)
class Typed:
    """A type as an annotation says it, with the imports it needs."""

    said: str
    imports: frozenset[Import] = frozenset()


def payload_type(named: NamedMessage, models: Models) -> Annotation:
    """The type of a message's body; bytes where we do not write its content type."""
    message = named.message
    kind = payload_class(message, models)
    if kind == "Binary":
        return BYTES
    return models.annotation(
        message.payload, hint=named.hint, direction=named.direction
    )


def payload_class(message: Message, models: Models) -> str:
    """The runtime's class that reads and writes a message's body."""
    if message.payload is None or models.is_binary(message.payload):
        return "Binary"
    if message.wire is not None:
        return "Encoded"
    if is_json(message.content_type):
        return "Json"
    name = message.content_type.partition(";")[0].strip().lower()
    is_text = name.startswith("text/") and models.kind(message.payload) == "string"
    return "Text" if is_text else "Binary"


def headers_type(named: NamedMessage, models: Models) -> Annotation | None:
    """The type of a message's headers; None where the document declares none."""
    headers = named.message.headers
    if headers is None:
        return None
    hint = f"{named.hint}Headers"
    return models.annotation(headers, hint=hint, direction=named.direction)


def declaration(named: NamedMessage, models: Models, imports: set[Import]) -> str:
    """`PING_MESSAGE: MessageKind[models.Ping, models.PingHeaders] = MessageKind("ping", …)`"""
    body, headers = payload_type(named, models), headers_type(named, models)
    imports.add(Import(".runtime.message_kind", "MessageKind"))
    imports.update(body.imports | body.said_imports)
    if headers is not None:
        imports.update(headers.imports | headers.said_imports)
    said = [body.said] if headers is None else [body.said, headers.said]
    arguments = [string(named.message.name), _payload(named, body, models, imports)]
    arguments += _options(named, headers, models)
    made = call("MessageKind", arguments, used=200)
    return f"{named.constant}: MessageKind[{', '.join(said)}] = {made}"


def _payload(
    named: NamedMessage, body: Annotation, models: Models, imports: set[Import]
) -> str:
    kind = payload_class(named.message, models)
    if kind == "Encoded":
        assert named.message.wire is not None
        imports.add(Import(".runtime.encoded", kind))
        codec = codec_call(named.message.wire, imports)
        return call(kind, (body.text, f"codec={codec}"), used=200)
    imports.add(Import(".runtime.contents", kind))
    return "Binary()" if kind == "Binary" else f"{kind}({body.text})"


def codec_call(wire: AvroWire | ProtobufWire, imports: set[Import]) -> str:
    """`Avro({"type": "record", …})`, or one that is framed with the id of a schema."""
    indexes = ""
    if isinstance(wire, AvroWire):
        imports.add(Import(".runtime.avro_codec", "Avro"))
        options = ("is_recursive=True",) if wire.is_recursive else ()
        codec = call("Avro", (literal(wire.schema), *options), used=200)
    else:
        imports.add(Import(".runtime.protobuf_codec", "Protobuf"))
        options = ("is_json=True",) if wire.is_json else ()
        file = string(b64encode(wire.file).decode())
        codec = call("Protobuf", (string(wire.message), file, *options), used=200)
        indexes = f", {bytes_literal(wire.indexes)}"
    if wire.registered is None:
        return codec
    imports.add(Import(".runtime.framed_codec", "Framed"))
    return f"Framed({codec}, {wire.registered}{indexes})"


def _options(
    named: NamedMessage, headers: Annotation | None, models: Models
) -> Iterator[str]:
    message = named.message
    if headers is not None:
        yield f"headers={headers.text}"
        kinds = header_kinds(message.headers, models)
        if kinds:
            yield f"header_kinds={literal({**kinds})}"
    if message.correlation is not None:
        yield f"correlation={string(message.correlation)}"
    if message.content_type != PLAIN:
        yield f"content_type={string(message.content_type)}"
    if message.title is not None:
        yield f"title={string(message.title)}"


def header_kinds(headers: Schema | None, models: Models) -> dict[str, Json]:
    """The headers whose text is no string: each with the JSON type that it is read as."""
    kinds = models.kind(headers)
    if not isinstance(kinds, dict):
        return {}
    return {
        name: kind if isinstance(kind, str) else "json"
        for name, kind in kinds.items()
        if kind != "string" and name != "*"
    }


def body_union(messages: Iterable[NamedMessage], models: Models) -> Typed:
    """What a message of any of these kinds carries; None of no kind."""
    found = [payload_type(one, models) for one in messages]
    needed = frozenset().union(*(one.said_imports for one in found))
    return Typed(union(one.said for one in found), needed)


def headers_union(messages: Iterable[NamedMessage], models: Models) -> Typed | None:
    """The headers of a message of any of these kinds; None where they are only text."""
    found = [headers_type(one, models) for one in messages]
    typed = [one for one in found if one is not None]
    if not typed:
        return None
    words = [one.said for one in typed]
    needed = frozenset().union(*(one.said_imports for one in typed))
    if len(typed) < len(found):
        words.append("Mapping[str, str]")
        needed |= {Import("collections.abc", "Mapping")}
    return Typed(union(words), needed)


def outgoing_union(messages: Iterable[NamedMessage], models: Models) -> Typed:
    """What may be sent as one of these kinds: a bare body where no header is required.

    A message's headers go with it as `WithHeaders(body, headers)`.
    """
    words: list[str] = []
    needed: set[Import] = set()
    for one in messages:
        body, headers = payload_type(one, models), headers_type(one, models)
        needed |= body.said_imports
        if headers is None or not needs_headers(one.message, models):
            words.append(body.said)
        if headers is not None:
            words.append(f"WithHeaders[{body.said}, {headers.said}]")
            needed |= headers.said_imports
            needed.add(Import(".runtime.message", "WithHeaders"))
    return Typed(union(words), frozenset(needed))


def needs_headers(message: Message, models: Models) -> bool:
    """Whether headers must be given with a body: some is required, beside the correlation id."""
    if message.headers is None:
        return False
    given: dict[str, Json] = {}
    name = correlation_header(message)
    if name is not None:
        given[name] = models.example(_property(message.headers, name, models))
    return not models.is_valid(message.headers, given)


def correlation_header(message: Message) -> str | None:
    """The header that carries the correlation id, which is filled in by itself."""
    start = "$message.header#/"
    found = message.correlation or ""
    return found.removeprefix(start) if found.startswith(start) else None


def _property(schema: Schema, name: str, models: Models) -> Schema | None:
    while schema.ref is not None and schema.ref in models.api.schemas:
        schema = models.api.schemas[schema.ref]
    return next((one.schema for one in schema.properties if one.name == name), None)


def shown(messages: Iterable[NamedMessage], models: Models) -> NamedMessage | None:
    """The first kind of message of which an example is known that the document itself allows."""
    return next((one for one in messages if _has_example(one, models)), None)


def _has_example(named: NamedMessage, models: Models) -> bool:
    message = named.message
    given = [one.payload for one in message.examples if one.payload is not ABSENT]
    payload, headers = message.payload, message.headers
    if payload is not None and payload_class(message, models) != "Binary":
        value = models.example(payload, tuple(given), named.direction)
        if not models.is_valid(payload, value):
            return False
    if headers is None:
        return True
    told = [one.headers for one in message.examples if one.headers is not ABSENT]
    value = models.example(headers, tuple(told), named.direction)
    return models.is_valid(headers, value)


def body_value(named: NamedMessage, models: Models) -> Json | Absent:
    """An example of a message's body: the document's, else one made to fit; ABSENT of mere bytes."""
    message = named.message
    if payload_class(message, models) == "Binary":
        return ABSENT
    given = [one.payload for one in message.examples if one.payload is not ABSENT]
    return models.example(message.payload, tuple(given), named.direction)


def headers_value(named: NamedMessage, models: Models) -> Json:
    """The same of its headers."""
    message = named.message
    given = [one.headers for one in message.examples if one.headers is not ABSENT]
    return models.example(message.headers, tuple(given), named.direction)


def body_example(
    named: NamedMessage,
    models: Models,
    imports: set[Import],
    prefix: str = "models.",
) -> str:
    """The expression of an example of a message's body."""
    message, value = named.message, body_value(named, models)
    if isinstance(value, Absent):
        given = [one.payload for one in message.examples if one.payload is not ABSENT]
        text = given[0] if given else ""
        shown = text if isinstance(text, str) else json.dumps(text)
        return f"{string(shown)}.encode()" if shown else 'b""'
    made = models.construct(message.payload, value, named.hint, named.direction, prefix)
    imports.update(made.imports)
    return made.text


def headers_example(
    named: NamedMessage,
    models: Models,
    imports: set[Import],
    prefix: str = "models.",
) -> str | None:
    """The expression of an example of a message's headers; None where none are declared."""
    message = named.message
    if message.headers is None:
        return None
    value = headers_value(named, models)
    hint = f"{named.hint}Headers"
    made = models.construct(message.headers, value, hint, named.direction, prefix)
    imports.update(made.imports)
    return made.text
