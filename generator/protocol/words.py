"""The pieces that our part of a document is written with, in the document's own version."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from generator.model import Json
from generator.value import dataclass

Object = dict[str, Json]
PROBLEM = "application/problem+json"

PHRASES = {
    "400": ("BadRequest", "The request cannot be read."),
    "401": ("Unauthorized", "Valid credentials are required."),
    "403": ("Forbidden", "These credentials do not allow it."),
    "404": ("NotFound", "There is no such thing."),
    "409": ("Conflict", "It is not in a state that allows this."),
    "410": ("Gone", "It is past its retention."),
    "413": ("ContentTooLarge", "The body is too large."),
    "415": ("UnsupportedMediaType", "The body's media type is not accepted."),
    "422": ("UnprocessableContent", "The request is not valid; `errors` says why."),
    "429": ("TooManyRequests", "The caller is over its limit."),
    "503": ("ServiceUnavailable", "The service is at its limit; try again later."),
}
"""Status of an answer of ours → its name among components, its description."""


@dataclass(frozen=True, slots=True)
class Words:
    """How names of ours are written in one document."""

    old: bool
    """OpenAPI 3.0, where null is `nullable`."""
    schema: Callable[[str], str]
    """Name of a schema of ours → its name in this document."""
    answer: Callable[[str], str]
    """Status of an answer of ours → the name of the response in this document."""
    operation: Callable[[str], str]
    """Id of an operation of ours → its id in this document."""
    has_items: bool = False
    """OpenAPI 3.2, where a stream's item has a keyword of its own."""

    def ref(self, name: str) -> Object:
        return {"$ref": f"#/components/schemas/{self.schema(name)}"}

    def fault(self, status: str) -> Object:
        return {"$ref": f"#/components/responses/{self.answer(status)}"}

    def or_null(self, schema: Object) -> Object:
        """A schema that also allows null."""
        if self.old:
            return {**schema, "nullable": True}
        if "type" not in schema:
            return schema
        return {**schema, "type": [schema["type"], "null"]}


def text(description: str | None = None, format: str | None = None) -> Object:
    found: Object = {"type": "string"}
    if format is not None:
        found["format"] = format
    if description is not None:
        found["description"] = description
    return found


def whole(least: int = 0) -> Object:
    return {"type": "integer", "minimum": least}


def listed(items: Json) -> Object:
    return {"type": "array", "items": items}


def thing(properties: Mapping[str, Json], *optional: str) -> Object:
    """An object whose properties are required, but for the optional ones."""
    required: list[Json] = [name for name in properties if name not in optional]
    found: Object = {"type": "object"}
    if required:  # in OpenAPI 3.0 there may be no empty list
        found["required"] = required
    found["properties"] = dict(properties)
    return found


def as_json(schema: Json) -> Object:
    return {"application/json": {"schema": schema}}


def header(description: str, schema: Object) -> Object:
    return {"description": description, "schema": schema}


def answer(
    description: str, content: Object | None = None, headers: Object | None = None
) -> Object:
    found: Object = {"description": description}
    if headers:
        found["headers"] = headers
    if content:
        found["content"] = content
    return found
