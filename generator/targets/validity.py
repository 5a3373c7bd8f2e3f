"""Whether a JSON value of a document is valid against one of its schemas."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from generator.fitting import Fitting
from generator.model import Json, Schema
from generator.searching import Searches, bounded
from generator.targets.directions import Direction, Directions, Hidden
from generator.targets.schema_text import Dialect, schema_json
from generator.verdicts import Test

if TYPE_CHECKING:
    from jsonschema import FormatChecker
    from referencing.jsonschema import SchemaRegistry, SchemaResource

URI = "urn:schema:"


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and bool(UUID(text)) or text.count("0") == 32


def _is_date_time(text: str) -> bool:
    form = r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)?"
    return bool(re.fullmatch(form, text)) and bool(datetime.fromisoformat(moment(text)))


def _is_date(text: str) -> bool:
    return len(text) == 10 and bool(date.fromisoformat(text))


def _is_time(text: str) -> bool:
    time.fromisoformat(moment(text))
    return bool(re.match(r"\d\d:\d\d:\d\d", text))


def _is_ipv4(text: str) -> bool:
    return bool(ipaddress.IPv4Address(text)) or True


def _is_ipv6(text: str) -> bool:
    return bool(ipaddress.IPv6Address(text)) or True


def _is_duration(text: str) -> bool:
    form = r"[+-]?P(?=.)(\d+([.,]\d+)?[YMWD])*(T(?=.)(\d+([.,]\d+)?[HMS])+)?"
    return bool(re.fullmatch(form, text))


def _is_byte(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", text)) and len(text) % 4 == 0


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


def _is_spelled(form: str, text: str) -> bool:
    return bool(re.fullmatch(_SPELLED[form], text, re.ASCII))


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "uuid": _is_uuid,
    "date-time": _is_date_time,
    "date": _is_date,
    "time": _is_time,
    "ipv4": _is_ipv4,
    "ipv6": _is_ipv6,
    "duration": _is_duration,
    "byte": _is_byte,
    **{form: partial(_is_spelled, form) for form in _SPELLED},
}
"""Whether a text is of a format; one that raises a ValueError is not."""


def moment(text: str) -> str:
    """An RFC 3339 time as Python reads it."""
    return re.sub(r"(\.\d{6})\d+", r"\1", text.upper())


class _Untold(Exception):
    """A schema leads to one that there is not."""


class Validity:
    """Validates against the schemas of one document; each is translated when it is first needed."""

    def __init__(
        self, schemas: dict[str, Schema], hidden: Hidden | None = None
    ) -> None:
        self._schemas = schemas
        self._dialect = Dialect(self._reference, True, True, hidden)
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
        except (_Untold, RecursionError, OverflowError):
            return False

    def _test(self, schema: Schema) -> Test:
        if self._schemas.get(schema.key) is schema:
            return self._fitting.referred(self._reference(schema.key))
        return self._fitting.test(self._text(schema))

    def _text(self, schema: Schema) -> Json:
        return schema_json(schema, self._dialect)

    def _reference(self, key: str) -> str:
        return URI + self._numbers[key] if key in self._numbers else URI + "unknown"

    def _named(self, uri: str) -> Json:
        number = uri.removeprefix(URI)
        if not number.isdigit():
            return True
        return self._text(self._schemas[self._keys[int(number)]])

    # What only jsonschema knows, which takes long to import

    @cached_property
    def _validator(self) -> Any:
        return bounded(self._searches)

    @cached_property
    def _registry(self) -> SchemaRegistry:
        from referencing import Registry

        return Registry(retrieve=self._resource)  # type: ignore[call-arg]

    @cached_property
    def _formats(self) -> FormatChecker:
        from jsonschema import FormatChecker

        made = FormatChecker(formats=())
        for form, is_one in FORMATS.items():
            made.checks(form, ValueError)(partial(_passes, is_one))
        return made

    def _rare(self, schema: Json) -> Test:
        from referencing.exceptions import Unresolvable

        made = self._validator(
            schema, registry=self._registry, format_checker=self._formats
        )

        def test(value: Json) -> bool:
            try:
                return bool(made.is_valid(value))
            except Unresolvable as unknown:
                raise _Untold from unknown

        return test

    def _resource(self, uri: str) -> SchemaResource:
        from referencing.jsonschema import DRAFT202012

        found = self._resources.get(uri)
        if found is None:
            text: Any = self._named(uri)
            found = self._resources[uri] = DRAFT202012.create_resource(text)
        return found


class Validities:
    """Validates what travels one way, of which nothing is asked that does not; "both" asks for all."""

    def __init__(
        self, schemas: dict[str, Schema], directions: Directions | None = None
    ) -> None:
        self._schemas = schemas
        self._directions = directions
        self._whole = Validity(schemas)
        self._made: dict[Direction, Validity] = {}

    def of(self, direction: Direction) -> Validity:
        if direction not in self._made:
            hidden = self._directions and self._directions.hiding(direction)
            own = Validity(self._schemas, hidden) if hidden else self._whole
            self._made[direction] = own
        return self._made[direction]


def _passes(is_one: Callable[[str], bool], value: object) -> bool:
    return not isinstance(value, str) or is_one(value)
