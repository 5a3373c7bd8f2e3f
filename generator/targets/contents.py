"""Media types as the runtime's representations: `Json(models.Order)`, `Binary()`, …"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from generator.formats import is_json
from generator.model import Encoding, MediaType
from generator.python import Import, call, literal, string
from generator.targets.models import Models
from generator.value import dataclass

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Representation:
    """One media type in Python: what makes it, and the type of its values."""

    media_type: str
    expression: str
    annotation: str
    making: frozenset[Import]
    """What the expression needs."""
    types: frozenset[Import] = frozenset()
    """What the annotation needs."""


@dataclass(frozen=True, slots=True)
class Representations:
    """All media types of a body."""

    items: tuple[Representation, ...]

    @property
    def mapping(self) -> str:
        """`{"application/json": Json(models.Order)}`"""
        entries = (
            f"{string(item.media_type)}: {item.expression}" for item in self.items
        )
        return f"{{{', '.join(entries)}}}"

    @property
    def annotation(self) -> str:
        """The union of the values' types; None for no body at all."""
        return union(item.annotation for item in self.items)

    @property
    def types(self) -> frozenset[Import]:
        """What the annotation needs."""
        return frozenset().union(*(item.types for item in self.items))

    @property
    def imports(self) -> frozenset[Import]:
        """What the mapping and the annotation need."""
        return self.types.union(*(item.making for item in self.items))


def union(annotations: Iterable[str]) -> str:
    """The types joined by |, each once."""
    return " | ".join(dict.fromkeys(annotations)) or "None"


def representations(
    contents: Iterable[MediaType],
    models: Models,
    hint: str,
    direction: Literal["in", "out"],
) -> Representations:
    """The runtime's representations of a body; `hint` names its inline schemas."""
    return Representations(
        tuple(_one(content, models, hint, direction) for content in contents)
    )


def is_raw(content: MediaType, models: Models) -> bool:
    """Whether the document calls a body's bytes binary, whatever they are a form of."""
    schema = content.schema
    return schema is not None and models.is_binary(schema)


def is_untyped(content: MediaType) -> bool:
    """Whether a body is JSON of which the document says no more."""
    name = content.content_type
    return content.schema is None and is_json(name) and "*" not in name


def is_text(content: MediaType, models: Models) -> bool:
    """Whether a body is one string, which its media type writes as it is."""
    return (
        content.content_type.lower().startswith("text/")
        and models.kind(content.schema) == "string"
        and not is_raw(content, models)
    )


def is_form(content: MediaType, models: Models) -> bool:
    """Whether a body is an object's properties as form fields or named parts.

    Of other multipart types the parts have no names (RFC 2046 §5.1): these are bytes.
    """
    name = content.content_type.partition(";")[0].strip().lower()
    if content.schema is None or name not in (FORM, "multipart/form-data"):
        return False
    kind = models.kind(content.schema)
    return kind == "any" or isinstance(kind, dict)


def _one(
    content: MediaType, models: Models, hint: str, direction: Literal["in", "out"]
) -> Representation:
    name = content.content_type.partition(";")[0].strip().lower()
    if is_untyped(content):
        known = frozenset({Import("pydantic", "JsonValue")})
        making = known | {Import(".runtime.contents", "Json")}
        expression = "Json(JsonValue)"
        return Representation(
            content.content_type, expression, "JsonValue", making, known
        )
    if content.schema is not None and is_json(name) and not is_raw(content, models):
        return _typed("Json", content, models, hint, direction, ())
    if direction == "in" and is_form(content, models):
        kind = "Form" if name == FORM else "Multipart"
        return _typed(kind, content, models, hint, direction, _form(content, models))
    if is_text(content, models):
        return _typed("Text", content, models, hint, direction, ())
    making = frozenset({Import(".runtime.contents", "Binary")})
    return Representation(content.content_type, "Binary()", "bytes", making)


def _form(content: MediaType, models: Models) -> tuple[str, ...]:
    kind = literal(models.kind(content.schema))
    entries = [
        f"{string(name)}: {call('Encoding', options)}"
        for name, encoding in content.encoding.items()
        if (options := list(_encoding(encoding)))
    ]
    return (kind, f"{{{', '.join(entries)}}}") if entries else (kind,)


def _encoding(encoding: Encoding) -> Iterator[str]:
    if encoding.content_types:
        yield f"content_type={string(encoding.content_types[0])}"
    if encoding.style is not None:
        yield f"style={string(encoding.style)}"
    if encoding.explode is not None:
        yield f"explode={encoding.explode}"


def _typed(
    kind: str,
    content: MediaType,
    models: Models,
    hint: str,
    direction: Literal["in", "out"],
    options: tuple[str, ...],
) -> Representation:
    assert content.schema is not None
    annotation = models.annotation(content.schema, hint=hint, direction=direction)
    module = ".runtime.forms" if kind in ("Form", "Multipart") else ".runtime.contents"
    making = {Import(module, kind)}
    making |= {Import(module, "Encoding")} if len(options) > 1 else set()
    said, needed = annotation.said, annotation.said_imports
    if models.is_null(content.schema):
        # A name for None would hide from mypy that there is no result to pass on.
        said, needed = "None", frozenset()
    return Representation(
        content.content_type,
        f"{kind}({', '.join((annotation.text, *options))})",
        said,
        annotation.imports | making,
        needed,
    )
