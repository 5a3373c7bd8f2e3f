"""Text of a document as Markdown, which it must not become more of than it is."""

from __future__ import annotations

import re


def markdown(text: str) -> str:
    """Text as one line of Markdown that shows it and means nothing else."""
    line = re.sub(r"([\\`*_{}\[\]<>#|~&])", r"\\\1", " ".join(_seen(text).split()))
    return re.sub(r"^(\d*)([-+=.)])", r"\1\\\2", line)  # what would begin a list


def plain(text: str) -> str:
    """Text fit for a code span or a diagram: no sign that would end either."""
    return re.sub(r"[`|;<>]", " ", _seen(text))


def _seen(text: str) -> str:
    """Text without the signs that are not seen: they move lines, or turn them around."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else " " for sign in text)
