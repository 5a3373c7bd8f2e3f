"""Example values: what a mere reference stands for is made once, what stands beside one counts."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.model import Discriminator, Json, Property, Schema
from generator.problems import Place
from generator.targets.directions import Directions
from generator.targets.examples import Example, Examples
from generator.targets.validity import Validities
from rendered import schemas_api

AT = Place("a.yaml")
LAMP = Schema(
    at=AT,
    key="lamp",
    types=("object",),
    properties=(
        Property(
            name="name", schema=Schema(at=AT, key="name", types=("string",)), at=AT
        ),
    ),
)
SCHEMAS = {"lamp": LAMP}
TEXT = Schema(at=AT, key="text", types=("string",))


def reference(key: str, examples: tuple[Json, ...] = ()) -> Schema:
    return Schema(at=AT, key=key, ref="lamp", examples=examples)


def test_all_mere_references_share_one_example() -> None:
    examples = Examples(SCHEMAS)
    one = examples.example(reference("one")).value
    assert one == {"name": "example"}
    assert examples.example(reference("other")).value is one
    assert examples.example(LAMP).value is one


def test_an_example_beside_a_reference_is_its_own() -> None:
    examples = Examples(SCHEMAS)
    told = reference("told", examples=({"name": "desk"},))
    assert examples.example(reference("mere")).value == {"name": "example"}
    assert examples.example(told).value == {"name": "desk"}


def test_references_inside_an_object_share_their_example_too() -> None:
    pair = Schema(
        at=AT,
        key="pair",
        types=("object",),
        properties=tuple(
            Property(name=name, schema=reference(name), at=AT)
            for name in ("left", "right")
        ),
    )
    made = Examples(SCHEMAS).example(pair).value
    assert isinstance(made, dict)
    assert made["left"] == {"name": "example"}
    assert made["left"] is made["right"]


def test_an_example_follows_its_own_condition() -> None:
    postal = Schema(at=AT, key="postal", pattern="^[0-9]{5}$")
    code = Property(name="code", schema=TEXT, at=AT)
    strict = Property(name="code", schema=postal, at=AT)
    condition = Schema(at=AT, key="if", required=("code",))
    conditional = Schema(
        at=AT,
        key="address",
        types=("object",),
        properties=(code,),
        if_=condition,
        then=Schema(at=AT, key="then", properties=(strict,)),
    )
    made = Examples(SCHEMAS).example(conditional)
    assert made.valid
    assert isinstance(made.value, dict)
    assert made.value.keys() == {"code"}


def test_an_array_contains_what_it_must() -> None:
    several = Schema(
        at=AT, key="several", types=("array",), contains=TEXT, min_contains=2
    )
    assert Examples(SCHEMAS).example(several).value == ["example", "example"]


def inline(key: str, **words: Any) -> Schema:
    return Schema(at=AT, key=key, **words)


def of(name: str, schema: Schema) -> Schema:
    """An object with one property, which may have others."""
    property = Property(name=name, schema=schema, at=AT)
    return inline(f"{name} of {schema.key}", types=("object",), properties=(property,))


def test_an_example_of_one_alternative_is_none_of_the_others() -> None:
    either = inline("either", one_of=(LAMP, of("size", TEXT)))
    example = Examples({}).example(either)
    assert example.valid
    assert example.value == {"name": "example", "size": 1}


def test_a_discriminator_says_what_its_alternative_declares() -> None:
    kinds = [
        inline(f"{word}", types=("string",), enum=(word,), default=word)
        for word in ("lamp.on", "lamp.off")
    ]
    schemas = {one.key: of("kind", one) for one in kinds}
    named = {
        key: replace(one, key=key, name=name)
        for (key, one), name in zip(schemas.items(), ("On", "Off"), strict=True)
    }
    told = Discriminator(at=AT, property="kind", mapping={})
    branches = tuple(inline(f"ref {key}", ref=key) for key in named)
    event = inline("event", one_of=branches, discriminator=told)
    example = Examples(named).example(event)
    assert (example.valid, example.value) == (True, {"kind": "lamp.on"})


def test_what_others_extend_has_a_word_that_leads_to_what_it_is() -> None:
    told = Discriminator(at=AT, property="name", mapping={"big": "Big", "on": "On"})
    lamp = replace(LAMP, key="Lamp", name="Lamp", discriminator=told)
    part = inline("ref Lamp", ref="Lamp")
    wide = replace(of("width", TEXT), required=("width",))
    big = Schema(at=AT, key="Big", all_of=(part, wide))
    on = Schema(at=AT, key="On", all_of=(part,))
    examples = Examples({"Lamp": lamp, "Big": big, "On": on})
    for schema, word in ((lamp, "on"), (on, "on"), (big, "big")):
        value = examples.example(schema).value
        assert isinstance(value, dict) and value["name"] == word


def test_alternatives_that_fit_each_other_are_told_apart_by_their_names() -> None:
    pair = [replace(of("kind", TEXT), key=key, name=key) for key in ("On", "Off")]
    other = replace(pair[1], properties=(*pair[1].properties, *LAMP.properties))
    told = Discriminator(at=AT, property="kind", mapping={})
    branches = tuple(inline(f"ref {key}", ref=key) for key in ("On", "Off"))
    event = inline("event", one_of=branches, discriminator=told)
    example = Examples({"On": pair[0], "Off": other}).example(event)
    assert (example.valid, example.value) == (True, {"kind": "On", "name": 1})


def test_what_only_says_what_it_is_not_has_an_example_too() -> None:
    example = Examples({}).example(inline("odd", not_=TEXT))
    assert (example.valid, example.value) == (True, 1)


def test_a_list_is_empty_where_no_item_can_be() -> None:
    never = Schema(at=AT, key="never", never=True)
    plain = Schema(at=AT, key="plain", types=("string",))
    item = Schema(
        at=AT,
        key="item",
        types=("object",),
        properties=(Property(name="name", schema=plain, at=AT),),
        required=("code",),
        additional=never,
    )
    items = Schema(at=AT, key="items", types=("array",), items=item)
    maybe = replace(item, key="maybe", types=("object", "null"))
    page = Schema(
        at=AT,
        key="page",
        types=("object",),
        properties=(
            Property(name="items", schema=items, at=AT),
            Property(name="first", schema=maybe, at=AT),
        ),
        required=("items", "first"),
    )
    found = Examples({"item": item}).example(page)
    assert found.valid and found.value == {"items": [], "first": None}


@pytest.mark.parametrize("types", [(), ("object",)])
@pytest.mark.parametrize("last", ["text", "link0"])
def test_doubled_alternatives_in_a_row_come_to_an_end(
    types: tuple[str, ...], last: str
) -> None:
    """Thirty pairs in a row are a thousand million ways, and a pair that leads nowhere is all of them."""
    links = [f"link{index}" for index in range(30)]
    schemas = {"text": TEXT}
    for key, after in zip(links, [*links[1:], last], strict=True):
        ways = tuple(inline(f"{key} {way}", ref=after) for way in "ab")
        schemas[key] = inline(key, types=types, any_of=ways)
    examples = Examples(schemas)
    made = [examples.example(schemas[key]) for key in links]
    assert all(one.valid for one in made) == (not types and last == "text")


def test_a_pattern_that_costs_too_much_to_search_still_has_a_sample() -> None:
    word = r"(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)"
    version = rf"^(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-({word}(?:\.{word})*))?$"
    schema = replace(TEXT, key="version", pattern=version)
    value = Examples({}).example(schema).value
    assert isinstance(value, str) and re.search(version, value)


def test_an_example_has_what_travels_its_way(tmp_path: Path) -> None:
    order: Json = {
        "type": "object",
        "required": ["id", "note"],
        "properties": {
            "id": {"type": "integer", "readOnly": True},
            "note": {"not": {"type": "string"}},
            "count": {"type": "integer"},
        },
    }
    given: tuple[Json, ...] = ({"note": 2},)
    api = schemas_api(tmp_path, {"Order": order})
    schemas = dict(api.schemas)
    (schema,) = schemas.values()
    examples = Examples(schemas, Validities(schemas, Directions(api)))
    assert examples.example(schema, given, "in") == Example({"note": 2}, True)
    assert examples.example(schema, given, "out").value != {"note": 2}
