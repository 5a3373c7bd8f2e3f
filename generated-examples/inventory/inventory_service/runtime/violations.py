"""pydantic's findings → violations a caller can act on: a pointer or a parameter, a sentence, a code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from .contents import parsed
from .parameters import Parameter

Violation = dict[str, str]
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
    found = findings(error, parsed(text))
    return [
        violation(parameter, detail, code, pointer) for pointer, detail, code in found
    ]


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
