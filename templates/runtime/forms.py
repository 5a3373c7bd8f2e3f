"""Forms: bodies made of named fields, URL-encoded or in parts with files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from .contents import Content, Json, decoded, parsed
from .kinds import Kind, Raw, as_json, choices, item_kind, property_kind, scalar_kind
from .media import split
from .model import File
from .multipart import Part, parts_of
from .problem import HttpProblem
from .styles import Malformed, Pairs, has_list, has_object, in_fields, pairs_of


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a field travels: in a style, or as one of some media types (OpenAPI's Encoding Object).

    A part says itself which of them it is; other fields are of the first.
    """

    content_type: str | None = None
    style: str | None = None
    explode: bool | None = None


PLAIN = Encoding()


class Form(Content):
    """application/x-www-form-urlencoded, validated against a type."""

    is_ever_empty = True

    def __init__(
        self,
        type: Any,
        kind: Kind,
        encoding: Mapping[str, Encoding] | None = None,
        *,
        lists: Sequence[str] = (),
    ) -> None:
        self.json = Json(type)
        self.kind = kind
        self.encoding = encoding or {}
        self.lists = lists
        """Fields that must be there, but are empty lists where none of their items was sent."""

    def read(self, body: bytes, content_type: str) -> Any:
        return self.json.read(self.text(body, content_type).encode())

    def plain(self, body: bytes, content_type: str) -> Any:
        return parsed(self.text(body, content_type))

    def text(self, body: bytes, content_type: str) -> str:
        """The form as the text of a JSON object."""
        pairs = pairs_of(decoded(body, content_type))
        known = declared(self.kind)
        found = {name: self.field(pairs, name) for name in known}
        for name in dict(pairs):
            if name not in known and not self.is_deep(name.partition("[")[0]):
                found[name] = self.free(pairs, name)
        found |= {name: "[]" for name in self.lists if found.get(name) is None}
        members = (
            f"{json.dumps(name)}:{text}"
            for name, text in found.items()
            if text is not None
        )
        return "{" + ",".join(members) + "}"

    def field(self, pairs: Pairs, name: str) -> str | None:
        """The JSON text of a declared field; None where it is absent."""
        kind, how = property_kind(self.kind, name), self.encoding.get(name, PLAIN)
        if as_document(kind, how):
            values = [unquote_plus(value) for key, value in pairs if key == name]
            return documents_text(values, kind) if values else None
        style = how.style or "form"
        explode = style == "form" if how.explode is None else how.explode
        try:
            raw = in_fields(pairs, name, kind, style, explode)
        except Malformed as error:
            raise HttpProblem(400, detail=f"{name}: {error}") from None
        return None if raw is None else as_json(raw, kind)

    def is_deep(self, name: str) -> bool:
        """Whether the members of a field are fields themselves: `name[a]`."""
        return self.encoding.get(name, PLAIN).style == "deepObject"

    def free(self, pairs: Pairs, name: str) -> str:
        """The JSON text of a field that the document does not name."""
        values: list[Raw] = [unquote_plus(text) for key, text in pairs if key == name]
        kind = property_kind(self.kind, name)
        return as_json(values if len(values) > 1 else values[0], kind)

    def write(self, value: object) -> bytes:
        raise TypeError("a form is read, never written")


class Multipart(Form):
    """multipart/form-data, validated against a type; its files are `File`s."""

    is_ever_empty = False

    def read(self, body: bytes, content_type: str) -> Any:
        # Python's own mode, since a file is no JSON; texts already have their JSON types.
        return self.json.adapter.validate_python(
            self.plain(body, content_type), strict=True, by_alias=True, by_name=False
        )

    def plain(self, body: bytes, content_type: str) -> dict[str, Any]:
        boundary = split(content_type)[1].get("boundary", "")
        grouped: dict[str, list[Part]] = {}
        for part in parts_of(body, boundary):
            grouped.setdefault(part.name, []).append(part)
        sent = {name: self.value(name, parts) for name, parts in grouped.items()}
        return {**{name: [] for name in self.lists}, **sent}

    def value(self, name: str, parts: list[Part]) -> Any:
        """What the parts of one name are."""
        kind = property_kind(self.kind, name)
        if has_list(kind) and not (len(parts) == 1 and is_whole_list(parts[0], kind)):
            return [part_value(part, item_kind(kind)) for part in parts]
        if has_list(kind):
            whole = part_value(parts[0], kind)
            return whole if is_list_of(whole, item_kind(kind)) else [whole]
        values = [part_value(part, kind) for part in parts]
        return values if len(values) > 1 else values[0]


def part_value(part: Part, kind: Kind) -> Any:
    """A file, a JSON document or a text, as the kind or the part itself says."""
    if is_file(part, scalar_kind(kind).split("|")):
        return File(part.content, part.file_name, part.content_type)
    text = decoded(part.content, part.content_type or "")
    if is_json(part) or as_document(kind, PLAIN):
        return json.loads(document_text(text))
    return json.loads(as_json(text, kind))


def is_file(part: Part, words: list[str]) -> bool:
    """Whether a part is taken as it came; what may be a text too has no name and no type of a file."""
    if part.file_name is None and is_legible(part):
        return "file" in words and "string" not in words
    return "file" in words or "any" in words


def is_whole_list(part: Part, kind: Kind) -> bool:
    """Whether a part is a JSON list of all items, and not one item that is a file."""
    items = item_kind(kind)
    is_one = isinstance(items, str) and is_file(part, items.split("|"))
    return is_json(part) and not is_one


def is_legible(part: Part) -> bool:
    """Whether a part says that it is a text, or says nothing of it."""
    return (
        part.content_type is None
        or part.content_type.startswith("text/")
        or is_json(part)
    )


def is_json(part: Part) -> bool:
    name = split(part.content_type or "")[0]
    return name.endswith(("/json", "+json"))


def as_document(kind: Kind, how: Encoding) -> bool:
    """Whether a field is JSON: an object is, unless a style says otherwise."""
    if how.style is not None:
        return False
    if how.content_type is not None:
        first = how.content_type.partition(",")[0]
        return split(first)[0].endswith(("/json", "+json"))
    return has_object(kind)


def documents_text(texts: list[str], kind: Kind) -> str:
    """The JSON text of a field: of a list each item is one, or one text is the whole list."""
    if not has_list(kind):
        return document_text(texts[-1])
    if len(texts) == 1 and is_list_of(parsed(texts[0]), item_kind(kind)):
        return texts[0]
    return "[" + ",".join(map(document_text, texts)) + "]"


def is_list_of(value: object, items: Kind) -> bool:
    """Whether a value is a list of such items, and not itself one of them."""
    if not isinstance(value, list) or not has_list(items):
        return isinstance(value, list)
    return bool(value) and all(isinstance(one, list) for one in value)


def document_text(text: str) -> str:
    """A JSON text as it is; any other as a JSON string, for the type to refuse."""
    is_json = text.strip() == "null" or parsed(text) is not None
    return text if is_json else json.dumps(text)


def declared(kind: Kind) -> list[str]:
    """The names of an object's properties."""
    named: Iterable[str] = (
        name for one in choices(kind) if isinstance(one, Mapping) for name in one
    )
    return [name for name in named if name != "*"]
