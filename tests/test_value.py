"""Values are what `dataclasses` makes, but for its guards."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from generator.value import dataclass

OPTIONS: list[dict[str, Any]] = [
    {"frozen": True, "slots": True},
    {"frozen": True, "slots": True, "kw_only": True},
    {"frozen": True, "kw_only": True, "eq": False},
    {"slots": True},
]


def both(**options: Any) -> tuple[type[Any], type[Any]]:
    """The same class, of Python's own decorator and of ours."""

    def made(decorator: Any) -> type[Any]:
        class Parcel:
            """A parcel."""

            weight: int
            label: str = "none"
            marks: Mapping[str, int] = dataclasses.field(default_factory=dict)

        made: type[Any] = decorator(**options)(Parcel)
        return made

    return made(dataclasses.dataclass), made(dataclass)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_value_is_what_dataclasses_make(options: dict[str, Any]) -> None:
    theirs, ours = both(**options)
    for fields in ({"weight": 1}, {"weight": 2, "label": "x", "marks": {"a": 1}}):
        one, other = theirs(**fields), ours(**fields)
        assert dataclasses.asdict(one) == dataclasses.asdict(other)
        assert repr(one) == repr(other)
        assert dataclasses.replace(other, weight=3).weight == 3
    assert ours.__match_args__ == theirs.__match_args__
    assert ours(weight=1).marks is not ours(weight=1).marks


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_values_compare_and_hash_alike(options: dict[str, Any]) -> None:
    def facts(parcel: type[Any]) -> list[object]:
        a, same, other = (parcel(weight=w, marks=()) for w in (1, 1, 2))
        hashes = parcel.__hash__ is not None
        alike = hashes and hash(a) == hash(same)
        return [a == a, a == same, a == other, a != same, a == 1, hashes, alike]

    theirs, ours = both(**options)
    assert facts(theirs) == facts(ours)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_value_takes_only_its_fields(options: dict[str, Any]) -> None:
    for parcel in both(**options):
        with pytest.raises(TypeError):
            parcel(weight=1, colour="red")
        with pytest.raises(TypeError):
            parcel(label="x")


def test_the_first_call_of_one_class_is_not_that_of_another() -> None:
    @dataclass(frozen=True, slots=True)
    class Crate:
        weight: int

    @dataclass(frozen=True, slots=True)
    class Labelled(Crate):
        label: str

    assert Labelled(1, "x") == Labelled(1, "x") != Labelled(1, "y")
    assert Crate(1) == Crate(1) != Labelled(1, "x")
    assert hash(Labelled(1, "x")) == hash(Labelled(1, "x"))
