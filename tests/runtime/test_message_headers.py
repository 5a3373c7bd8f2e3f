"""A message's headers are what its document declares, on both sides, whatever a peer writes into them."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, Field, ValidationError
from runtime import message_kind, remote_kind

KINDS: list[Any] = [message_kind.MessageKind, remote_kind.MessageKind]


class Given(BaseModel):
    size: int = Field(alias="X-Size")
    tags: list[str] = Field(alias="x-tags", default=[])
    note: str = Field(alias="x-note", default="")


@pytest.fixture(params=KINDS, ids=["service", "client"])
def kind(request: pytest.FixtureRequest) -> Any:
    kinds = {"X-Size": "integer", "x-tags": "json"}
    return request.param("sized", None, headers=Given, header_kinds=kinds)


def test_headers_are_read_by_their_types_in_any_case(kind: Any) -> None:
    _, read = kind.read(b"", {"x-size": "3", "x-tags": '["a"]', "x-note": "1"})
    assert (read.size, read.tags, read.note) == (3, ["a"], "1")


def test_headers_are_written_as_they_are_read(kind: Any) -> None:
    sent = Given.model_validate({"X-Size": 2, "x-tags": ["é"]})
    _, texts = kind.write(None, sent)
    assert texts["X-Size"] == "2"
    assert kind.read(b"", {name.lower(): text for name, text in texts.items()})[1] == (
        sent
    )


@pytest.mark.parametrize("text", ['[], "X-Size": 9', "[", "nonsense", "{}", '["a"] '])
def test_what_a_header_says_stays_in_that_header(kind: Any, text: str) -> None:
    try:
        _, read = kind.read(b"", {"x-size": "3", "x-tags": text})
    except (ValidationError, message_kind.BadMessage):
        return
    assert (read.size, read.tags) == (3, ["a"])
