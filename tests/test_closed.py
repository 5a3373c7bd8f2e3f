"""Objects made of closed parts are read as their authors meant them; all others as JSON Schema says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.build import check
from generator.model import Schema
from generator.problems import show

THING: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id"],
    "properties": {"id": {"type": "integer"}},
}
NAMED: dict[str, Any] = {
    "required": ["name"],
    "properties": {"name": {"type": "string"}},
}


def read(folder: Path, **schemas: Any) -> tuple[dict[str, Schema], list[str]]:
    """The named schemas of a document, and what is said of it."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Closed", "version": "1"},
        "paths": {},
        "components": {"schemas": {"Thing": THING, **schemas}},
    }
    path = folder / "closed.json"
    path.write_text(json.dumps(document, indent=1))
    checked = check(path)
    named = {one.name or "": one for one in checked.api.schemas.values()}
    return named, [show(one, checked.documents) for one in checked.problems]


def part_of_thing(**more: Any) -> dict[str, Any]:
    return {"allOf": [{"$ref": "#/components/schemas/Thing"}], **more}


def test_a_closed_part_does_not_refuse_what_the_others_add(tmp_path: Path) -> None:
    schemas, said = read(tmp_path, Lamp=part_of_thing(**NAMED))
    lamp = schemas["Lamp"]
    assert [one.name for one in lamp.properties] == ["id", "name"]
    assert (lamp.required, lamp.all_of) == (("id", "name"), ())
    assert lamp.additional is not None and lamp.additional.never
    assert len(said) == 1 and "closed-part" in said[0] and '"Lamp"' in said[0]


def test_what_is_only_refused_is_held_to_the_letter(tmp_path: Path) -> None:
    lamp = part_of_thing(properties={"name": {"type": "string"}})
    schemas, said = read(tmp_path, Lamp=lamp)
    assert len(schemas["Lamp"].all_of) == 1
    assert (
        len(said) == 1 and "refuses what another adds (name), and so do we" in said[0]
    )


@pytest.mark.parametrize(
    "pen",
    [
        {
            "allOf": [{"$ref": "#/components/schemas/Ink"}],
            "additionalProperties": False,
        },
        {
            "allOf": [
                {"$ref": "#/components/schemas/Ink"},
                {"additionalProperties": False},
            ]
        },
    ],
    ids=["beside", "among"],
)
def test_an_object_that_could_have_no_property_has_all_of_them(
    tmp_path: Path, pen: dict[str, Any]
) -> None:
    ink = {"additionalProperties": False, "properties": {"tone": {}, "age": {}}}
    schemas, said = read(tmp_path, Ink=ink, Pen=pen)
    assert [one.name for one in schemas["Pen"].properties] == ["tone", "age"]
    assert schemas["Pen"].all_of == () and "one closed object" in said[0]


def test_what_inherits_from_such_an_object_is_one_too(tmp_path: Path) -> None:
    lamp = part_of_thing(**NAMED, additionalProperties=False)
    more = {"required": ["watts"], "properties": {"watts": {}, "id": {"minimum": 1}}}
    desk = {"allOf": [{"$ref": "#/components/schemas/Lamp"}, more]}
    schemas, _ = read(tmp_path, Desk=desk, Lamp=lamp)
    found = {one.name: one.schema for one in schemas["Desk"].properties}
    assert list(found) == ["id", "name", "watts"]
    assert schemas["Desk"].required == ("id", "name", "watts")
    assert [one.minimum for one in found["id"].all_of] == [None, 1]


def test_a_part_that_two_others_have_counts_once(tmp_path: Path) -> None:
    left, right = part_of_thing(), part_of_thing(**NAMED)
    named = ({"$ref": f"#/components/schemas/{name}"} for name in ("Left", "Right"))
    schemas, _ = read(tmp_path, Left=left, Right=right, Both={"allOf": [*named]})
    both = schemas["Both"]
    assert ([one.name for one in both.properties], both.all_of) == (["id", "name"], ())


@pytest.mark.parametrize(
    "lamp",
    [
        part_of_thing(properties={"id": {"minimum": 1}}),
        part_of_thing(**NAMED, oneOf=[{"required": ["name"]}, {"minProperties": 3}]),
        part_of_thing(**NAMED, patternProperties={"^x": {}}),
        {"allOf": [{"$ref": "#/components/schemas/Open"}, NAMED]},
    ],
    ids=["known", "chosen", "patterns", "open"],
)
def test_what_is_possible_or_says_more_stays_as_it_is(
    tmp_path: Path, lamp: dict[str, Any]
) -> None:
    schemas, said = read(tmp_path, Lamp=lamp, Open=NAMED)
    assert len(schemas["Lamp"].all_of) >= 1
    assert not any("closed-part" in one for one in said)


def test_a_schema_that_a_reference_leads_into_stays_as_it_is(tmp_path: Path) -> None:
    lamp = part_of_thing(**NAMED)
    inner = {"$ref": "#/components/schemas/Lamp/allOf/0"}
    schemas, said = read(tmp_path, Lamp=lamp, Other={"properties": {"lamp": inner}})
    assert len(schemas["Lamp"].all_of) == 1
    assert not any("closed-part" in one for one in said)


def test_a_problem_inside_is_shown_where_the_whole_stands(tmp_path: Path) -> None:
    size = {"type": "integer", "default": "large"}
    unfit = {"required": ["size"], "properties": {"size": size}}
    lamp = {"allOf": [{"$ref": "#/components/schemas/Thing"}, unfit]}
    _, said = read(tmp_path, Lamp=lamp)
    shown = next(one for one in said if "unfit-default" in one)
    assert '"Lamp": {' in shown


def test_a_closed_object_is_not_asked_for_what_it_does_not_have(tmp_path: Path) -> None:
    lamp = {**THING, "required": ["id", "name", "tone"]}
    empty = {"additionalProperties": False, "required": ["name"]}
    shade = {"items": {"additionalProperties": False, "required": ["any"]}}
    schemas, said = read(tmp_path, Lamp=lamp, Empty=empty, Shade=shade)
    assert (schemas["Lamp"].required, schemas["Empty"].required) == (("id",), ())
    assert schemas["Shade"].items is not None and not schemas["Shade"].items.required
    assert len(said) == 3 and all("undeclared-property" in one for one in said)
    assert 'requires "name", "tone", but does not have that' in said[0]
