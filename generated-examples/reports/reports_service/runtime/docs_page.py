"""The document as one HTML page that needs nothing else; all its text is escaped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from .page_parts import described, framed, mapping, paragraph, referred, shell, table

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")


def page(document: dict[str, Any]) -> str:
    """The whole page of an OpenAPI document."""
    info = mapping(document.get("info"))
    title = escape(str(info.get("title", "API")))
    version = escape(str(info.get("version", "")))
    body = "\n".join(
        [
            f"<h1>{title} <small>{version}</small></h1>",
            paragraph(info.get("summary")),
            described(info.get("description")),
            '<p><a href="openapi.json">openapi.json</a></p>',
            *groups(document),
        ]
    )
    return framed(title, body)


def groups(document: dict[str, Any]) -> Iterator[str]:
    """The operations by their first tag, then the webhooks."""
    tagged: dict[str, list[str]] = {}
    for path, method, operation in operations(document, "paths"):
        tags = operation.get("tags") or ["Operations"]
        tagged.setdefault(str(tags[0]), []).append(section(path, method, operation))
    for tag, sections in tagged.items():
        yield f"<h2>{escape(tag)}</h2>"
        yield from sections
    sent = [
        section(name, method, operation, sent=True)
        for name, method, operation in operations(document, "webhooks")
    ]
    if sent:
        yield "<h2>Webhooks</h2>"
        yield from sent


def operations(
    document: dict[str, Any], place: str
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path or name, method and operation, with what its own $refs lead to in their place."""
    for path, item in mapping(document.get(place)).items():
        shared = mapping(item).get("parameters") or []
        for method, operation in mapping(item).items():
            if method in METHODS and isinstance(operation, dict):
                yield str(path), method.upper(), whole(document, operation, shared)


def whole(
    document: dict[str, Any], operation: dict[str, Any], shared: list[Any]
) -> dict[str, Any]:
    """The operation with its path's parameters, and nothing but schemas left to look up."""
    given = [*shared, *(operation.get("parameters") or [])]
    return {
        **operation,
        "parameters": [referred(document, one) for one in given],
        "requestBody": referred(document, operation.get("requestBody")),
        "responses": {
            status: referred(document, one)
            for status, one in mapping(operation.get("responses")).items()
        },
    }


def section(
    path: str, method: str, operation: dict[str, Any], *, sent: bool = False
) -> str:
    mark = ' <span class="mark">async</span>' if is_async(operation) else ""
    parts = [
        f"<h3><b>{escape(method)}</b>{escape(path)}{mark}</h3>",
        paragraph(operation.get("summary")),
        described(operation.get("description")),
        table(parameters(operation)),
        table(responses(operation)),
        "" if sent else f"<pre>{escape(example(path, method, operation))}</pre>",
    ]
    return "<section>" + "\n".join(filter(None, parts)) + "</section>"


def is_async(operation: dict[str, Any]) -> bool:
    marked = operation.get("x-processing")
    kind = marked.get("type", "async") if isinstance(marked, dict) else marked
    return kind in ("async", "auto") or (
        operation.get("x-ms-long-running-operation") is True
    )


def parameters(operation: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for one in operation.get("parameters") or ():
        if isinstance(one, dict) and "name" in one:
            needed = " (required)" if one.get("required") else ""
            place = f"{one.get('in', '')}{needed}"
            yield str(one["name"]), place, str(one.get("description", ""))


def responses(operation: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for status, one in mapping(operation.get("responses")).items():
        kinds = ", ".join(mapping(mapping(one).get("content")))
        yield str(status), kinds, str(mapping(one).get("description", ""))


def example(path: str, method: str, operation: dict[str, Any]) -> str:
    """A curl command line that shows the call; it is to be read, and safe to paste."""
    words = ["curl", "-i"]
    if method != "GET":
        words += ["-X", method]
    for kind, content in mapping(
        mapping(operation.get("requestBody")).get("content")
    ).items():
        words += ["-H", shell(f"content-type: {kind}"), "-d", shell(sample(content))]
        break
    return " ".join([*words, '"$URL"' + shell(path)])


def sample(content: Any) -> str:
    """What the document gives as an example, on one line."""
    given = mapping(content)
    found = given.get("example")
    for one in mapping(given.get("examples")).values():
        found = mapping(one).get("value", found)
    found = mapping(given.get("schema")).get("example") if found is None else found
    return "…" if found is None else json.dumps(found, ensure_ascii=False)
