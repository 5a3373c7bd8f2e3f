"""A document's descriptions as HTML: a few words of Markdown, everything else as it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

Line = tuple[str, str]
"""The element that a line belongs to, none between two of them, and its text."""

NEXT = "\0"
"""Begins an item; no document has it."""
ITEM = re.compile(r" {0,3}(?:[-*+]|(\d{1,9}[.)]))[ \t]+(\S.*)")
HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(\S.*)")
WORDS = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|\*\*(?P<bold>[^*\n]+)\*\*"
    r"|\[(?P<label>[^\[\]\n]+)\]\((?P<url>https?://[^\s()<>\"']+)\)"
)


def html_of(text: str) -> str:
    """Paragraphs, headings, lists and fenced code."""
    blocks = groupby(lines_of(text), key=lambda line: line[0])
    return "\n".join(
        block(name, "\n".join(said for _, said in lines))
        for name, lines in blocks
        if name
    )


def block(name: str, text: str) -> str:
    if name == "pre":
        return f"<pre>{escape(text)}</pre>"
    if name in ("ul", "ol"):
        items = (inline(one.strip()) for one in text.split(NEXT) if one)
        return f"<{name}>{''.join(f'<li>{one}</li>' for one in items)}</{name}>"
    return f"<{name}>{inline(text)}</{name}>"


def lines_of(text: str) -> Iterator[Line]:
    """Each line with what it belongs to."""
    name = ""
    for line in text.replace(NEXT, "").splitlines():
        if line.lstrip().startswith("```"):
            name = "" if name == "pre" else "pre"
            yield "", ""
        elif name == "pre":
            yield name, line
        else:
            name, said = line_of(name, line)
            yield name, said
            if name == "h4":  # a heading is one line
                yield "", ""


def line_of(name: str, line: str) -> Line:
    """What a line is, behind one of another element: a list goes on in lines that are no items."""
    if not line.strip():
        return "", ""
    if item := ITEM.match(line):
        return ("ol" if item[1] else "ul"), NEXT + item[2]
    if heading := HEADING.match(line):
        return "h4", heading[1]
    return (name if name in ("ul", "ol") else "p"), line.strip()


def inline(text: str) -> str:
    """A text with its code, bold words and links to the web."""
    made, end = [], 0
    for found in WORDS.finditer(text):
        made += [escape(text[end : found.start()]), word(found)]
        end = found.end()
    return "".join([*made, escape(text[end:])])


def word(found: re.Match[str]) -> str:
    if found["code"]:
        return f"<code>{escape(found['code'])}</code>"
    if found["bold"]:
        return f"<b>{escape(found['bold'])}</b>"
    return f'<a href="{escape(found["url"])}">{escape(found["label"])}</a>'
