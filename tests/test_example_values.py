"""Example values: what a mere reference stands for is made once, what stands beside one counts."""

from __future__ import annotations

from generator.model import Json, Property, Schema
from generator.problems import Place
from generator.targets.examples import Examples

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
