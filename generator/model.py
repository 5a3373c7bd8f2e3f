"""What an API document means, whatever format and version it was written in.

Frozen values that know no YAML, no Python and no files. `read` makes them, `check` and `targets` use them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Literal

from generator.problems import Place
from generator.schema import ABSENT, Absent, Discriminator, Json, Property, Schema
from generator.schema import TypeName, changed
from generator.value import dataclass

if TYPE_CHECKING:
    from generator.channels import Binding, Channel, Exchange

__all__ = [
    "ABSENT",
    "Absent",
    "Discriminator",
    "Json",
    "Property",
    "Schema",
    "TypeName",
    "changed",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How one property of a form or multipart body travels."""

    content_types: tuple[str, ...] = ()
    headers: tuple[Header, ...] = ()
    style: str | None = None
    explode: bool | None = None
    allow_reserved: bool = False
    encoding: Mapping[str, Encoding] = field(default_factory=dict)
    """OpenAPI 3.2: how the parts of a part travel; likewise the next two."""
    prefix_encoding: tuple[Encoding, ...] = ()
    item_encoding: Encoding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaType:
    """One representation of a body: its media type (or range) and schema."""

    at: Place
    content_type: str
    schema: Schema | None = None
    item_schema: Schema | None = None
    """OpenAPI 3.2: each item of a sequential media type."""
    encoding: Mapping[str, Encoding] = field(default_factory=dict)
    prefix_encoding: tuple[Encoding, ...] = ()
    item_encoding: Encoding | None = None
    examples: tuple[Json, ...] = ()
    examples_at: tuple[Place, ...] = ()
    """Where each of them stands."""


