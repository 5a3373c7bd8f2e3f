"""What the pages that show documents are made of; all text of a document is escaped."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from .markdown import html_of, inline

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
h4 { margin: 1rem 0 .25rem; }
code { background: #8881; padding: 0 .2rem; border-radius: .2rem; }
p, td, li { white-space: pre-line; overflow-wrap: anywhere; }
"""


def framed(title: str, body: str) -> str:
    """A whole page that needs nothing else; both texts are HTML already."""
    head = f"<title>{title}</title><style>{STYLE}</style>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"{head}</head><body>{body}</body></html>"
    )


def referred(document: dict[str, Any], value: Any) -> Any:
    """What a $ref into the document leads to; anything else as it is."""
    ref = mapping(value).get("$ref")
    if not isinstance(ref, str) or not ref.startswith("#/"):
        return value
    found: Any = document
    for token in ref[2:].split("/"):
        found = mapping(found).get(token.replace("~1", "/").replace("~0", "~"))
    return found


def table(rows: Iterator[tuple[str, str, str]]) -> str:
    lines = [
        f"<tr><th>{escape(first)}</th><td>{escape(second)}</td><td>{inline(third)}</td></tr>"
        for first, second, third in rows
    ]
    return "<table>" + "".join(lines) + "</table>" if lines else ""


def shell(text: str) -> str:
    """One word of a shell's command line."""
    return "'" + text.replace("'", "'\\''").replace("\n", " ") + "'"


def paragraph(text: Any) -> str:
    return f"<p>{escape(str(text))}</p>" if text else ""


def described(text: Any) -> str:
    """A description, which may say how it looks."""
    return html_of(str(text)) if text else ""


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
