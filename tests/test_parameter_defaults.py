"""What an absent parameter means: the default of its schema, where that fits."""

from __future__ import annotations

import json
from pathlib import Path

from generator.build import check
from generator.model import Json
from generator.render import draft


def emitted(folder: Path, schema: Json, **schemas: Json) -> dict[str, str]:
    """The modules of a service whose operation has a parameter of a schema."""
    parameter = {"name": "limit", "in": "query", "schema": schema}
    listing = {"operationId": "list", "parameters": [parameter], "responses": {}}
    listing["responses"] = {"204": {"description": "None."}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/orders": {"get": listing}},
        "components": {"schemas": schemas},
    }
    path = folder / "document.json"
    path.write_text(json.dumps(document))
    files = {Path(file.path).name: file for file in check(path).plan.files}
    return {name: draft(files[name]).text for name in ("routes.py", "handlers.py")}


def test_a_default_is_what_an_absent_parameter_means(tmp_path: Path) -> None:
    made = emitted(tmp_path, {"type": "integer", "default": 20})
    assert "default=20" in made["routes.py"]
    assert "(self, limit: int)" in made["handlers.py"]


def test_a_default_may_stand_behind_a_reference(tmp_path: Path) -> None:
    named: dict[str, Json] = {"Limit": {"type": "integer", "default": 20}}
    made = emitted(tmp_path, {"$ref": "#/components/schemas/Limit"}, **named)
    assert "default=20" in made["routes.py"]


def test_a_default_that_does_not_fit_is_none(tmp_path: Path) -> None:
    values: tuple[Json, ...] = ("many", None, {"x": 1})
    for unfit in values:
        made = emitted(tmp_path, {"type": "integer", "default": unfit})
        assert "default" not in made["routes.py"]
        assert "(self, limit: int | None)" in made["handlers.py"]


def test_a_default_of_an_object_that_is_closed_is_never_read_into_it(
    tmp_path: Path,
) -> None:
    closed: dict[str, Json] = {"properties": {"a": {}}, "additionalProperties": False}
    made = emitted(tmp_path, {"type": "object", **closed, "default": {"x": 1}})
    assert "default" not in made["routes.py"]
