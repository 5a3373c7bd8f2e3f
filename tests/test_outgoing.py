"""Which answers of an operation go out as its callbacks by themselves."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from rendered import api_of

from generator.targets.models import Models
from generator.targets.naming import naming
from generator.targets.outgoing import callbacks_view

FAULT, CAST = "#/components/schemas/Fault", "#/components/schemas/Cast"


def holding(schema: str | None) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": schema}}}
    return {"description": "", **({"content": content} if schema else {})}


def sent_on(folder: Path, answers: dict[str, str | None], schema: str = FAULT) -> Any:
    """The statuses on which a callback with this body goes out, as the service is told."""
    body = {"requestBody": holding(schema), "responses": {"204": holding(None)}}
    operation = {
        "operationId": "cast",
        "x-processing": "async",
        "responses": {status: holding(found) for status, found in answers.items()},
        "callbacks": {"told": {"{$request.query.to}": {"post": body}}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/casts": {"post": operation}},
        "components": {
            "schemas": {name: {"type": "object"} for name in ("Fault", "Cast")}
        },
    }
    api = api_of(folder, document)
    (statement,) = callbacks_view(naming(api), Models(api, "service")).callbacks
    found = re.search(r"sends_on=(\(.*\))", statement)
    return eval(found[1]) if found else ()  # noqa: S307


@pytest.mark.parametrize(
    ("answers", "statuses"),
    [
        ({"201": CAST, "404": FAULT}, [404]),
        ({"201": CAST, "404": None}, []),
        ({"201": CAST, "409": FAULT, "404": FAULT}, [409, 404]),
        ({"201": CAST, "4XX": FAULT}, [*range(400, 500)]),
        (
            {"201": CAST, "404": None, "4XX": FAULT},
            [*range(400, 404), *range(405, 500)],
        ),
        ({"201": CAST, "default": FAULT}, [*range(400, 600)]),
        ({"201": CAST, "4XX": CAST, "default": FAULT}, [*range(500, 600)]),
        ({"default": FAULT}, [*range(200, 600)]),
    ],
)
def test_a_callback_goes_out_on_every_answer_that_is_its_body(
    tmp_path: Path, answers: dict[str, str | None], statuses: list[int]
) -> None:
    assert [*sent_on(tmp_path, answers)] == statuses
