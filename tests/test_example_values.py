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
