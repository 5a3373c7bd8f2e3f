"""JSON's numbers are finite: one that is too large for a float is refused, not read as infinity."""

from __future__ import annotations

from collections.abc import Iterator
from math import isinf

from pydantic_core import InitErrorDetails, ValidationError, from_json

FLAT = bytes.maketrans(b"123456789E+", b"000000000e0")
LARGE = b"0e000"
"""What every number beyond a float has when its digits are flat; ids have it, too."""
NEAR = 64
Location = tuple[int | str, ...]


def refuse_infinite(body: bytes) -> None:
    """Raises ValidationError where a number of a JSON text is beyond what a float holds."""
    if has_large(body):
        wrong = [_too_large(place) for place in infinities(body)]
        if wrong:
            raise ValidationError.from_exception_data("body", wrong, "json")


def has_large(body: bytes) -> bool:
    """Whether there may be a number with three digits in its exponent."""
    flat = body.translate(FLAT)
    place = flat.find(LARGE)
    while place >= 0:
        if begins_number(body, place + 1):
            return True
        place = flat.find(LARGE, place + 1)
    return False


def begins_number(body: bytes, end: int) -> bool:
    """Whether the digits that end there may be a number's first, and not the middle of a text."""
    before = body[max(0, end - NEAR) : end].rstrip(b"0123456789.").removesuffix(b"-")
    return before[-1:] in (b"", b" ", b"\t", b"\n", b"\r", b":", b",", b"[")


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
