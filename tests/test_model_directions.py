"""Models of what travels one way only, and rules that no type says."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import MISSING, ValidationError

from generator.model import Json
from generator.read.openapi import read
from generator.targets.models import Models
from tests.model_reader import REFS, adapter, both_ways, one, thing
from tests.rendered import module_of, schemas_api, source_of

USER: dict[str, Json] = {
    **thing(
        id={"type": "integer", "readOnly": True},
        name={"type": "string"},
        password={"type": "string", "writeOnly": True},
    ),
    "required": ["id", "name", "password"],
}


def test_read_only_and_write_only_make_two_models_where_both_are_used(
    tmp_path: Path,
) -> None:
    models = both_ways(tmp_path, "User", {"User": USER})
    module = module_of(models)
    schema = next(iter(models.api.schemas.values()))
    assert models.annotation(schema, "X", "in").text == "models.UserRequest"
    assert models.annotation(schema, "X", "out").text == "models.User"
    assert list(module.UserRequest.model_fields) == ["name", "password", "id"]
    assert list(module.User.model_fields) == ["id", "name"]


@pytest.mark.parametrize("additional", [True, False, {"type": "boolean"}])
def test_what_is_only_read_does_not_reach_the_handler(
    tmp_path: Path, additional: Json
) -> None:
    user: dict[str, Json] = {
        **thing(
            id={"type": "integer", "readOnly": True},
            name={"type": "string"},
            **{"sign-up": {"type": "string", "readOnly": True}},
        ),
        "required": ["id", "name"],
        "additionalProperties": additional,
    }
    module = module_of(both_ways(tmp_path, "User", {"User": user}))
    sent = '{"id": 1, "sign-up": "x", "name": "Ada"}'
    read = module.UserRequest.model_validate_json(sent)
    assert (read.id, read.sign_up) == (MISSING, MISSING)
    assert read.model_dump() == {"name": "Ada"}


def test_what_a_rule_says_is_a_sentence(tmp_path: Path) -> None:
    held: Json = {
        "type": "array",
        "prefixItems": [{"type": "integer"}],
        "items": {
            "type": "object",
            "propertyNames": {"maxLength": 1},
            "patternProperties": {"^x": {"type": "null"}},
            "additionalProperties": False,
        },
    }
    reader = one(tmp_path, held)
    assert [
        reader.errors("Thing", value)
        for value in (["a"], [1, {"xy": None}], [1, {"a": 1}])
    ] == [
        [((), "The value is wrong at item 0: it must be integer")],
        [
            (
                (),
                "The value is wrong at item 1: it must not have the name 'xy': it must have at most 1 characters",
            )
        ],
        [((), "The value is wrong at item 1: it is wrong at 'a': it is not allowed")],
    ]


def test_rules_ask_only_for_what_travels(tmp_path: Path) -> None:
    closed: dict[str, Json] = {
        "allOf": [{"$ref": "#/components/schemas/User"}],
        "required": ["id", "password"],
        "unevaluatedProperties": False,
    }
    module = module_of(both_ways(tmp_path, "Closed", {"User": USER, "Closed": closed}))
    asked, told = {"name": "Ada", "password": "x"}, {"id": 1, "name": "Ada"}
    assert module.ClosedRequest.model_validate(asked).password == "x"
    assert module.Closed.model_validate(told).id == 1
    with pytest.raises(ValidationError, match="more"):
        module.Closed.model_validate({**told, "more": 1})


def test_a_read_only_word_about_a_known_property_counts(tmp_path: Path) -> None:
    base = thing(id={"type": "integer"}, name={"type": "string"})
    user: Json = {
        "allOf": [
            {"$ref": "#/components/schemas/Base"},
            {"properties": {"id": {"readOnly": True}}},
        ]
    }
    module = module_of(both_ways(tmp_path, "User", {"Base": base, "User": user}))
    assert module.UserRequest.model_validate({"id": 1, "name": "Ada"}).id is MISSING
    assert list(module.User.model_fields) == ["id", "name"]


def test_what_tells_alternatives_apart_travels_both_ways(tmp_path: Path) -> None:
    kind: Json = {"type": "string", "readOnly": True}
    cat = {**thing(kind=kind, lives={"type": "integer"}), "required": ["kind"]}
    dog = {**thing(kind=kind, barks={"type": "boolean"}), "required": ["kind"]}
    pet: Json = {"oneOf": REFS, "discriminator": {"propertyName": "kind"}}
    schemas: dict[str, Json] = {"Cat": cat, "Dog": dog, "Pet": pet}
    models = both_ways(tmp_path, "Pet", schemas)
    module = module_of(models)
    schema = next(s for s in models.api.schemas.values() if s.name == "Pet")
    reading = adapter(module, models.annotation(schema, "X", "in"))
    found = reading.validate_json('{"kind": "Dog", "barks": true}')
    assert (type(found), found.kind) == (module.DogRequest, "Dog")
    assert module.CatRequest(lives=9)  # alone there is nothing to tell it apart from


def test_a_list_that_two_schemas_describe_holds_what_both_say(tmp_path: Path) -> None:
    page = thing(data={"type": "array", "items": {"type": "object"}}, links={})
    users: Json = {
        "allOf": [
            {"$ref": "#/components/schemas/Page"},
            thing(
                data={"type": "array", "items": {"$ref": "#/components/schemas/User"}}
            ),
        ]
    }
    schemas: dict[str, Json] = {"User": thing(n={}), "Page": page, "Users": users}
    module = module_of(Models(schemas_api(tmp_path, schemas)))
    found = module.Users.model_validate_json('{"data": [{"n": 1}]}')
    assert type(found.data[0]) is module.User


def test_a_title_that_is_but_the_name_is_not_said_again(tmp_path: Path) -> None:
    schema: dict[str, Json] = {
        **thing(item_id={"title": "Item Id"}, size={"title": "In inches"}),
        "title": "Bolt",
    }
    text = source_of(Models(schemas_api(tmp_path, {"Bolt": schema})))
    assert '"""Bolt"""' not in text
    assert '"""Item Id"""' not in text
    assert '"""In inches"""' in text


def test_what_nothing_else_evaluates_is_additional(tmp_path: Path) -> None:
    schema = {**thing(a={}), "unevaluatedProperties": False}
    assert 'extra="forbid"' in source_of(Models(schemas_api(tmp_path, {"A": schema})))
    reader = one(tmp_path, {"prefixItems": [{}], "unevaluatedItems": {"type": "null"}})
    assert reader.accepts("Thing", [1, None]) and not reader.accepts("Thing", [1, 2])
