"""Protobuf's binary encoding of one message, and the JSON that it is mapped to (protobuf.dev/programming-guides/json).

Fields have the names of the schema; numbers of 64 bits are numbers in JSON, too.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from functools import cached_property
from importlib import import_module
from typing import Any, Literal

from google.protobuf import json_format
from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, EncodeError, Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.unknown_fields import UnknownFieldSet

PACKAGE = "google.protobuf"
WRAPPERS = frozenset(
    f"{PACKAGE}.{name}Value"
    for name in "Bool Bytes Double Float Int32 Int64 String UInt32 UInt64".split()
)
UNKNOWN = "@unknown"
"""The member with the numbers of fields that the schema does not know: it tells messages of several kinds apart."""
OWN = frozenset(
    f"{PACKAGE}.{name}"
    for name in "Any Duration FieldMask ListValue Struct Timestamp Value".split()
)
"""Other types that JSON has a form of its own for."""


class Protobuf:
    """Messages of the type with this name; `file` is the FileDescriptorProto that has it, in base64."""

    mode: Literal["json", "python"] = "json"

    def __init__(self, message: str, file: str, *, is_json: bool = False) -> None:
        self.message = message
        self.file = file
        self.is_json = is_json

    @cached_property
    def pool(self) -> DescriptorPool:
        pool = DescriptorPool()
        add(pool, b64decode(self.file), set())
        return pool

    @cached_property
    def type(self) -> type[Message]:
        return GetMessageClass(self.pool.FindMessageTypeByName(self.message))

    def decode(self, body: bytes) -> bytes:
        try:
            message = self._read(body)
            plain = self._plain(message)
            if unknown := unknown_fields(message):
                plain[UNKNOWN] = unknown
            return json.dumps(plain).encode()
        except (DecodeError, json_format.Error, RecursionError, TypeError) as error:
            raise ValueError(f"The body is no {self.message}: {error}") from None

    def encode(self, value: Any) -> bytes:
        message = self.type()
        known = {name: item for name, item in value.items() if name != UNKNOWN}
        try:
            json_format.ParseDict(known, message, descriptor_pool=self.pool)
            if self.is_json:
                return json.dumps(self._plain(message)).encode()
            return message.SerializeToString(deterministic=True)
        except (json_format.Error, EncodeError) as error:
            raise ValueError(str(error)) from None

    def _read(self, body: bytes) -> Message:
        if not self.is_json:
            return self.type.FromString(body)
        return json_format.Parse(body, self.type(), descriptor_pool=self.pool)

    def _plain(self, message: Message) -> Any:
        """A message as plain JSON, in which every field is that has a default."""
        kind = message.DESCRIPTOR
        if kind.full_name in WRAPPERS:
            inner: Any = kind.fields_by_name["value"]
            return self._single(inner, getattr(message, "value"))
        if kind.full_name in OWN:
            return json_format.MessageToDict(message, descriptor_pool=self.pool)
        fields: Iterable[Any] = kind.fields
        given = {field.name: value for field, value in message.ListFields()}
        return {
            field.name: self._value(field, given.get(field.name, field.default_value))
            for field in fields
            if field.name in given or not field.has_presence or field.has_default_value
        }

    def _value(self, field: FieldDescriptor, value: Any) -> Any:
        entry = field.message_type
        if entry is not None and entry.GetOptions().map_entry:
            inner: Any = entry.fields_by_name["value"]
            return {key_of(key): self._single(inner, value[key]) for key in value}
        if field.is_repeated:
            return [self._single(field, each) for each in value]
        return self._single(field, value)

    def _single(self, field: FieldDescriptor, value: Any) -> Any:
        if field.message_type is not None:
            return self._plain(value)
        if field.enum_type is not None:
            return name_of(field.enum_type, value)
        return b64encode(value).decode() if isinstance(value, bytes) else value


def add(pool: DescriptorPool, file: bytes, known: set[str]) -> None:
    """Make a file known to a pool, after those that it imports: Protobuf's own, which are modules here."""
    for name in FileDescriptorProto.FromString(file).dependency:
        if name not in known:
            known.add(name)
            module = name.removesuffix(".proto").replace("/", ".") + "_pb2"
            add(pool, import_module(module).DESCRIPTOR.serialized_pb, known)
    pool.AddSerializedFile(file)


def unknown_fields(message: Message) -> list[int]:
    """The numbers of the fields that a message has beside those of its schema."""
    found: Any = UnknownFieldSet(message)
    return sorted({each.field_number for each in found})


def key_of(key: bool | int | str) -> str:
    """The key of a map, as JSON has it."""
    return str(key).lower() if isinstance(key, bool) else str(key)


def name_of(kind: EnumDescriptor, number: int) -> str | int | None:
    """A value of an enum by its name; the number of one that the schema does not know."""
    if kind.full_name == "google.protobuf.NullValue":
        return None
    known = kind.values_by_number.get(number)
    return number if known is None else str(known.name)
