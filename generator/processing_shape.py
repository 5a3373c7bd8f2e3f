"""Whether an `x-processing` says what it may, where it may; jsonschema only words what it may not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from generator.metaschema import metaschema
from generator.model import Json
from generator.problems import Place, Problem
from generator.verdicts import Test, compiled

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

KEY = "x-processing"
DEFINITIONS = {
    "OpenAPI": "Defaults",
    "AsyncAPI": "Defaults",
    "Operation": "Processing",
    "OperationTrait": "Processing",
}
"""Role of the object that carries the key → the definition of its value."""

DEFINED = "#/$defs/"
DURATION = "write a duration such as 500ms, 5s, 10m, 24h, 1d or PT5S"
HELPS = {
    "type": "use sync, async or auto",
    "idempotency": "use optional, required or off",
    "attempts": "write a whole number, at least 1",
    "concurrency": "write a whole number, at least 1",
    "queue": "write a whole number, at least 1",
    "backoff": "write backoff: {initial: 1s, factor: 2, max: 5m}",
    "factor": "write a number, at least 1",
    "progress": "write a schema, or a reference: '#/components/schemas/…'",
    "webhook": "name one of the document's webhooks",
    "base": "write a path that begins with a slash, such as /async",
}


def processing_problems(value: Json, role: str, at: Place) -> list[Problem]:
    """What is wrong with the `x-processing` of an object that plays `role` and stands at `at`."""
    assert isinstance(value, dict)
    if role not in DEFINITIONS:
        message = "x-processing marks operations; here it means nothing"
        help = "move it to an operation, or to the document's root as the default"
        return [Problem("misplaced-processing", (at / KEY).key(), message, help)]
    marking, definition = value[KEY], DEFINITIONS[role]
    if _test(definition)(marking):
        return []
    name = _subject(value, role, at)
    return [
        problem
        for error in _validator(definition).iter_errors(marking)
        for problem in _worded(error, at / KEY, name)
    ]


@cache
def _test(definition: str) -> Test:
    return compiled(_whole(_reference(definition)))


def _whole(schema: Any) -> Any:
    """A schema with what it refers to as its own, so that what is left over is what it does not name."""
    if not isinstance(schema, dict):
        return schema
    words = {word: _whole(inner) for word, inner in schema.items() if word != "$ref"}
    if "unevaluatedProperties" in words:
        words["additionalProperties"] = words.pop("unevaluatedProperties")
    if "$ref" not in schema:
        return words
    target = _whole(_definitions()[schema["$ref"].removeprefix(DEFINED)])
    fields = {**target.get("properties", {}), **words.get("properties", {})}
    return {**target, **words, "properties": fields}


@cache
def _validator(definition: str) -> Any:
    from jsonschema import Draft202012Validator  # which takes long to import

    return Draft202012Validator({**_reference(definition), "$defs": _definitions()})


def _reference(definition: str) -> dict[str, Any]:
    return {"$ref": DEFINED + definition}


def _definitions() -> dict[str, Any]:
    found: dict[str, Any] = metaschema("x-processing.json")["$defs"]
    return found


def _subject(value: dict[str, Json], role: str, at: Place) -> str:
    name = value.get("operationId")
    if role in ("OpenAPI", "AsyncAPI"):
        return "the document"
    if isinstance(name, str):
        return name
    if at.path[-2:-1] in (("operations",), ("operationTraits",)):
        return str(at.path[-1])
    return " ".join(map(str, reversed(at.path[-2:]))) or "the operation"


def _worded(error: ValidationError, at: Place, name: str) -> Iterator[Problem]:
    here = Place(at.file, (*at.path, *error.path))
    if error.validator == "unevaluatedProperties" or (
        error.validator == "additionalProperties"
    ):
        yield from _unknown(error, here, name)
        return
    key = str(error.path[-1]) if error.path else "type"
    shown = json.dumps(error.instance, ensure_ascii=False)
    shown = shown if len(shown) <= 40 else "this"
    what = "a processing type" if key == "type" else f"a value of {key}"
    message = f"{name}: {shown} is not {what}"
    yield Problem("unknown-processing", here, message, HELPS.get(key, DURATION))


def _unknown(error: ValidationError, at: Place, name: str) -> Iterator[Problem]:
    known = _keys(error, at)
    for key in cast(Any, error.instance):
        if key not in known:
            near = get_close_matches(key, known, 1)
            help = (
                f"did you mean {near[0]}?"
                if near
                else f"the keys are {', '.join(known)}"
            )
            message = f'{name}: "{key}" is not a key of {at.path[-1]}'
            yield Problem("unknown-processing", (at / key).key(), message, help)


def _keys(error: ValidationError, at: Place) -> list[str]:
    schema: Any = error.schema
    inherited = _definitions()["Fields"]["properties"] if "$ref" in schema else {}
    return [*inherited, *schema.get("properties", {})]
