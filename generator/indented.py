"""JSON indented by two columns a level: the text of `json.dumps(value, indent=2)` in half its time."""

from __future__ import annotations

import json
from json.encoder import encode_basestring as quoted

from generator.model import Json


def indented(value: Json, line: str = "\n") -> str:
    """A value as text; `line` begins each line of what stands inside it."""
    if isinstance(value, str):
        return quoted(value)
    if not isinstance(value, (dict, list)) or not value:
        return json.dumps(value)
    inner = line + "  "
    between = f",{inner}"
    if isinstance(value, list):
        items = [indented(each, inner) for each in value]
        return f"[{inner}{between.join(items)}{line}]"
    items = [
        f"{quoted(key)}: {quoted(each) if type(each) is str else indented(each, inner)}"
        for key, each in value.items()
    ]
    return f"{{{inner}{between.join(items)}{line}}}"
