"""JSON's numbers are finite: one that is too large for a float is refused, not read as infinity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isinf

from pydantic_core import InitErrorDetails, ValidationError, from_json

FLAT = bytes.maketrans(b"123456789E", b"000000000e")
LARGE = re.compile(rb"(?:^|[\s:,\[])-?\d+(?:\.\d+)?[eE]\+?\d{3}")
Location = tuple[int | str, ...]


def refuse_infinite(body: bytes) -> None:
    """Raises ValidationError where a number of a JSON text is beyond what a float holds."""
    # Most texts have nothing that such a number needs; `find` is quicker than `in`.
    if body.translate(FLAT, b"+").find(b"0e000") >= 0 and LARGE.search(body):
        wrong = [_too_large(place) for place in infinities(body)]
        if wrong:
            raise ValidationError.from_exception_data("body", wrong, "json")


def infinities(body: bytes) -> Iterator[Location]:
    """The places of infinite numbers in a JSON text; none in a text that is broken."""
    try:
        waiting: list[tuple[Location, object]] = [((), from_json(body))]
    except ValueError:
        return
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [((*place, name), one) for name, one in value.items()]
        elif isinstance(value, list):
            waiting += [((*place, index), one) for index, one in enumerate(value)]
        elif isinstance(value, float) and isinf(value):
            yield place


def _too_large(place: Location) -> InitErrorDetails:
    return InitErrorDetails(type="finite_number", loc=place, input=float("inf"))
