"""Objects that are spread over the query take the fields that nobody else names."""

from __future__ import annotations

import json
import re
from pathlib import Path

from generator.build import check
from generator.model import Json
from generator.render import draft

PAGE: Json = {"name": "page", "in": "query", "schema": {"type": "integer"}}
SCHEMES: Json = {
    "key": {"type": "apiKey", "in": "query", "name": "token"},
    "session": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "staff": {"type": "apiKey", "in": "header", "name": "x-staff"},
}


def objects(names: list[str]) -> list[Json]:
    return [
        {"name": name, "in": "query", "schema": {"type": "object"}} for name in names
    ]


def besides(
    folder: Path, parameters: list[Json], security: list[Json] | None = None
) -> list[str]:
    """What each object of an operation leaves to others."""
    listing: dict[str, Json] = {
        "parameters": parameters,
        "responses": {"204": {"description": "None."}},
        "security": security or [],
    }
    document: Json = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/orders": {"get": listing}},
        "components": {"securitySchemes": SCHEMES},
    }
    path = folder / "document.json"
    path.write_text(json.dumps(document))
    files = {Path(file.path).name: file for file in check(path).plan.files}
    return re.findall(r"besides=(.*?\])", draft(files["routes.py"]).text)


def test_an_object_leaves_the_fields_of_other_parameters(tmp_path: Path) -> None:
    assert besides(tmp_path, [PAGE, *objects(["filter"])]) == ['["page"]']


def test_an_object_has_no_field_of_its_own_name(tmp_path: Path) -> None:
    assert besides(tmp_path, objects(["filter", "sort"])) == []
    found = besides(tmp_path, [PAGE, *objects(["filter", "sort"])])
    assert found == ['["page"]', '["page"]']


def test_an_object_gets_no_credentials(tmp_path: Path) -> None:
    security: list[Json] = [{"staff": []}, {"key": [], "staff": []}]
    found = besides(tmp_path, objects(["filter"]), security)
    assert found == ['["token"]']


def test_an_object_gets_no_other_cookies(tmp_path: Path) -> None:
    prefs: Json = {"name": "prefs", "in": "cookie", "schema": {"type": "object"}}
    theme: Json = {"name": "theme", "in": "cookie", "schema": {"type": "string"}}
    found = besides(tmp_path, [prefs, theme, PAGE], [{"session": []}])
    assert found == ['["theme", "sid"]']