ParameterIn = Literal["path", "query", "header", "cookie", "querystring"]
Style = Literal[
    "matrix",
    "label",
    "simple",
    "form",
    "spaceDelimited",
    "pipeDelimited",
    "deepObject",
    "cookie",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of an operation; exactly one of `schema` and `content` is set."""

    at: Place
    name: str
    location: ParameterIn
    required: bool = False
    description: str | None = None
    deprecated: bool = False
    style: Style = "simple"
    explode: bool = False
    allow_reserved: bool = False
    allow_empty: bool = False
    schema: Schema | None = None
    content: MediaType | None = None
    examples: tuple[Json, ...] = ()
    examples_at: tuple[Place, ...] = ()
    """Where each of them stands."""
    python_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """One header of a response or of a part; exactly one of `schema` and `content` is set."""

    at: Place
    name: str
    required: bool = False
    description: str | None = None
    deprecated: bool = False
    explode: bool = False
    schema: Schema | None = None
    content: MediaType | None = None
    examples: tuple[Json, ...] = ()
    examples_at: tuple[Place, ...] = ()
    """Where each of them stands."""
    python_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A request's body: its representations in the document's order."""

    at: Place
    required: bool = False
    description: str | None = None
    contents: tuple[MediaType, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How a response leads to another operation."""

    at: Place
    name: str
    operation_id: str | None = None
    operation_ref: str | None = None
    parameters: Mapping[str, Json] = field(default_factory=dict)
    request_body: Json | Absent = ABSENT
    description: str | None = None
    server: Server | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One declared response; `status` is "200", "4XX" or "default"."""

    at: Place
    status: str
    summary: str | None = None
    description: str = ""
    headers: tuple[Header, ...] = ()
    contents: tuple[MediaType, ...] = ()
    links: tuple[Link, ...] = ()
    python_name: str | None = None

    @property
    def is_success(self) -> bool:
        return self.status.startswith("2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A security scheme; `parameter` and `location` belong to apiKey, `scheme` to http."""

    at: Place
    name: str
    type: Literal["apiKey", "http", "oauth2", "openIdConnect", "mutualTLS"]
    description: str | None = None
    parameter: str | None = None
    location: Literal["query", "header", "cookie"] | None = None
    scheme: str | None = None
    bearer_format: str | None = None
    openid_url: str | None = None
    metadata_url: str | None = None
    flows: Mapping[str, Json] = field(default_factory=dict)
    deprecated: bool = False
    python_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One scheme that a caller must satisfy, with the scopes it must hold."""

    scheme: str
    scopes: tuple[str, ...] = ()


Requirement = tuple[Need, ...]
"""Needs that must all be met; the empty one lets anybody in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Seconds between attempts: `initial`, then `factor` times more each, at most `max`."""

    initial: float = 1.0
    factor: float = 2.0
    max: float = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Processing:
    """How an operation is carried out (`x-processing`); durations are seconds."""

    type: Literal["sync", "async", "auto"] = "sync"
    wait: float = 5.0
    deadline: float = 600.0
    attempts: int = 3
    backoff: Backoff = Backoff()
    concurrency: int = 8
    queue: int = 1000
    retention: float = 86400.0
    idempotency: Literal["optional", "required", "off"] = "optional"
    progress: Schema | None = None
    webhook: str | None = None
    """The name of the webhook published with the result when the job succeeds."""
    at: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where the API is served; variables are (name, default, allowed values)."""

    at: Place
    url: str
    name: str | None = None
    description: str | None = None
    variables: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    protocol: str | None = None
    """AsyncAPI: amqp, kafka, mqtt, ws …; `url` is then made of protocol, host and path name."""
    protocol_version: str | None = None
    security: tuple[Requirement, ...] = ()
    bindings: tuple[Binding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A named group of operations."""

    name: str
    summary: str | None = None
    description: str | None = None
    parent: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing a caller (or, in a callback or webhook, our service) can ask for."""

    at: Place
    id: str
    """operationId, or one made from method and path; unique in the API."""
    id_given: bool = True
    method: str = "GET"
    """Upper case."""
    path: str = "/"
    tags: tuple[str, ...] = ()
    summary: str | None = None
    description: str | None = None
    documentation: str | None = None
    """The URL of externalDocs."""
    deprecated: bool = False
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    responses: tuple[Response, ...] = ()
    callbacks: tuple[Callback, ...] = ()
    security: tuple[Requirement, ...] = ()
    """Alternatives; empty means the operation is open."""
    has_security: bool = False
    """Whether the document says so at the operation itself, rather than at its root."""
    servers: tuple[Server, ...] = ()
    processing: Processing = Processing()
    python_name: str | None = None

    @property
    def is_async(self) -> bool:
        return self.processing.type != "sync"

    @property
    def served_path(self) -> str:
        """The path without the query or fragment that some write into it (RFC 3986 §3.3)."""
        found = PATH.match(self.path)
        return found[0] if found is not None else self.path

    @property
    def called_path(self) -> str:
        """The path as callers write it: with what its query fixes, and without a fragment."""
        served = self.served_path
        query = self.path[len(served) :].partition("#")[0]
        fixed = [pair for pair in query[1:].split("&") if pair and "{" not in pair]
        return f"{served}?{'&'.join(fixed)}" if fixed else served


PATH = re.compile(r"(?:\{[^{}]*\}|[^?#])+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A request that our service sends to a URL which the caller gave."""

    at: Place
    name: str
    expression: str
    """The runtime expression exactly as the document writes it, e.g. `{$request.body#/callbackUrl}`."""
    operation: Operation
    """What is sent: method, body, parameters; its path is the expression."""
    python_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A request that our service sends to its subscribers."""

    at: Place
    name: str
    operation: Operation
    python_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """One whole document: everything the targets need, in the document's order."""

    at: Place
    format: Literal["openapi", "asyncapi"]
    spec_version: str
    title: str
    version: str
    python_name: str | None = None
    """x-python-name of `info`: what the packages are called, whatever the title is."""
    summary: str | None = None
    description: str | None = None
    terms_of_service: str | None = None
    contact: Mapping[str, Json] = field(default_factory=dict)
    license: Mapping[str, Json] = field(default_factory=dict)
    base: str | None = None
    """x-processing.base: the prefix of the paths that we add."""
    servers: tuple[Server, ...] = ()
    tags: tuple[Tag, ...] = ()
    operations: tuple[Operation, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    schemas: Mapping[str, Schema] = field(default_factory=dict)
    """Every component schema, and every schema some $ref leads to, by key, in the document's order."""
    schemes: Mapping[str, Scheme] = field(default_factory=dict)
    channels: tuple[Channel, ...] = ()
    """AsyncAPI: every channel, in the document's order."""
    exchanges: tuple[Exchange, ...] = ()
    """AsyncAPI: every operation, in the document's order."""
    messaging_version: str | None = None
    """The version of AsyncAPI, where an AsyncAPI document is (also) part of the API."""
