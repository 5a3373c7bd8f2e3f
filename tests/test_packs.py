"""How names that refer to each other are cut into packs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator.targets.packs import components, packs

NAMES = [f"n{number}" for number in range(12)]
GRAPHS = st.fixed_dictionaries(
    {name: st.lists(st.sampled_from(NAMES), unique=True) for name in NAMES}
)


def reached(graph: dict[str, list[str]], name: str) -> set[str]:
    """What one name leads to, itself only if it is on a circle."""
    found: set[str] = set()
    waiting = [*graph[name]]
    while waiting:
        following = waiting.pop()
        if following not in found:
            found.add(following)
            waiting += graph[following]
    return found


@given(GRAPHS)
def test_a_component_has_exactly_what_leads_to_each_other(
    graph: dict[str, list[str]],
) -> None:
    for part in components(graph):
        circle = {
            far for far in reached(graph, part[0]) if part[0] in reached(graph, far)
        }
        assert set(part) == circle | {part[0]}


@given(GRAPHS)
def test_packs_have_everything_once_and_never_lead_back_to_themselves(
    graph: dict[str, list[str]],
) -> None:
    made = packs(graph, 3)
    assert sorted(name for pack in made for name in pack) == sorted(NAMES)
    home = {name: str(number) for number, pack in enumerate(made) for name in pack}
    between = {
        str(number): [
            home[far] for name in pack for far in graph[name] if far not in pack
        ]
        for number, pack in enumerate(made)
    }
    assert not any(number in reached(between, number) for number in between)


@given(GRAPHS)
def test_only_a_circle_is_bigger_than_a_pack(graph: dict[str, list[str]]) -> None:
    circles = [set(part) for part in components(graph)]
    for pack in packs(graph, 3):
        assert len(pack) <= 3 or set(pack) in circles


def test_what_leads_to_a_big_circle_shares_no_pack_with_what_does_not() -> None:
    circle = {"a": ["b"], "b": ["c"], "c": ["d"], "d": ["a"]}
    graph = {**circle, "light": ["leaf"], "leaf": [], "heavy": ["a"], "other": ["leaf"]}
    found = {frozenset(pack) for pack in packs(graph, 3)}
    assert found == {
        frozenset("abcd"),
        frozenset({"leaf"}),
        frozenset({"light", "other"}),
        frozenset({"heavy"}),
    }
