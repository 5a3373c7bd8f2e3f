"""Models of schemas that are put together: oneOf, anyOf, allOf, discriminators, references."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from generator.model import Json
from tests.model_reader import REFS, Reader, adapter, both_ways, one, thing
from tests.rendered import module_of, source_of

PETS: dict[str, Json] = {
    "Cat": {
        **thing(kind={"type": "string"}, lives={"type": "integer"}),
        "required": ["kind", "lives"],
    },
    "Dog": {
        **thing(kind={"type": "string"}, barks={"type": "boolean"}),
        "required": ["kind", "barks"],
    },
}


def test_one_of_is_exactly_one(tmp_path: Path) -> None:
    reader = Reader(tmp_path, {**PETS, "Pet": {"oneOf": REFS}})
    assert type(reader.read("Pet", {"kind": "x", "barks": True})).__name__ == "Dog"
    ((place, words),) = reader.errors("Pet", {"kind": "x", "barks": True, "lives": 9})
    assert place == () and "exactly one" in words
    assert not reader.accepts("Pet", {"kind": "x"})


def test_any_of_takes_the_closest(tmp_path: Path) -> None:
    reader = Reader(tmp_path, {**PETS, "Pet": {"anyOf": REFS}})
    assert type(reader.read("Pet", {"kind": "x", "barks": True})).__name__ == "Dog"
    assert reader.accepts("Pet", {"kind": "x", "barks": True, "lives": 9})


def test_a_discriminator_chooses_and_explains(tmp_path: Path) -> None:
    telling: Json = {
        "propertyName": "kind",
        "mapping": {"miau": "#/components/schemas/Cat"},
    }
    reader = Reader(
        tmp_path, {**PETS, "Pet": {"oneOf": REFS, "discriminator": telling}}
    )
    assert (
        type(reader.read("Pet", {"kind": "miau", "lives": 9, "barks": True})).__name__
        == "Cat"
    )
    assert type(reader.read("Pet", {"kind": "Dog", "barks": True})).__name__ == "Dog"
    assert reader.errors("Pet", {"kind": "miau"}) == [(("lives",), "Field required")]
    assert reader.errors("Pet", {"kind": "cow"}) == [
        (("kind",), "Input should be one of 'miau', 'Dog'")
    ]
    assert reader.errors("Pet", {}) == [(("kind",), "Field required")]


def test_a_value_without_its_tag_is_the_one_alternative_that_it_fits(
    tmp_path: Path,
) -> None:
    telling: Json = {"propertyName": "kind"}
    loose = {name: {**one, "required": []} for name, one in PETS.items()}
    loose["Cat"]["required"] = ["lives"]
    loose["Dog"]["required"] = ["barks"]
    pet: Json = {"oneOf": REFS, "discriminator": telling}
    reader = Reader(tmp_path, {**loose, "Pet": pet})
    assert type(reader.read("Pet", {"lives": 9})).__name__ == "Cat"
    missing = [(("kind",), "Field required")]
    assert reader.errors("Pet", {"lives": 9, "barks": True}) == missing
    assert reader.errors("Pet", {}) == missing


def test_among_words_that_all_declare_each_schema_has_its_name(tmp_path: Path) -> None:
    kind: Json = {"type": "string", "enum": ["Cat", "Dog", "Cow"]}
    pets: dict[str, Json] = {name: thing(kind=kind) for name in ("Cat", "Dog")}
    pet: Json = {"oneOf": REFS, "discriminator": {"propertyName": "kind"}}
    reader = Reader(tmp_path, {**pets, "Pet": pet})
    assert type(reader.read("Pet", {"kind": "Dog"})).__name__ == "Dog"
    assert not reader.accepts("Pet", {"kind": "Cow"})


def test_what_no_word_names_is_the_default_of_its_discriminator(tmp_path: Path) -> None:
    telling: Json = {
        "propertyName": "kind",
        "defaultMapping": "Dog",
        "mapping": {"miau": "Cat"},
    }
    dog: Json = thing(kind={"type": "string"}, barks={"type": "boolean"})
    pet: Json = {"oneOf": REFS, "discriminator": telling}
    reader = Reader(tmp_path, {**PETS, "Dog": dog, "Pet": pet})
    assert type(reader.read("Pet", {"kind": "miau", "lives": 9})).__name__ == "Cat"
    for value in ({"kind": "cow"}, {"barks": True}, {"kind": "Dog"}):
        assert type(reader.read("Pet", value)).__name__ == "Dog"


def test_what_extends_a_schema_with_a_discriminator_goes_out_whole_in_its_place(
    tmp_path: Path,
) -> None:
    secret: Json = {"type": "integer", "writeOnly": True}
    pet = {**thing(kind={"type": "string"}), "discriminator": {"propertyName": "kind"}}
    cat = {"allOf": [{"$ref": "#/components/schemas/Pet"}, thing(lives=secret)]}
    lion = {"allOf": [{"$ref": "#/components/schemas/Cat"}, thing(mane=secret)]}
    models = both_ways(tmp_path, "Pet", {"Pet": pet, "Cat": cat, "Lion": lion})
    module = module_of(models)
    schema = next(s for s in models.api.schemas.values() if s.name == "Pet")
    asked = adapter(module, models.annotation(schema, "X", "in"))
    simba = module.LionRequest(kind="Lion", lives=9, mane=1)
    assert asked.dump_json(simba) == b'{"kind":"Lion","lives":9,"mane":1}'
    said = adapter(module, models.annotation(schema))
    assert said.dump_json(module.Lion(kind="Lion")) == b'{"kind":"Lion"}'


def test_errors_in_alternatives_have_plain_places(tmp_path: Path) -> None:
    schema = thing(either={"oneOf": [{"type": "string"}, thing(n={"type": "integer"})]})
    reader = one(tmp_path, schema)
    assert [place for place, _ in reader.errors("Thing", {"either": {"n": "x"}})] == [
        ("either", "n")
    ]


def test_any_of_with_null_is_optional(tmp_path: Path) -> None:
    reader = one(tmp_path, thing(a={"anyOf": [{"type": "string"}, {"type": "null"}]}))
    assert "a: str | None | MISSING = MISSING" in source_of(reader.models)
    assert reader.accepts("Thing", {"a": None}) and not reader.accepts(
        "Thing", {"a": 1}
    )


def test_all_of_inherits_where_it_only_adds(tmp_path: Path) -> None:
    base = {**thing(id={"type": "integer"}), "required": ["id"]}
    more: Json = {
        "allOf": [{"$ref": "#/components/schemas/Base"}, thing(name={"type": "string"})]
    }
    needs: Json = {
        "allOf": [{"$ref": "#/components/schemas/More"}, {"required": ["name"]}]
    }
    narrow: Json = {
        "allOf": [
            {"$ref": "#/components/schemas/Base"},
            thing(id={"type": "integer", "minimum": 5}),
        ]
    }
    reader = Reader(
        tmp_path, {"More": more, "Needs": needs, "Narrow": narrow, "Base": base}
    )
    assert issubclass(reader.module.More, reader.module.Base)
    assert reader.accepts("More", {"id": 1, "name": "x"}) and not reader.accepts(
        "More", {"name": "x"}
    )
    assert not reader.accepts("Needs", {"id": 1})
    assert reader.accepts("Narrow", {"id": 5}) and not reader.accepts(
        "Narrow", {"id": 4}
    )


def test_all_of_with_one_of_is_each_alternative_with_the_rest(tmp_path: Path) -> None:
    schema: Json = {
        "allOf": [
            {**thing(id={"type": "integer"}), "required": ["id"]},
            {"oneOf": REFS},
        ],
    }
    reader = Reader(tmp_path, {**PETS, "Pet": schema})
    made = reader.read("Pet", {"id": 1, "kind": "x", "barks": True})
    assert made.id == 1 and made.barks is True
    assert not reader.accepts("Pet", {"kind": "x", "barks": True})


def test_required_alternatives_are_a_rule_of_one_class(tmp_path: Path) -> None:
    schema = {**thing(a={}, b={}), "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}
    reader = one(tmp_path, schema)
    assert type(reader.read("Thing", {"a": 1})).__name__ == "Thing"
    assert not reader.accepts("Thing", {})
    with pytest.raises(ValidationError):
        reader.module.Thing()
    assert reader.module.Thing(a=1).a == 1


def test_recursion_anywhere(tmp_path: Path) -> None:
    node: Json = {"$ref": "#/components/schemas/Node"}
    tree: Json = {"$ref": "#/components/schemas/Tree"}
    reader = Reader(
        tmp_path,
        {
            "Node": {
                **thing(next=node, all={"type": "array", "items": node}),
                "minProperties": 1,
            },
            "Tree": {"oneOf": [{"type": "string"}, {"type": "array", "items": tree}]},
            "Map": {
                "type": "object",
                "additionalProperties": {"$ref": "#/components/schemas/Map"},
            },
        },
    )
    assert reader.accepts("Node", {"next": {"all": [{"next": {"x": 1}}]}})
    assert not reader.accepts("Node", {"next": {"all": [{}]}})
    assert reader.accepts("Tree", ["a", [["b"]]]) and not reader.accepts(
        "Tree", ["a", [1]]
    )
    assert reader.accepts("Map", {"a": {"b": {}}}) and not reader.accepts(
        "Map", {"a": {"b": 1}}
    )


def test_siblings_of_a_reference_count(tmp_path: Path) -> None:
    reader = Reader(
        tmp_path,
        {
            "Id": {"type": "integer"},
            "Thing": thing(
                id={
                    "$ref": "#/components/schemas/Id",
                    "minimum": 3,
                    "description": "The id.",
                }
            ),
        },
    )
    assert reader.accepts("Thing", {"id": 3}) and not reader.accepts("Thing", {"id": 2})
