"""What the models are made of: JSON's own strictness, absent values, whole numbers, files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    SerializationInfo,
)
from pydantic_core import PydanticCustomError, core_schema


class Model(BaseModel):
    """An object of the API: read and written by its JSON names, made with its Python names.

    A property that is absent is `MISSING`, which is neither None nor false: ask `is not MISSING`.
    """

    model_config = ConfigDict(
        strict=True,
        extra="allow",
        defer_build=True,
        allow_inf_nan=False,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        protected_namespaces=(),
    )

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        with deep():
            return handler(source)


DEEP = 20_000
"""Calls within calls: schemas that refer to each other by the hundred need more than Python's thousand."""


@contextmanager
def deep() -> Iterator[None]:
    """Let calls go deep while a model is built."""
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(max(usual, DEEP))
    try:
        yield
    finally:
        sys.setrecursionlimit(usual)


def whole(value: Any) -> Any:
    """1.0 is an integer in JSON."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


class _Whole:
    """Makes integers of numbers; what is one already needs no word of Python."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        number = core_schema.union_schema(
            [
                core_schema.int_schema(strict=True),
                core_schema.no_info_plain_validator_function(whole),
            ],
            mode="left_to_right",
        )
        return core_schema.chain_schema([number, handler(source)])

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return handler(schema["steps"][-1])


Whole = _Whole()
"""Stands behind the bounds of an integer, so that they are held where it is read."""
Integer = Annotated[int, Whole]
Int32 = Annotated[int, Field(ge=-(2**31), le=2**31 - 1), Whole]
Int64 = Annotated[int, Field(ge=-(2**63), le=2**63 - 1), Whole]


@dataclass(frozen=True, slots=True)
class File:
    """A file in a multipart body."""

    content: bytes
    name: str | None = None
    content_type: str | None = None

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(
            _as_file,
            core_schema.is_instance_schema(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(
                _file_text, info_arg=True, when_used="json"
            ),
        )


def _as_file(value: Any) -> Any:
    """A binary string in JSON is its text's bytes."""
    if isinstance(value, str):
        return File(value.encode("utf-8", "surrogatepass"))
    return File(value) if isinstance(value, bytes) else value


def _file_text(value: File, info: SerializationInfo) -> str:
    return value.content.decode("utf-8", "surrogateescape")


# What is not of a type


def _other_than(kind: type, name: str) -> BeforeValidator:
    def refuse(value: Any) -> Any:
        if isinstance(value, (kind, BaseModel) if kind is dict else kind):
            raise PydanticCustomError(f"not_{name}_type", f"Input should be no {name}")
        return value

    return BeforeValidator(refuse)


NotObject = Annotated[
    str | int | float | bool | list[Any] | None, _other_than(dict, "object")
]
"""What a schema that only speaks of objects lets through."""
NotArray = Annotated[
    str | int | float | bool | dict[str, Any] | None, _other_than(list, "array")
]
NotObjectOrArray = Annotated[
    str | int | float | bool | None, _other_than(dict, "object")
]
