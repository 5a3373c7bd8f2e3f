"""Media types as the client's representations: `Json(models.Order)`, `Multipart(models.Upload)`."""

from __future__ import annotations

from collections.abc import Iterable

from generator.model import Encoding, MediaType
from generator.python import Import, call, string
from generator.targets.contents import FORMS, kind_of, text_options, union
from generator.targets.directions import Direction
from generator.targets.models import Models
from generator.value import dataclass

BODIES = ".runtime.bodies"
FORM_BODIES = ".runtime.form_bodies"
OWN = ("charset=", "boundary=")


@dataclass(frozen=True, slots=True)
class ClientBody:
    """All representations of a body: as a mapping, and as the type of its values."""

    media_types: tuple[str, ...] = ()
    mapping: str = ""
    """`{"application/json": Json(models.Order)}`"""
    annotation: str = "None"
    imports: frozenset[Import] = frozenset()
    """What the mapping needs."""
    types: frozenset[Import] = frozenset()
    """What the annotation needs."""


@dataclass(frozen=True, slots=True)
class _Content:
    kind: str
    module: str
    type: str
    """What a validator takes, constraints included."""
    annotation: str
    """What a signature says."""
    imports: frozenset[Import] = frozenset()
    said_imports: frozenset[Import] = frozenset()
    options: tuple[str, ...] = ()
    typed: bool = True

    @property
    def needed(self) -> frozenset[Import]:
        has_fields = self.kind in FORMS and bool(self.options)
        fields = {Import(FORM_BODIES, "FormField")} if has_fields else set()
        return self.imports | fields | {Import(self.module, self.kind)}

    @property
    def expression(self) -> str:
        return call(self.kind, [self.type, *self.options] if self.typed else [])


def client_body(
    contents: Iterable[MediaType], models: Models, hint: str, direction: Direction
) -> ClientBody:
    """The representations of a body; `hint` names its inline schemas."""
    made = {
        plain_type(content.content_type): _content(content, models, hint, direction)
        for content in contents
    }
    if not made:
        return ClientBody()
    found = made.values()
    entries = ", ".join([f"{string(n)}: {one.expression}" for n, one in made.items()])
    return ClientBody(
        tuple(made),
        f"{{{entries}}}",
        union([one.annotation for one in found]),
        frozenset().union(*[one.needed for one in found]),
        frozenset().union(*[one.said_imports for one in found]),
    )


def plain_type(content_type: str) -> str:
    """The media type as it is asked for: without what each body says of its own encoding."""
    name, *parameters = [part.strip() for part in content_type.split(";")]
    kept = [one for one in parameters if not one.lower().startswith(OWN)]
    return "; ".join([name.lower(), *kept])


def _content(
    content: MediaType, models: Models, hint: str, direction: Direction
) -> _Content:
    kind = kind_of(content, models, direction)
    if kind == "Binary":
        return _Content(kind, BODIES, "", "bytes", typed=False)
    if content.schema is None:
        known = frozenset({Import("pydantic", "JsonValue")})
        return _Content(kind, BODIES, "JsonValue", "JsonValue", known, known)
    found = models.annotation(content.schema, hint=hint, direction=direction)
    is_form = kind in FORMS
    options = text_options(content, models) if kind == "Text" else ()
    return _Content(
        kind,
        FORM_BODIES if is_form else BODIES,
        found.text,
        found.said,
        found.imports,
        found.said_imports,
        tuple(_fields(content)) if is_form else options,
    )


def _fields(content: MediaType) -> Iterable[str]:
    """The argument that says how single properties travel, where the document does."""
    entries = ", ".join(
        f"{string(name)}: {_field(encoding)}"
        for name, encoding in content.encoding.items()
        if encoding.content_types or encoding.style or encoding.explode is not None
    )
    if entries:
        yield f"{{{entries}}}"


def _field(encoding: Encoding) -> str:
    options = []
    if encoding.content_types and "*" not in encoding.content_types[0]:
        options.append(f"content_type={string(', '.join(encoding.content_types))}")
    if encoding.style:
        options.append(f"style={string(encoding.style)}")
    usual = encoding.style in (None, "form", "deepObject")
    if not (usual if encoding.explode is None else encoding.explode):
        options.append("explode=False")
    return call("FormField", options)
