"""Formats of strings that stay strings: URIs, mail addresses and names of hosts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

PLAIN = r"A-Za-z0-9._~!$&'()*+,;=\-"
BYTE = "%[0-9A-Fa-f]{2}"
SEGMENT = rf"(?:[{PLAIN}:@]|{BYTE})"
AUTHORITY = (
    rf"(?:(?:[{PLAIN}:]|{BYTE})*@)?"
    rf"(?:\[(?:(?P<address>[0-9A-Fa-f:.]+)|[vV][0-9A-Fa-f]+\.[{PLAIN}:]+)\]"
    rf"|(?:[{PLAIN}]|{BYTE})*)(?::[0-9]*)?"
)
ENDING = rf"(?:\?(?:{SEGMENT}|[/?])*)?(?:#(?:{SEGMENT}|[/?])*)?"
PLACE = rf"(?://{AUTHORITY}(?:/{SEGMENT}*)*|/?(?:{SEGMENT}+(?:/{SEGMENT}*)*)?)"
SCHEME = r"[A-Za-z][A-Za-z0-9+.\-]*"
LABEL = "(?!(?![Xx][Nn])..--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
HOST = rf"(?=.{{1,253}}$){LABEL}(?:\.{LABEL})*"
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LITERAL = r"\[(?:IPv6:[0-9A-Fa-f:.]+|[0-9]{1,3}(?:\.[0-9]{1,3}){3})\]"
QUOTED = r'"(?:[ !#-\[\]-~]|\\[ -~])*"'

FORMATS = {
    # RFC 3986 §3, and §4.1: without a scheme, the first segment has no colon.
    "uri": re.compile(f"{SCHEME}:{PLACE}{ENDING}"),
    "uri-reference": re.compile(rf"(?:{SCHEME}:|(?![^/?#]*:)){PLACE}{ENDING}"),
    # RFC 5321 §4.1.2
    "email": re.compile(rf"(?:{ATOM}(?:\.{ATOM})*|{QUOTED})@(?:{HOST}|{LITERAL})"),
    # RFC 1123 §2.1
    "hostname": re.compile(HOST),
}


def holds(format: str, text: str) -> bool:
    """Whether a text is of a format."""
    match = FORMATS[format].fullmatch(text)
    if match is None:
        return False
    address = match.groupdict().get("address")
    try:
        return address is None or bool(IPv6Address(address).packed)
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Spelled:
    """Strings of one of the formats."""

    format: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(
            self._check, handler(source)
        )

    def _check(self, value: Any) -> Any:
        if not holds(self.format, value):
            raise PydanticCustomError(
                "format", "Input should be a valid {kind}", {"kind": self.format}
            )
        return value
