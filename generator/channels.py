"""The part of the model that only AsyncAPI fills: channels, messages, and what is done with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from generator.model import (
    ABSENT,
    Absent,
    Json,
    Processing,
    Requirement,
    Schema,
    Server,
)
from generator.problems import Place
from generator.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What one protocol adds to a server, a channel, an operation or a message."""

    at: Place
    protocol: str
    fields: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageExample:
    """One example of a message: its payload, its headers, or both."""

    at: Place
    name: str | None = None
    payload: Json | Absent = ABSENT
    headers: Json | Absent = ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class AvroWire:
    """Avro's binary encoding."""

    schema: Json
    """With every type that it names."""
    is_recursive: bool = False
    """Whether some type is inside itself."""
    registered: int | None = None
    """The schema's id in a registry, where a header with one stands before the body; 0 if nobody says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtobufWire:
    """Protobuf's binary encoding, or its JSON."""

    message: str
    """The full name of the message."""
    file: bytes
    """What describes it: a FileDescriptorProto as bytes. It imports only what Protobuf itself brings."""
    is_json: bool = False
    registered: int | None = None
    """As Avro's."""
    indexes: bytes = b""
    """Which message of its file it is, as such a header says it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Message:
    """One kind of message, its traits applied; compared by identity, as the same one is used in several places."""

    at: Place
    key: str
    """Unique in the API: the file and pointer where it stands."""
    name: str
    """The message's `name`, or the key that it stands under."""
    title: str | None = None
    summary: str | None = None
    description: str | None = None
    deprecated: bool = False
    content_type: str = "application/json"
    payload: Schema | None = None
    """None where the document does not say what the message carries."""
    wire: AvroWire | ProtobufWire | None = None
    """How the payload is written; None where its content type alone says it."""
    headers: Schema | None = None
    correlation: str | None = None
    """Where its correlation id is: a runtime expression such as `$message.header#/correlationId`."""
    examples: tuple[MessageExample, ...] = ()
    bindings: tuple[Binding, ...] = ()
    python_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelParameter:
    """One parameter of a channel's address; always text."""

    at: Place
    name: str
    description: str | None = None
    enum: tuple[str, ...] = ()
    default: str | None = None
    examples: tuple[str, ...] = ()
    location: str | None = None
    """Where a message carries the value: a runtime expression such as `$message.payload#/user/id`."""
    python_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Channel:
    """An addressable place that messages travel through."""

    at: Place
    key: str
    """Unique in the API: the file and pointer where it stands."""
    name: str
    """Its key in the document (3.x), or its address (2.x)."""
    address: str | None
    """With `{parameters}`; None when it is only known at run time."""
    title: str | None = None
    summary: str | None = None
    description: str | None = None
    parameters: tuple[ChannelParameter, ...] = ()
    messages: tuple[Message, ...] = ()
    servers: tuple[Server, ...] = ()
    """The servers that have it, which are all of them where the channel names none."""
    bindings: tuple[Binding, ...] = ()
    python_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What answers a message, and where it goes."""

    at: Place
    address: str | None = None
    """Where a request says it: a runtime expression such as `$message.header#/replyTo`."""
    channel: Channel | None = None
    messages: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One thing that the application does with messages: an operation of AsyncAPI, its traits applied.

    In 2.x, `publish` is what the application receives.
    """

    at: Place
    id: str
    """The operation's key (3.x), its operationId (2.x), or one made from action and channel; unique in the API."""
    id_given: bool = True
    action: Literal["receive", "send"]
    channel: Channel
    messages: tuple[Message, ...] = ()
    """Those the operation names, else all of the channel's."""
    reply: Reply | None = None
    title: str | None = None
    summary: str | None = None
    description: str | None = None
    documentation: str | None = None
    deprecated: bool = False
    tags: tuple[str, ...] = ()
    security: tuple[Requirement, ...] = ()
    bindings: tuple[Binding, ...] = ()
    processing: Processing = Processing()
    python_name: str | None = None

    @property
    def is_async(self) -> bool:
        return self.processing.type != "sync"
