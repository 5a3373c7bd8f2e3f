"""Forms: bodies made of named fields, URL-encoded or in parts with files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError, from_json

from .contents import Content, Json, decoded, parsed
from .kinds import Kind, Raw, as_json, choices, item_kind, property_kind, scalar_kind
from .media import closeness, is_json, split
from .model import File
from .multipart import Part, parts_of
from .problem import HttpProblem
from .styles import (
    Decode,
    Malformed,
    Pairs,
    field_text,
    has_list,
    has_object,
    in_fields,
    pairs_of,
)


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
        fields = self.fields(body, content_type)
        try:
            return self.json.read(object_of(fields))
        except HttpProblem:
            if wrong := malformed(fields):
                raise ValidationError.from_exception_data("form", wrong) from None
            raise

    def plain(self, body: bytes, content_type: str) -> Any:
        return parsed(object_of(self.fields(body, content_type)))

    def fields(self, body: bytes, content_type: str) -> dict[str, str]:
        """The JSON text of each field that is there."""
        pairs = pairs_of(decoded(body, content_type))
        known = declared(self.kind)
        found = {name: self.field(pairs, name) for name in known}
        for name in dict(pairs):
            if name not in known and not self.is_member(name):
                found[name] = self.free(pairs, name)
        found |= {name: "[]" for name in self.lists if found.get(name) is None}
        return {name: text for name, text in found.items() if text is not None}

    def field(self, pairs: Pairs, name: str, decode: Decode = field_text) -> str | None:
        """The JSON text of a declared field; None where it is absent."""
        kind, how = property_kind(self.kind, name), self.encoding.get(name, PLAIN)
        if as_document(kind, how):
            values = [decode(value) for key, value in pairs if key == name]
            return documents_text(values, kind) if values else None
        style = how.style or "form"
        explode = style == "form" if how.explode is None else how.explode
        try:
            raw = in_fields(pairs, name, kind, style, explode, decode=decode)
        except Malformed as error:
            raise HttpProblem(400, detail=f"{name}: {error}") from None
        return None if raw is None else as_json(raw, kind)

    def is_member(self, name: str) -> bool:
        """Whether a field is a member of another: `name[a]`, or a property of an exploded object."""
        whole = self.encoding.get(name.partition("[")[0], PLAIN)
        return whole.style == "deepObject" or name in self.own_fields

    @cached_property
    def own_fields(self) -> frozenset[str]:
        """The properties of exploded objects, which are fields themselves."""
        exploded = [
            property_kind(self.kind, name)
            for name, how in self.encoding.items()
            if how.style == "form" and how.explode is not False
        ]
        named = {name for kind in exploded for name in declared(kind)}
        return frozenset(named.difference(declared(self.kind)))

    def free(self, pairs: Pairs, name: str) -> str:
        """The JSON text of a field that the document does not name."""
        values: list[Raw] = [field_text(text) for key, text in pairs if key == name]
        kind = property_kind(self.kind, name)
        return as_json(values if len(values) > 1 else values[0], kind)

    def write(self, value: object) -> bytes:
        raise TypeError("a form is read, never written")


def object_of(fields: Mapping[str, str]) -> bytes:
    """The JSON text of an object; it is broken where a field was not UTF-8."""
    members = (f"{json.dumps(name)}:{text}" for name, text in fields.items())
    return ("{" + ",".join(members) + "}").encode(errors="surrogatepass")


def malformed(fields: Mapping[str, str]) -> list[InitErrorDetails]:
    """The fields of a form that no JSON can be made of."""
    told = PydanticCustomError("malformed", "Malformed: it is neither UTF-8 nor JSON")
    return [
        InitErrorDetails(type=told, loc=(legible(name),), input=None)
        for name, text in fields.items()
        if is_broken(object_of({name: text}))
    ]


def legible(name: str) -> str:
    return name.encode(errors="replace").decode()


def is_broken(text: bytes) -> bool:
    try:
        from_json(text, allow_inf_nan=False)
    except ValueError:
        return True
    return False


class Multipart(Form):
    """multipart/form-data, validated against a type; its files are `File`s."""

    is_ever_empty = False

    def read(self, body: bytes, content_type: str) -> Any:
        parts = self.grouped(body, content_type)
        if wrong := list(self.unlisted(parts)):
            raise ValidationError.from_exception_data("form", wrong)
        # Python's own mode, since a file is no JSON; texts already have their JSON types.
        return self.json.adapter.validate_python(
            self.values(parts), strict=True, by_alias=True, by_name=False
        )

    def plain(self, body: bytes, content_type: str) -> dict[str, Any]:
        return self.values(self.grouped(body, content_type))

    def values(self, grouped: Mapping[str, list[Part]]) -> dict[str, Any]:
        sent = {
            name: self.value(name, parts)
            for name, parts in grouped.items()
            if not (self.belongs(name) and all(map(is_text, parts)))
        }
        return {**{name: [] for name in self.lists}, **sent, **self.styled(grouped)}

    def is_styled(self, name: str) -> bool:
        """Whether a field is laid out like a parameter, other than item by item."""
        how = self.encoding.get(name, PLAIN)
        if how.style == "form" and how.explode is not False:
            return has_object(property_kind(self.kind, name))
        return how.style is not None or how.explode is False

    def belongs(self, name: str) -> bool:
        """Whether the parts of a name are one of these fields, or members of one."""
        return self.is_styled(name) or self.is_member(name)

    def styled(self, grouped: Mapping[str, list[Part]]) -> dict[str, Any]:
        """These fields; what stands in a part is not percent-encoded."""
        names = [name for name in self.encoding if self.is_styled(name)]
        pairs = [
            (part.name, decoded(part.content, part.content_type or ""))
            for parts in (grouped.values() if names else ())
            for part in filter(is_text, parts)
        ]
        found = {name: self.field(pairs, name, str) for name in names}
        return {name: json.loads(text) for name, text in found.items() if text}

    def grouped(self, body: bytes, content_type: str) -> dict[str, list[Part]]:
        """The parts of each name."""
        boundary = split(content_type)[1].get("boundary", "")
        found: dict[str, list[Part]] = {}
        for part in parts_of(body, boundary):
            found.setdefault(part.name, []).append(part)
        return found

    def unlisted(self, grouped: Mapping[str, list[Part]]) -> Iterator[InitErrorDetails]:
        """What is wrong with parts of a media type that the document does not list."""
        for name, how in self.encoding.items():
            listed = (how.content_type or "*/*").split(",")
            parts = () if self.is_styled(name) else grouped.get(name, ())
            if not all(is_listed(part, listed) for part in parts):
                told = PydanticCustomError(
                    "media_type",
                    "The part may be {listed}",
                    {"listed": how.content_type},
                )
                yield InitErrorDetails(type=told, loc=(name,), input=None)

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


def is_listed(part: Part, listed: Iterable[str]) -> bool:
    """Whether a part is of one of these media types, or says no more than that it is a file or a text."""
    told = part.content_type or "text/plain"
    untold = ["application/octet-stream"]
    if part.file_name is None or part.content_type is None:
        untold.append("text/plain")  # RFC 7578 §4.4
    return split(told)[0] in untold or any(closeness(one, told) for one in listed)


def part_value(part: Part, kind: Kind) -> Any:
    """A file, a JSON document or a text, as the kind or the part itself says."""
    if is_file(part, scalar_kind(kind).split("|")):
        return File(part.content, part.file_name, part.content_type)
    text = decoded(part.content, part.content_type or "")
    if is_json(part.content_type or "") or as_document(kind, PLAIN):
        return json.loads(document_text(text.removeprefix("\ufeff")))
    return json.loads(as_json(text, kind))


def is_file(part: Part, words: list[str]) -> bool:
    """Whether a part is taken as it came; what may be a text too has no name and no type of a file."""
    if part.file_name is None and is_legible(part):
        return "file" in words and "string" not in words
    return "file" in words or "any" in words


def is_text(part: Part) -> bool:
    return part.file_name is None and is_legible(part)


def is_whole_list(part: Part, kind: Kind) -> bool:
    """Whether a part is a JSON list of all items, and not one item that is a file."""
    items = item_kind(kind)
    is_one = isinstance(items, str) and is_file(part, items.split("|"))
    return is_json(part.content_type or "") and not is_one


def is_legible(part: Part) -> bool:
    """Whether a part says that it is a text, or says nothing of it."""
    return (
        part.content_type is None
        or part.content_type.startswith("text/")
        or is_json(part.content_type)
    )


def as_document(kind: Kind, how: Encoding) -> bool:
    """Whether a field is JSON: an object is, unless a style says otherwise."""
    if how.style is not None:
        return False
    if how.content_type is not None:
        return is_json(how.content_type.partition(",")[0])
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
    is_whole = text.strip() == "null" or parsed(text) is not None
    return text if is_whole else json.dumps(text)


def declared(kind: Kind) -> list[str]:
    """The names of an object's properties."""
    named: Iterable[str] = (
        name for one in choices(kind) if isinstance(one, Mapping) for name in one
    )
    return [name for name in named if name != "*"]
