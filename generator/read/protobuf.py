"""Messages of Protobuf → `model.Schema`, of the JSON that they are mapped to (ProtoJSON).

Fields have the names of the text. Numbers of 64 bits are numbers, as Python has them whole.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from math import isfinite
from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message

from generator.channels import ProtobufWire
from generator.model import ABSENT, Absent, Json, Property, Schema, changed
from generator.read.node import Node
from generator.read.protoc import Unreadable, compiled
from generator.read.schema import key_of
from generator.value import dataclass

ROOT = "@RootNode"
"""A comment of a message that has this is the one that is meant, as AsyncAPI's own reader has it."""
INT32: dict[str, Any] = {"types": ("integer",), "format": "int32"}
INT64: dict[str, Any] = {"types": ("integer",), "format": "int64"}
UINT32: dict[str, Any] = {"types": ("integer",), "minimum": 0, "maximum": 2**32 - 1}
UINT64: dict[str, Any] = {"types": ("integer",), "minimum": 0, "maximum": 2**64 - 1}
NUMBER: dict[str, Any] = {"types": ("number",)}
TEXT: dict[str, Any] = {"types": ("string",)}
BYTES: dict[str, Any] = {"types": ("string",), "format": "byte"}
BOOLEAN: dict[str, Any] = {"types": ("boolean",)}
SCALARS: dict[int, dict[str, Any]] = {
    FieldDescriptor.TYPE_DOUBLE: NUMBER,
    FieldDescriptor.TYPE_FLOAT: NUMBER,
    FieldDescriptor.TYPE_INT32: INT32,
    FieldDescriptor.TYPE_SINT32: INT32,
    FieldDescriptor.TYPE_SFIXED32: INT32,
    FieldDescriptor.TYPE_UINT32: UINT32,
    FieldDescriptor.TYPE_FIXED32: UINT32,
    FieldDescriptor.TYPE_INT64: INT64,
    FieldDescriptor.TYPE_SINT64: INT64,
    FieldDescriptor.TYPE_SFIXED64: INT64,
    FieldDescriptor.TYPE_UINT64: UINT64,
    FieldDescriptor.TYPE_FIXED64: UINT64,
    FieldDescriptor.TYPE_BOOL: BOOLEAN,
    FieldDescriptor.TYPE_STRING: TEXT,
    FieldDescriptor.TYPE_BYTES: BYTES,
}
NAMED = frozenset({"message_type", "nested_type", "enum_type", "field"})
"""What stands in descriptors under a name of its own."""
OBJECT: dict[str, Any] = {"types": ("object",)}
CHOICES = 100
"""The most fields of a oneof: what each of them rules out is written down."""
SPAN = r"^-?\d{1,12}(\.\d{1,9})?s$"
WELL_KNOWN: dict[str, dict[str, Any]] = {
    "Any": {**OBJECT, "required": ("@type",)},
    "BoolValue": BOOLEAN,
    "BytesValue": BYTES,
    "DoubleValue": NUMBER,
    "Duration": {**TEXT, "pattern": SPAN, "examples": ("1.5s",)},
    "FieldMask": TEXT,
    "FloatValue": NUMBER,
    "Int32Value": INT32,
    "Int64Value": INT64,
    "ListValue": {"types": ("array",)},
    "NullValue": {"types": ("null",)},
    "StringValue": TEXT,
    "Struct": OBJECT,
    "Timestamp": {**TEXT, "format": "date-time"},
    "UInt32Value": UINT32,
    "UInt64Value": UINT64,
    "Value": {},
}
"""Types of google.protobuf that JSON has a form of its own for."""


@dataclass(frozen=True, slots=True)
class Found:
    """The message that a text is about."""

    schema: Schema
    wire: ProtobufWire


