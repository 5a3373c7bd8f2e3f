"""pydantic's findings → violations a caller can act on: a pointer or a parameter, a sentence, a code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from .contents import parsed
from .parameters import Parameter

Violation = dict[str, str]
OFFSET = re.compile(r":\d\d(\.\d+)? \d\d:\d\d\Z")
PLUS = ": a + in a query is a space, so write %2B"
MOST = 100
"""Of one value; a body of a million wrong items is not answered with a million lines."""


def body_violations(error: ValidationError, data: Any) -> list[Violation]:
    """What is wrong with a body, each with a JSON pointer as a URI fragment (RFC 9457 §3)."""
    return [
        {"pointer": f"#{pointer}", "detail": detail, "code": code}
        for pointer, detail, code in findings(error, data)
    ]


def parameter_violations(
    error: ValidationError, parameter: Parameter[Any], text: str
) -> list[Violation]:
    """What is wrong with a parameter; a pointer only where it is inside its value."""
    if parameter.content is None and error.errors()[0]["type"] == "json_invalid":
        # We made the JSON, and it can hold all texts but those that are no UTF-8.
        return [violation(parameter, "Malformed: it is not UTF-8", "malformed")]
    sent = parsed(text)
    if isinstance(sent, list) and is_single(parameter):
        told = f"Malformed: it is given {len(sent)} times"
        return [violation(parameter, told, "malformed")]
    hint = PLUS if is_without_plus(parameter, sent) else ""
    return [
        violation(parameter, detail + hint, code, pointer)
        for pointer, detail, code in findings(error, sent)
    ]


def is_single(parameter: Parameter[Any]) -> bool:
    """Whether a parameter is one text, which nobody gives twice on purpose."""
    kind = parameter.kind
    return parameter.content is None and isinstance(kind, str) and kind != "any"


def is_without_plus(parameter: Parameter[Any], sent: object) -> bool:
    """Whether a time lost the + of its offset, which a query reads as a space."""
    if parameter.place != "query" or not isinstance(sent, str):
        return False
    return OFFSET.search(sent) is not None


def violation(
    parameter: Parameter[Any], detail: str, code: str, pointer: str = ""
) -> Violation:
    inside = {"pointer": f"#{pointer}"} if pointer else {}
    named = {"parameter": parameter.name, "in": parameter.place}
    return {**named, **inside, "detail": detail, "code": code}


def findings(error: ValidationError, data: Any) -> list[tuple[str, str, str]]:
    found = error.errors(include_url=False, include_input=False)[:MOST]
    return [
        (pointer_of(one["loc"], data, one["type"]), one["msg"], one["type"])
        for one in found
    ]


def pointer_of(location: Sequence[int | str], data: Any, code: str) -> str:
    """The JSON pointer of a finding: pydantic also names the branches of unions, which no caller sent."""
    steps: list[str] = []
    for index, token in enumerate(location):
        last = index == len(location) - 1
        if isinstance(data, dict) and token in data:
            data = data[str(token)]
        elif isinstance(data, list) and isinstance(token, int) and token < len(data):
            data = data[token]
        elif not (last and code == "missing"):
            continue
        steps.append(str(token).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{step}" for step in steps)
