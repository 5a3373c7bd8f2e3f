"""A JSON Schema as a value: what a document says of its data, whatever version it was written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from typing import Final, Literal

from generator.problems import Place
from generator.value import dataclass

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class Absent(Enum):
    """Stands where a document says nothing: absent is neither null nor a default."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT

TypeName = Literal["null", "boolean", "object", "array", "number", "integer", "string"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Discriminator:
    """Which property tells the alternatives of a schema apart."""

    at: Place
    property: str
    mapping: Mapping[str, str]
    """Value of the property → key into `Api.schemas`, as far as the document maps it."""
    default: str | None = None
    """Key into `Api.schemas` (OpenAPI 3.2 defaultMapping)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One named property of an object schema."""

    name: str
    schema: Schema
    at: Place
    python_name: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Schema:
    """A JSON Schema, normalised to the words of 2020-12; compared by identity, since schemas form a graph.

    3.0's `nullable` is "null" in `types`, its boolean exclusiveMinimum a number, `example` one of `examples`.
    It has no slots: what it does not say is the class's, and `vars` tells what it may say.
    """

    at: Place
    key: str
    """Unique in the API: the file and pointer where it stands."""
    name: str | None = None
    """The component's name, or the title-free last token of a referenced pointer; None for an inline schema."""
    python_name: str | None = None
    ref: str | None = None
    """Key into `Api.schemas`; in 3.1+ the other fields hold what stands beside the $ref."""
    never: bool = False
    """The schema `false`: nothing is valid."""
    types: tuple[TypeName, ...] = ()
    """Empty means every type."""
    title: str | None = None
    description: str | None = None
    deprecated: bool = False
    read_only: bool = False
    write_only: bool = False
    default: Json | Absent = ABSENT
    const: Json | Absent = ABSENT
    enum: tuple[Json, ...] | None = None
    enum_names: tuple[str, ...] | None = None
    """x-enum-varnames / x-enumNames."""
    xml: Mapping[str, Json] = field(default_factory=dict)
    examples: tuple[Json, ...] = ()
    format: str | None = None
    # strings
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    content_encoding: str | None = None
    content_media_type: str | None = None
    content_schema: Schema | None = None
    # numbers
    minimum: int | float | None = None
    maximum: int | float | None = None
    exclusive_minimum: int | float | None = None
    exclusive_maximum: int | float | None = None
    multiple_of: int | float | None = None
    # arrays
    items: Schema | None = None
    prefix_items: tuple[Schema, ...] = ()
    contains: Schema | None = None
    min_contains: int | None = None
    max_contains: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    unique_items: bool = False
    unevaluated_items: Schema | None = None
    # objects
    properties: tuple[Property, ...] = ()
    required: tuple[str, ...] = ()
    additional: Schema | None = None
    """additionalProperties; None where the document says nothing (anything goes)."""
    pattern_properties: tuple[tuple[str, Schema], ...] = ()
    property_names: Schema | None = None
    min_properties: int | None = None
    max_properties: int | None = None
    dependent_required: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dependent_schemas: tuple[tuple[str, Schema], ...] = ()
    unevaluated_properties: Schema | None = None
    # combinations
    all_of: tuple[Schema, ...] = ()
    any_of: tuple[Schema, ...] = ()
    one_of: tuple[Schema, ...] = ()
    not_: Schema | None = None
    if_: Schema | None = None
    then: Schema | None = None
    else_: Schema | None = None
    discriminator: Discriminator | None = None


_OWN: dict[str, object] = {"xml": {}, "dependent_required": {}}
"""What every schema holds itself: a class cannot have such defaults."""


def schema_of(at: Place, key: str, said: Mapping[str, object]) -> Schema:
    """A schema that holds no more than it says: most of its many fields are never set."""
    made = object.__new__(Schema)
    made.__dict__ = {**_OWN, "at": at, "key": key, **said}
    return made


def changed(schema: Schema, **changes: object) -> Schema:
    """What `dataclasses.replace` makes of a schema, in a tenth of its time."""
    made = object.__new__(Schema)
    vars(made).update(vars(schema), **changes)
    return made
