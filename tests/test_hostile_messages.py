"""Text of a document of messages that is code comes out as data, or the document is refused by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hostile import CODE
from hostile_messages import documents
from hypothesis import given, settings
from test_hostile import ONCE, Imported, attempt, imported

__all__ = ["imported"]


@settings(ONCE, max_examples=60)
@given(document=documents())
def test_text_of_messages_that_is_code_stays_data(
    document: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
    imported: Imported,
) -> None:
    attempt(document, tmp_path_factory.mktemp("hostile"), imported)


@pytest.mark.slow
@settings(ONCE, max_examples=2000)
@given(document=documents())
def test_much_text_of_messages_that_is_code_stays_data(
    document: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
    imported: Imported,
) -> None:
    attempt(document, tmp_path_factory.mktemp("hostile"), imported)


@pytest.mark.parametrize("text", CODE[::4], ids=range(len(CODE[::4])))
def test_each_text_is_data_in_a_document_of_messages_that_is_sound(
    text: str, tmp_path: Path, imported: Imported
) -> None:
    """Nothing here can be refused: the texts stand only where any text may."""
    assert attempt(sound(text), tmp_path, imported)


def sound(text: str) -> dict[str, Any]:
    message = {
        "name": text,
        "title": text,
        "description": text,
        "headers": {"type": "object", "properties": {"a": {"const": text}}},
        "payload": {"type": "object", "properties": {text: {"enum": [text]}}},
    }
    channel = {
        "address": "a/{b}",
        "title": text,
        "description": text,
        "parameters": {"b": {"enum": [text], "description": text}},
        "messages": {"a": message},
    }
    operation = {"channel": {"$ref": "#/channels/a"}, "summary": text}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": text, "version": text, "description": text},
        "channels": {"a": channel},
        "operations": {
            "take": {"action": "receive", **operation},
            "tell": {"action": "send", **operation},
        },
    }
