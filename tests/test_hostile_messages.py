"""Text of an AsyncAPI document that is code comes out as data."""

from __future__ import annotations

import ast
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hostile import CODE
from runtime.asyncapi_page import page
from test_hostile import Imported, imported, inside, write_for_import

from generator.build import check
from generator.render import Text, draft

__all__ = ["imported"]


@pytest.mark.parametrize("text", CODE, ids=range(len(CODE)))
def test_each_text_is_data_in_a_document_of_messages(
    text: str, tmp_path: Path, imported: Imported
) -> None:
    """Nothing here can be refused: the texts stand only where any text may."""
    made = drafted(document(text), tmp_path)
    assert all(inside(name) for name in made), list(made)
    constants = look_at_python(made)
    assert {f"operation{text}", f"queued{text}", f"sent{text}"} <= constants
    look_at_reference(made["REFERENCE.md"])
    write_for_import(made, tmp_path / "imported")
    assert imported(tmp_path / "imported") == []


@pytest.mark.parametrize("text", CODE, ids=range(len(CODE)))
def test_each_text_is_text_on_the_page(text: str) -> None:
    shown = Shown()
    shown.feed(page(document(text)))
    assert not shown.tags & {"script", "img"}


def document(text: str) -> dict[str, Any]:
    """A document with a text in every place that takes any."""
    schema = {
        "type": "object",
        "title": text,
        "description": text,
        "properties": {
            text: {"type": "string", "description": text},
            "a": {"type": "string", "enum": [text], "default": text},
            "b": {"const": text},
        },
    }
    message = {
        "name": text,
        "title": text,
        "summary": text,
        "description": text,
        "payload": schema,
        "headers": {"type": "object", "properties": {f"x{text}": {"type": "string"}}},
        "examples": [{"name": text, "payload": {"a": text}}],
    }
    said = {"summary": text, "description": text, "title": text}
    channel = {"$ref": "#/channels/things"}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": text or "Untitled", "version": text, "description": text},
        "servers": {
            "one": {"host": "localhost", "protocol": "amqp", "description": text}
        },
        "channels": {
            "things": {
                **said,
                "address": "things.{id}",
                "parameters": {"id": {"description": text, "enum": [text, "plain"]}},
                "messages": {"thing": message},
                "bindings": {"amqp": {"is": "queue", "queue": {"name": text}}},
            }
        },
        "operations": {
            f"operation{text}": {**said, "action": "receive", "channel": channel},
            f"queued{text}": {
                **said,
                "action": "receive",
                "channel": channel,
                "reply": {"channel": channel},
                "x-processing": "async",
            },
            f"sent{text}": {**said, "action": "send", "channel": channel},
        },
    }


def drafted(written: dict[str, Any], folder: Path) -> dict[str, str]:
    """Every file of the project of a document."""
    path = folder / "document.json"
    path.write_text(json.dumps(written))
    drafts = [draft(file) for file in check(path).plan.files]
    texts = [Text(d.file.path, d.file.owner, d.text, d.source) for d in drafts]
    return {text.path: text.text for text in texts}


def look_at_python(made: dict[str, str]) -> set[object]:
    """The constants of every module, none of which calls what the document named."""
    constants: set[object] = set()
    for name, text in made.items():
        if not name.endswith(".py") or "/runtime/" in name:
            continue
        assert not re.search(
            "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e\ufeff]", text
        )
        for node in ast.walk(ast.parse(text, name)):
            if isinstance(node, ast.Constant):
                constants.add(node.value)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "canary", name
    return constants


def look_at_reference(text: str) -> None:
    """No diagram is left but by its own end, and no table row is broken."""
    assert text.count("```mermaid") * 2 == len(re.findall(r"^```", text, re.MULTILINE))
    for diagram in re.findall(r"```mermaid\n(.*?)```", text, re.DOTALL):
        assert "<script" not in diagram


class Shown(HTMLParser):
    """Notes every tag of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
