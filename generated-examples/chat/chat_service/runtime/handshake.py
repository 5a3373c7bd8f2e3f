"""What the binding of a channel asks of a request's query and headers, before there is any message."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import HTTPConnection

from .message_headers import CALLER
from .problem import HttpProblem
from .schema import failure

Fields = Mapping[str, object]

OURS = frozenset(
    {"x-attempt", "x-group", "x-replayed", "x-history", "x-first-address"}
    | {"x-problem", "x-deliveries", CALLER}
)
"""The headers that only we write."""
SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})
"""The headers that no message keeps."""


def checked(connection: HTTPConnection, binding: Fields) -> dict[str, str]:
    """The declared headers and query fields, those as `query-<name>`; raises HttpProblem 400."""
    taken = texts_of(binding.get("headers"), connection.headers)
    check("headers", binding.get("headers"), dict(taken))
    query = connection.query_params
    fields = {name: query.getlist(name) for name in query}
    check("query", binding.get("query"), fields)
    named = texts_of(binding.get("query"), query)
    texts = {name.lower(): value for name, value in taken.items()}
    texts |= {f"query-{name.lower()}": value for name, value in named.items()}
    return {name: value for name, value in texts.items() if name not in OURS | SECRET}


def texts_of(schema: object, given: Mapping[str, str]) -> dict[str, str]:
    """What is given of a schema's properties."""
    return {name: given[name] for name in properties_of(schema) if name in given}


def properties_of(schema: object) -> Mapping[str, object]:
    found = schema.get("properties") if isinstance(schema, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def check(what: str, schema: object, given: Mapping[str, str | Sequence[str]]) -> None:
    """Raises HttpProblem 400 for what the schema does not allow."""
    if not isinstance(schema, Mapping):
        return
    properties = properties_of(schema)
    values = {name: typed(properties.get(name), value) for name, value in given.items()}
    wrong = failure(schema, values, {})
    if wrong is not None:
        raise HttpProblem(400, detail=f"The {what} do not fit: {wrong}")


def typed(schema: object, given: str | Sequence[str]) -> Any:
    """A text, or several, as a value of the type that the schema declares."""
    kind = schema.get("type") if isinstance(schema, Mapping) else None
    if kind is None and isinstance(schema, Mapping):
        fixed = schema.get("const", "")
        kind = None if isinstance(fixed, str) else "scalar"
    texts = [given] if isinstance(given, str) else list(given)
    if kind == "array":
        items = schema.get("items") if isinstance(schema, Mapping) else None
        return [typed(items, text) for text in texts]
    if kind in (None, "string"):
        return texts[-1]
    return scalar(texts[-1])


def scalar(text: str) -> Any:
    """A number, a boolean, null or an object; any other text is what it is."""
    try:
        return json.loads(text, parse_constant=lambda name: name)
    except (ValueError, RecursionError):
        return text