class Protobuf:
    """Reads one text; its types stand among `named`."""

    def __init__(self, node: Node, version: str, named: dict[str, Schema]) -> None:
        """Raises Unreadable."""
        self._node = node
        self._named = named
        if not isinstance(node.value, str):
            raise Unreadable("the schema is a text")
        files = FileDescriptorSet.FromString(compiled(node.value, version)).file
        self._file = files[-1]
        self._comments = dict(comments(self._file))
        self._root_name = ""
        self._pool = DescriptorPool()
        for file in files:
            self._pool.AddSerializedFile(file.SerializeToString())

    def read(self) -> Found:
        """The message that is meant; raises Unreadable where that cannot be told."""
        root = self._root()
        self._root_name = root.full_name
        index = [one.name for one in self._file.message_type].index(root.name)
        wire = ProtobufWire(
            message=root.full_name,
            file=self._described(),
            indexes=bytes((2, 2 * index)) if 0 < index < 64 else b"\0",
        )
        return Found(self._message(root), wire)

    def _root(self) -> Descriptor:
        """The one that is marked, else the only one that no other has as a field."""
        reason = next(unsupported(self._file), None)
        if reason is not None:
            raise Unreadable(f"not supported yet: {reason}")
        package = f"{self._file.package}." if self._file.package else ""
        names = [package + each.name for each in self._file.message_type]
        messages = [self._pool.FindMessageTypeByName(name) for name in names]
        for message in messages:
            if ROOT in self._comments.get(message.full_name, ""):
                return message
        used = {far for one in messages for far in contained(one)}
        roots = [one for one in messages if one.full_name not in used]
        if len(roots) == 1 or len(messages) == 1:
            return (roots or messages)[0]
        told = ", ".join(one.name for one in roots or messages) or "none"
        raise Unreadable(f"which message is meant? {told}: write // {ROOT} before it")

    def _described(self) -> bytes:
        """The descriptor, without the comments."""
        self._file.ClearField("source_code_info")
        return self._file.SerializeToString(deterministic=True)

    def _key(self, name: str) -> str:
        return f"{key_of(self._node.at)}?{name}"

    def _refer(self, name: str) -> Schema:
        """What leads to the schema of a message or an enum."""
        return Schema(
            at=self._node.at, key=f"{self._key(name)}?ref", ref=self._key(name)
        )

    def _message(self, root: Descriptor) -> Schema:
        """The schemas of a message and of all that it contains; what leads to it."""
        waiting: list[Descriptor | EnumDescriptor] = [root]
        while waiting:
            found = waiting.pop()
            if self._key(found.full_name) in self._named:
                continue
            if isinstance(found, EnumDescriptor):
                self._keep(found, types=("string",), enum=tuple(found.values_by_name))
                continue
            self._keep(found)  # holds its place in the order
            properties = tuple(map(self._property, found.fields))
            needed = tuple(each.name for each in found.fields if each.is_required)
            fields = {"properties": properties, "required": needed}
            self._keep(found, **OBJECT, **fields, dependent_schemas=self._only(found))
            waiting += reversed([*types_of(found)])
        return self._refer(root.full_name)

    def _keep(self, found: Descriptor | EnumDescriptor, **fields: Any) -> None:
        key, package = self._key(found.full_name), found.file.package
        self._named[key] = Schema(
            at=self._node.at,
            key=key,
            name=found.full_name.removeprefix(f"{package}." if package else ""),
            description=self._comments.get(found.full_name),
            **fields,
        )

    def _only(self, message: Descriptor) -> tuple[tuple[str, Schema], ...]:
        """The fields of which but one may be set, each with a schema that lets none of the later ones be."""
        found: list[tuple[str, Schema]] = []
        for choice in message.oneofs:
            for number, field in enumerate(choice.fields[:-1], 1):
                later = tuple(map(self._never, choice.fields[number:]))
                key = self._key(f"{field.full_name}?only")
                only = Schema(at=self._node.at, key=key, properties=later)
                found.append((field.name, only))
        return tuple(found)

    def _never(self, field: FieldDescriptor) -> Property:
        at, key = self._node.at, self._key(f"{field.full_name}?never")
        return Property(
            name=field.name, schema=Schema(at=at, key=key, never=True), at=at
        )

    def _property(self, field: FieldDescriptor) -> Property:
        fields: dict[str, Any] = {"description": self._comments.get(field.full_name)}
        key = self._key(field.full_name)
        at = self._node.at
        entry = entry_of(field)
        if entry is not None:
            inner = self._value(entry.fields_by_name["value"], f"{key}?value")
            fields |= {"types": ("object",), "additional": inner, "default": {}}
        elif field.is_repeated:
            inner = self._value(field, f"{key}?item")
            fields |= {"types": ("array",), "items": inner, "default": []}
        else:
            schema = self._value(field, key)
            if not field.has_presence or field.has_default_value:
                fields["default"] = default_of(field)
            return Property(name=field.name, schema=changed(schema, **fields), at=at)
        return Property(name=field.name, schema=Schema(at=at, key=key, **fields), at=at)

    def _value(self, field: FieldDescriptor, key: str) -> Schema:
        """The schema of one value of a field."""
        found = field.message_type or field.enum_type
        if found is None:
            return Schema(at=self._node.at, key=key, **SCALARS[field.type])
        known = own_form(found.full_name)
        if known is not None:
            shown = {"@type": f"type.googleapis.com/{self._root_name}"}
            if "required" in known:
                known = {**known, "examples": (shown,)}
            return Schema(at=self._node.at, key=key, **known)
        return changed(self._refer(found.full_name), key=key)


