"""The document as one HTML page that needs nothing else; all its text is escaped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Any

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")

STYLE = """
:root { color-scheme: light dark; --line: #8884; --mark: #b4540a; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 54rem; padding: 0 1rem; }
h1 small { font-weight: normal; opacity: .6; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
section { margin: 1.5rem 0; }
h3 { font: 600 1rem/1.5 ui-monospace, monospace; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h3 b { display: inline-block; min-width: 4.5rem; }
.mark { color: var(--mark); border: 1px solid; border-radius: .5rem; padding: 0 .4rem; font: .8rem system-ui; }
pre { background: #8881; padding: .75rem; overflow-x: auto; border-radius: .25rem; }
table { border-collapse: collapse; }
td, th { text-align: left; vertical-align: top; padding: .15rem 1rem .15rem 0; }
p, td { white-space: pre-line; overflow-wrap: anywhere; }
"""


def page(document: dict[str, Any]) -> str:
    """The whole page of an OpenAPI document."""
    described = mapping(document.get("info"))
    title = escape(str(described.get("title", "API")))
    version = escape(str(described.get("version", "")))
    body = "\n".join(
        [
            f"<h1>{title} <small>{version}</small></h1>",
            paragraph(described.get("description") or described.get("summary")),
            '<p><a href="openapi.json">openapi.json</a></p>',
            *groups(document),
        ]
    )
    head = f"<title>{title}</title><style>{STYLE}</style>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"{head}</head><body>{body}</body></html>"
    )


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


def referred(document: dict[str, Any], value: Any) -> Any:
    """What a $ref into the document leads to; anything else as it is."""
    ref = mapping(value).get("$ref")
    if not isinstance(ref, str) or not ref.startswith("#/"):
        return value
    found: Any = document
    for token in ref[2:].split("/"):
        found = mapping(found).get(token.replace("~1", "/").replace("~0", "~"))
    return found


def section(
    path: str, method: str, operation: dict[str, Any], *, sent: bool = False
) -> str:
    mark = ' <span class="mark">async</span>' if is_async(operation) else ""
    parts = [
        f"<h3><b>{escape(method)}</b>{escape(path)}{mark}</h3>",
        paragraph(operation.get("summary")),
        paragraph(operation.get("description")),
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


def table(rows: Iterator[tuple[str, str, str]]) -> str:
    lines = [
        f"<tr><th>{escape(first)}</th><td>{escape(second)}</td><td>{escape(third)}</td></tr>"
        for first, second, third in rows
    ]
    return "<table>" + "".join(lines) + "</table>" if lines else ""


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


def shell(text: str) -> str:
    """One word of a shell's command line."""
    return "'" + text.replace("'", "'\\''").replace("\n", " ") + "'"


def paragraph(text: Any) -> str:
    return f"<p>{escape(str(text))}</p>" if text else ""


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
