"""Formats of strings, read as JSON Schema and their RFCs say."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    GetCoreSchemaHandler,
    PlainSerializer,
)
from pydantic_core import (
    PydanticCustomError,
    core_schema,
)


class _Read:
    """Reads what is sent; a value of the type itself needs no word of Python."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self.read = read

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        kind = handler(source)
        sent = core_schema.no_info_before_validator_function(self.read, kind)
        if source is str:
            return sent
        made = core_schema.union_schema(
            [
                core_schema.is_instance_schema(source),
                core_schema.no_info_plain_validator_function(self.read),
            ],
            mode="left_to_right",
        )
        return core_schema.json_or_python_schema(
            sent, core_schema.chain_schema([made, kind])
        )


def _parser(kind: str, shape: str, parse: Callable[[str], Any]) -> _Read:
    """Reads a string of a format; what is no string is left to the type."""

    @cache
    def form() -> re.Pattern[str]:
        return re.compile(shape, re.ASCII)

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if form().fullmatch(value) is None:
            raise PydanticCustomError(
                "format", "Input should be a valid {kind}", {"kind": kind}
            )
        try:
            return parse(value)
        except ValueError:
            raise PydanticCustomError(
                "format", "Input should be a valid {kind}", {"kind": kind}
            ) from None

    return _Read(read)


def _moment(text: str) -> str:
    """RFC 3339 as Python reads it: microseconds, upper-case letters."""
    return re.sub(r"(\.\d{6})\d+", r"\1", text.upper())


_CLOCK = r"\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)?"
DateTime = Annotated[
    datetime,
    _parser(
        "date-time",
        r"\d{4}-\d\d-\d\d[Tt ]" + _CLOCK,
        lambda text: datetime.fromisoformat(_moment(text)),
    ),
]
"""RFC 3339; a time without its offset is read as it is."""
Date = Annotated[date, _parser("date", r"\d{4}-\d\d-\d\d", date.fromisoformat)]
Time = Annotated[
    time, _parser("time", _CLOCK, lambda text: time.fromisoformat(_moment(text)))
]
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


class _Uuid:
    """Reads a UUID as JSON without a word of Python: it is what most objects have."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        shaped = core_schema.custom_error_schema(
            core_schema.chain_schema(
                [
                    # Of the spellings with other lengths (urn:uuid:, braces) none is JSON's.
                    core_schema.str_schema(min_length=36, max_length=36),
                    core_schema.uuid_schema(strict=False),
                ]
            ),
            "format",
            custom_error_message="Input should be a valid {kind}",
            custom_error_context={"kind": "UUID"},
        )
        text = core_schema.custom_error_schema(
            core_schema.str_schema(strict=True), "uuid_type"
        )
        return core_schema.json_or_python_schema(
            core_schema.chain_schema([text, shaped]), handler(source)
        )


Uuid = Annotated[UUID, _parser("UUID", _UUID, UUID), _Uuid()]


class _Address:
    """Reads an IP address from its text."""

    def __init__(self, kind: type[IPv4Address] | type[IPv6Address], name: str) -> None:
        self.kind = kind
        self.name = name

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(
            self._read,
            core_schema.is_instance_schema(self.kind),
            serialization=core_schema.to_string_ser_schema(when_used="json"),
        )

    def _read(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return self.kind(value)
        except ValueError:
            raise PydanticCustomError(
                "format", "Input should be a valid {name} address", {"name": self.name}
            ) from None


Ipv4 = Annotated[IPv4Address, _Address(IPv4Address, "IPv4")]
Ipv6 = Annotated[IPv6Address, _Address(IPv6Address, "IPv6")]
_NUMBER = r"\d+(?:[.,]\d+)?"
Duration = Annotated[
    str,
    _parser(
        "duration",
        rf"[+-]?P(?=.)(?:{_NUMBER}W|(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}D)?"
        rf"(?:T(?=.)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?)",
        str,
    ),
]
"""ISO 8601; a string, since no timedelta holds a month."""


DecimalText = Annotated[
    Decimal, _parser("decimal", r"-?\d+(?:\.\d+)?(?:[Ee][+-]?\d+)?", Decimal)
]
"""A decimal number, which is text in JSON."""


def _encoder(encode: Callable[[bytes], bytes]) -> PlainSerializer:
    return PlainSerializer(
        lambda value: encode(value).decode("ascii"), return_type=str, when_used="json"
    )


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None


def _decode_url(text: str) -> bytes:
    return _decode((text + "=" * (-len(text) % 4)).replace("-", "+").replace("_", "/"))


def _encode_url(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


Base64 = Annotated[
    bytes,
    _parser("base64", r"[A-Za-z0-9+/\s]*=*\s*", _decode),
    _encoder(base64.b64encode),
]
"""Bytes that travel as base64 in JSON."""
Base64Url = Annotated[
    bytes, _parser("base64url", r"[A-Za-z0-9_-]*=*", _decode_url), _encoder(_encode_url)
]