def unsupported(file: FileDescriptorProto) -> Iterator[str]:
    """What a file has that services could not use."""
    if f"{file.package}.".startswith("google.protobuf."):
        yield "the package google.protobuf, which is Protobuf's own"
    yield from (f'import "{name}"' for name in file.dependency if not importable(name))
    messages = list(within(file))
    if file.extension or any(message.extension for message in messages):
        yield "extensions"
    for message in messages:
        chosen = (one for one in message.field if one.HasField("oneof_index"))
        counts = Counter(one.oneof_index for one in chosen)
        for index, choice in enumerate(message.oneof_decl):
            if counts[index] > CHOICES:
                yield f'more than {CHOICES} fields in the oneof "{choice.name}"'
    for field in (field for message in messages for field in message.field):
        if hasattr(Message, field.name):
            yield f'a field called "{field.name}"'


def importable(name: str) -> bool:
    """Whether an import is among the files that the library has in Python, where services look for it."""
    module = name.removesuffix(".proto").replace("/", ".") + "_pb2"
    return find_spec(module) is not None


def within(file: FileDescriptorProto) -> Iterator[DescriptorProto]:
    """Every message of a file."""
    waiting = list(file.message_type)
    while waiting:
        message = waiting.pop()
        waiting += message.nested_type
        yield message


def own_form(name: str) -> dict[str, Any] | None:
    """What JSON has for a type of google.protobuf; None for any other type."""
    package, _, last = name.rpartition(".")
    return WELL_KNOWN.get(last) if package == "google.protobuf" else None


def entry_of(field: FieldDescriptor) -> Descriptor | None:
    """The entries of a map; None for a field that is none."""
    found = field.message_type
    is_map = found is not None and found.GetOptions().map_entry
    return found if is_map else None


def types_of(message: Descriptor) -> Iterator[Descriptor | EnumDescriptor]:
    """The messages and enums that are values of a message's fields."""
    for field in message.fields:
        entry = entry_of(field)
        value = field if entry is None else entry.fields_by_name["value"]
        found = value.message_type or value.enum_type
        if found is not None and own_form(found.full_name) is None:
            yield found


def contained(message: Descriptor) -> Iterator[str]:
    """The names of the other messages that are in a message, or in those inside it."""
    waiting = [message]
    while waiting:
        one = waiting.pop()
        waiting += one.nested_types
        names = {found.full_name for found in types_of(one)}
        yield from names - {message.full_name}


def default_of(field: FieldDescriptor) -> Json | Absent:
    """What a field is that is not set; JSON has no infinite numbers."""
    value: Any = field.default_value
    if field.enum_type is not None and own_form(field.enum_type.full_name):
        return None
    if field.enum_type is not None:
        return str(field.enum_type.values_by_number[value].name)
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, float) and not isfinite(value):
        return ABSENT
    return value  # type: ignore[no-any-return]


def comments(file: FileDescriptorProto) -> Iterator[tuple[str, str]]:
    """The names of types and fields, each with what is written before it."""
    for location in file.source_code_info.location:
        told = location.leading_comments.strip()
        name = named_at(file, list(location.path)) if told else None
        if name is not None:
            yield name, told


def named_at(file: FileDescriptorProto, path: list[int]) -> str | None:
    """The name of the type or field at a path of field numbers and indexes; None of anything else."""
    names = [file.package] if file.package else []
    here: Any = file
    for number, index in zip(path[::2], path[1::2], strict=False):
        field = here.DESCRIPTOR.fields_by_number[number]
        if field.name not in NAMED:
            return None
        here = getattr(here, field.name)[index]
        names.append(here.name)
    return ".".join(names) if len(path) % 2 == 0 else None
