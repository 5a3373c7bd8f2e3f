"""Which operations answer with a stream, and what its items are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.load import load
from generator.model import Api
from generator.read.openapi import read
from generator.streams import Items, form_of, stream_of

JSON = {"contentMediaType": "application/json"}
POST = {"$ref": "#/components/schemas/Post"}


def api_of(folder: Path, content: Any, version: str = "3.2.0", **operation: Any) -> Api:
    responses = {"200": {"description": "A stream.", "content": content}}
    path = {"get": {"operationId": "feed", "responses": responses, **operation}}
    document = {
        "openapi": version,
        "info": {"title": "Feed", "version": "1"},
        "paths": {"/feed": path},
        "components": {"schemas": {"Post": {"type": "object"}}},
    }
    spec = folder / "feed.json"
    spec.write_text(json.dumps(document))
    return read(load(spec))[0]


def items_of(folder: Path, media_type: Any, version: str = "3.2.0") -> Items:
    api = api_of(folder, {"text/event-stream": media_type}, version)
    stream = stream_of(api.operations[0], api)
    assert stream is not None
    return stream.items[0]


@pytest.mark.parametrize(
    ("content_type", "form"),
    [
        ("text/event-stream; charset=utf-8", "events"),
        ("application/jsonl", "lines"),
        ("Application/X-NDJSON", "lines"),
        ("application/json-seq", "sequence"),
        ("application/geo+json-seq", "sequence"),
        ("application/json", None),
        ("text/plain", None),
    ],
)
def test_a_media_type_is_sequential_by_its_name(
    content_type: str, form: str | None
) -> None:
    assert form_of(content_type) == form


def test_a_choice_between_a_stream_and_something_else_is_no_stream(
    tmp_path: Path,
) -> None:
    both = {"text/event-stream": {"itemSchema": POST}, "application/json": {}}
    api = api_of(tmp_path, both)
    assert stream_of(api.operations[0], api) is None


def test_an_item_is_what_events_carry(tmp_path: Path) -> None:
    found = items_of(tmp_path, {"itemSchema": POST})
    assert not found.is_envelope
    assert [datum.is_text for datum in found.data] == [False]


def test_before_3_2_the_schema_is_the_items(tmp_path: Path) -> None:
    several = {"type": "array", "items": POST}
    old = items_of(tmp_path, {"schema": several}, "3.1.0").data[0].schema
    new = items_of(tmp_path, {"schema": several}).data[0].schema
    assert old is not None and old.types == ("array",)
    assert new is not None and new.ref is not None


def test_a_string_is_text(tmp_path: Path) -> None:
    assert items_of(tmp_path, {"itemSchema": {"type": "string"}}).data[0].is_text


def test_a_described_event_carries_its_data(tmp_path: Path) -> None:
    data = {"type": "string", **JSON, "contentSchema": POST}
    properties = {"data": data, "id": {"type": "string"}, "event": {}}
    found = items_of(tmp_path, {"itemSchema": {"properties": properties}})
    (datum,) = found.data
    assert found.is_envelope and not datum.is_text
    assert datum.schema is not None and datum.schema.ref is not None


def test_events_carry_by_name_what_their_alternative_says(tmp_path: Path) -> None:
    one = {"properties": {"event": {"const": "text"}, "data": {"type": "string"}}}
    two = {
        "properties": {
            "event": {"enum": ["posted", "edited"]},
            "data": {**JSON, "contentSchema": POST},
        }
    }
    base = {"data": {"type": "string"}, "event": {"type": "string"}}
    schema = {"type": "object", "properties": base, "oneOf": [one, two]}
    found = items_of(tmp_path, {"itemSchema": schema})
    assert [(datum.names, datum.is_text) for datum in found.data] == [
        (("text",), True),
        (("posted", "edited"), False),
    ]


def test_an_item_with_other_properties_is_no_event(tmp_path: Path) -> None:
    properties = {"data": {"type": "string"}, "author": {"type": "string"}}
    assert not items_of(
        tmp_path, {"itemSchema": {"properties": properties}}
    ).is_envelope
