"""Whether a JSON value of a document is valid against one of its schemas."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from uuid import UUID

from jsonschema import FormatChecker
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012, SchemaRegistry, SchemaResource

from generator.fitting import Fitting
from generator.model import Json, Schema
from generator.searching import Searches, bounded
from generator.targets.schema_text import Dialect, schema_json
from generator.verdicts import Test

URI = "urn:schema:"
FORMATS = FormatChecker(formats=())


@FormatChecker.checks(FORMATS, "uuid", ValueError)
def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or (
        len(value) == 36 and bool(UUID(value)) or value.count("0") == 32
    )


@FormatChecker.checks(FORMATS, "date-time", ValueError)
def _is_date_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    form = r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)?"
    return bool(re.fullmatch(form, value)) and bool(
        datetime.fromisoformat(moment(value))
    )


@FormatChecker.checks(FORMATS, "date", ValueError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or (
        len(value) == 10 and bool(date.fromisoformat(value))
    )


@FormatChecker.checks(FORMATS, "time", ValueError)
def _is_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    time.fromisoformat(moment(value))
    return bool(re.match(r"\d\d:\d\d:\d\d", value))


@FormatChecker.checks(FORMATS, "ipv4", ValueError)
def _is_ipv4(value: object) -> bool:
    return not isinstance(value, str) or bool(ipaddress.IPv4Address(value)) or True


@FormatChecker.checks(FORMATS, "ipv6", ValueError)
def _is_ipv6(value: object) -> bool:
    return not isinstance(value, str) or bool(ipaddress.IPv6Address(value)) or True


@FormatChecker.checks(FORMATS, "duration", ValueError)
def _is_duration(value: object) -> bool:
    form = r"[+-]?P(?=.)(\d+([.,]\d+)?[YMWD])*(T(?=.)(\d+([.,]\d+)?[HMS])+)?"
    return not isinstance(value, str) or bool(re.fullmatch(form, value))


@FormatChecker.checks(FORMATS, "byte", ValueError)
def _is_byte(value: object) -> bool:
    return not isinstance(value, str) or (
        bool(re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", value)) and len(value) % 4 == 0
    )


_PLAIN = r"[A-Za-z0-9._~!$&'()*+,;=@/?\-]|%[0-9A-Fa-f]{2}"
_REST = rf"(?:{_PLAIN}|:)*(?:#(?:{_PLAIN}|:)*)?"
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9]|-(?!-)){0,62}(?<!-)"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*"
_AUTHORITY = rf"//{_HOST}(?::[0-9]+)?(?:(?=[/?#]){_REST})?"
_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_SPELLED = {
    "uri": rf"[A-Za-z][A-Za-z0-9+.\-]*:(?:{_AUTHORITY}|(?!//){_REST})",
    "uri-reference": rf"(?:https?:)?{_AUTHORITY}|(?!//)(?![^/?#]*:){_REST}",
    "email": rf"{_ATOM}(?:\.{_ATOM})*@{_HOST}",
    "hostname": rf"(?=.{{1,253}}$){_HOST}",
}
"""What the service surely takes; less than all that the formats allow."""


def _spelled(form: str) -> Callable[[object], bool]:
    pattern = re.compile(form, re.ASCII)
    return lambda value: not isinstance(value, str) or bool(pattern.fullmatch(value))


for _format, _form in _SPELLED.items():
    FORMATS.checks(_format)(_spelled(_form))


def moment(text: str) -> str:
    """An RFC 3339 time as Python reads it."""
    return re.sub(r"(\.\d{6})\d+", r"\1", text.upper())


class Validity:
    """Validates against the schemas of one document; each is translated when it is first needed."""

    def __init__(self, schemas: dict[str, Schema]) -> None:
        self._schemas = schemas
        self._numbers = {key: str(number) for number, key in enumerate(schemas)}
        self._keys = list(schemas)
        self._tests: dict[str, Test] = {}
        self._resources: dict[str, SchemaResource] = {}
        self._searches = Searches()
        self._fitting = Fitting(self._named, self._rare, self._searches, FORMATS)

    def holds(self, schema: Schema, value: Json) -> bool:
        """Whether a value is valid; what cannot be told is not."""
        test = self._tests.get(schema.key)
        if test is None:
            test = self._tests[schema.key] = self._test(schema)
        try:
            return test(value)
        except (Unresolvable, RecursionError, OverflowError):
            return False

    def _test(self, schema: Schema) -> Test:
        if self._schemas.get(schema.key) is schema:
            return self._fitting.referred(self._reference(schema.key))
        return self._fitting.test(self._text(schema))

    def _text(self, schema: Schema) -> Json:
        return schema_json(schema, Dialect(self._reference, formats=True, meant=True))

    def _reference(self, key: str) -> str:
        return URI + self._numbers[key] if key in self._numbers else URI + "unknown"

    def _named(self, uri: str) -> Json:
        number = uri.removeprefix(URI)
        if not number.isdigit():
            return True
        return self._text(self._schemas[self._keys[int(number)]])

    # What only jsonschema knows

    @cached_property
    def _validator(self) -> Any:
        return bounded(self._searches)

    @cached_property
    def _registry(self) -> SchemaRegistry:
        return Registry(retrieve=self._resource)  # type: ignore[call-arg]

    def _rare(self, schema: Json) -> Test:
        made = self._validator(schema, registry=self._registry, format_checker=FORMATS)
        return lambda value: bool(made.is_valid(value))

    def _resource(self, uri: str) -> SchemaResource:
        found = self._resources.get(uri)
        if found is None:
            text: Any = self._named(uri)
            found = self._resources[uri] = DRAFT202012.create_resource(text)
        return found
