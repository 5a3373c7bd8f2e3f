"""Media types as the runtime's representations: `Json(models.Order)`, `Binary()`, …"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.formats import is_json
from generator.model import Encoding, MediaType
from generator.python import Import, call, literal, string, tuple_of
from generator.targets.directions import Direction
from generator.targets.kinds import Kind
from generator.targets.models import Models
from generator.value import dataclass

FORM = "application/x-www-form-urlencoded"
FORMS = ("Form", "Multipart")
WORDS = frozenset({"boolean", "integer", "number", "string"})


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
        entries = [f"{string(one.media_type)}: {one.expression}" for one in self.items]
        return f"{{{', '.join(entries)}}}"

    @property
    def annotation(self) -> str:
        """The union of the values' types; None for no body at all."""
        return union([item.annotation for item in self.items])

    @property
    def types(self) -> frozenset[Import]:
        """What the annotation needs."""
        return frozenset().union(*[item.types for item in self.items])

    @property
    def imports(self) -> frozenset[Import]:
        """What the mapping and the annotation need."""
        return self.types.union(*[item.making for item in self.items])


def union(annotations: Iterable[str]) -> str:
    """The types joined by |, each once."""
    return " | ".join(dict.fromkeys(annotations)) or "None"


def representations(
    contents: Iterable[MediaType],
    models: Models,
    hint: str,
    direction: Direction,
) -> Representations:
    """The runtime's representations of a body; `hint` names its inline schemas."""
    return Representations(
        tuple([_one(content, models, hint, direction) for content in contents])
    )


def kind_of(content: MediaType, models: Models, direction: Direction) -> str:
    """What a body is: JSON, of which the document may say no more, a form's fields, one text, or bytes."""
    name = content.content_type
    if content.schema is None:
        return "Json" if is_json(name) and "*" not in name else "Binary"
    # A document may call a body's bytes binary, whatever they are a form of.
    is_raw = models.is_binary(content.schema)
    if direction == "in" and name == "*/*":
        is_raw = is_raw or models.kind(content.schema) == "any"
    if is_json(name) and not is_raw:
        return "Json"
    if direction == "in" and _is_form(content, models):
        return "Form" if FORM in name.lower() else "Multipart"
    is_text = name.lower().startswith("text/") and not is_raw
    return "Text" if is_text and _is_word(models.kind(content.schema)) else "Binary"


def _is_word(kind: Kind) -> bool:
    """Whether a text as a whole is the value: a string, a number, true or false."""
    return isinstance(kind, str) and WORDS.issuperset(kind.split("|"))


def text_options(content: MediaType, models: Models) -> tuple[str, ...]:
    """What tells a text that is more than a string."""
    kind = models.kind(content.schema)
    return () if kind == "string" else (f"kind={literal(kind)}",)


def _is_form(content: MediaType, models: Models) -> bool:
    """Whether a body is an object's properties as form fields or named parts.

    Of other multipart types the parts have no names (RFC 2046 §5.1): these are bytes.
    """
    name = content.content_type.partition(";")[0].strip().lower()
    if name not in (FORM, "multipart/form-data"):
        return False
    kind = models.kind(content.schema)
    return kind == "any" or isinstance(kind, dict)


def _one(
    content: MediaType, models: Models, hint: str, direction: Direction
) -> Representation:
    kind = kind_of(content, models, direction)
    if kind == "Binary":
        making = frozenset({Import(".runtime.contents", "Binary")})
        return Representation(content.content_type, "Binary()", "bytes", making)
    if content.schema is None:
        known = frozenset({Import("pydantic", "JsonValue")})
        making = known | {Import(".runtime.contents", "Json")}
        expression = "Json(JsonValue)"
        return Representation(
            content.content_type, expression, "JsonValue", making, known
        )
    options = _form(content, models) if kind in FORMS else ()
    if kind == "Text":
        options = text_options(content, models)
    return _typed(kind, content, models, hint, direction, options)


def _form(content: MediaType, models: Models) -> tuple[str, ...]:
    options = [literal(models.kind(content.schema))]
    if entries := _encodings(content):
        options.append(f"{{{', '.join(entries)}}}")
    if lists := models.empty_lists(content.schema):
        options.append(f"lists={tuple_of(map(string, lists))}")
    return tuple(options)


def _encodings(content: MediaType) -> list[str]:
    """How the fields of a form travel, where the document says it."""
    return [
        f"{string(name)}: {call('Encoding', options)}"
        for name, encoding in content.encoding.items()
        if (options := list(_encoding(encoding)))
    ]


def _encoding(encoding: Encoding) -> Iterator[str]:
    if encoding.content_types:
        yield f"content_type={string(', '.join(encoding.content_types))}"
    if encoding.style is not None:
        yield f"style={string(encoding.style)}"
    if encoding.explode is not None:
        yield f"explode={encoding.explode}"


def _typed(
    kind: str,
    content: MediaType,
    models: Models,
    hint: str,
    direction: Direction,
    options: tuple[str, ...],
) -> Representation:
    assert content.schema is not None
    annotation = models.annotation(content.schema, hint=hint, direction=direction)
    module = ".runtime.forms" if kind in FORMS else ".runtime.contents"
    making = {Import(module, kind)}
    if kind in FORMS and _encodings(content):
        making.add(Import(module, "Encoding"))
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
