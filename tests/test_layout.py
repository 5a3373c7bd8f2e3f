"""What we lay out ourselves is exactly what Black would have printed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from generator.build import check
from generator.layout import laid_out
from generator.problems import Refused
from generator.python import call, literal
from generator.render import black, draft, formatted_all, needs_black

ROOT = Path(__file__).parent.parent
CORPUS = Path(os.environ.get("GEN_CORPUS", ROOT / "../shared/corpus")) / "openapi"
DOCUMENTS = [
    *sorted((ROOT / "specs").glob("*.yaml")),
    *sorted((ROOT / "tests/nasty").glob("*.yaml")),
    *sorted(path for path in CORPUS.glob("*.*") if path.stat().st_size < 6_000)[::3],
]

ATOMS = some.one_of(
    some.integers(-(10**9), 10**9), some.text(max_size=50), some.none(), some.booleans()
)
VALUES = some.recursive(
    ATOMS,
    lambda inner: some.one_of(
        some.lists(inner, max_size=6),
        some.dictionaries(some.text("abc \"'[,#", max_size=30), inner, max_size=5),
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.name))
def test_a_documents_modules_are_as_black_prints_them(path: Path) -> None:
    try:
        files = check(path).plan.files
    except Refused:
        pytest.skip("the document is refused")
    texts = [draft(file).text for file in files if needs_black(file)]
    assert formatted_all(texts) == [black(text) for text in texts]


@given(some.lists(VALUES, min_size=1, max_size=4))
@example(
    [None, -10000, [None, "0\x1f\x1f\U00020000\U0002ebe1" * 2, "00\U00020000"], []]
)
def test_a_call_is_laid_out_as_black_would(values: list[object]) -> None:
    flat = [literal(value) for value in values]  # type: ignore[arg-type]
    for statement in (f"THING = {call('make', flat)}", f"THING = [{', '.join(flat)}]"):
        ours = laid_out(statement)
        assert ours is None or ours + "\n" == black(statement + "\n")


NAMES = some.sampled_from(["a", "Item", "Word" * 4, "Name" * 7])
TYPES = some.recursive(
    NAMES,
    lambda inner: some.builds(
        "{}[{}]".format,
        some.sampled_from(["list", "dict", "Annotated", "Literal"]),
        some.lists(inner | NAMES.map('"{}"'.format), min_size=1, max_size=4).map(
            ", ".join
        ),
    ),
    max_leaves=6,
)


@given(NAMES, some.lists(TYPES, min_size=1, max_size=3))
@example("a", ['Literal["' + "x" * 60 + '"]'])
def test_a_field_is_laid_out_as_black_would(name: str, types: list[str]) -> None:
    field = f"class A:\n    {name}: {' | '.join(types)} | MISSING = MISSING"
    ours = laid_out(field)
    assert ours is None or ours + "\n" == black(field + "\n")


@given(NAMES, TYPES, some.sampled_from(["", " = MISSING", " = models.UNSET"]))
def test_a_subscript_is_laid_out_as_black_would(
    name: str, type: str, value: str
) -> None:
    field = f"class A:\n    {name}: Annotated[{type} | MISSING, None]{value}"
    ours = laid_out(field)
    assert ours is None or ours + "\n" == black(field + "\n")


def test_a_long_field_is_not_left_to_black() -> None:
    types = 'Annotated[Literal["newest", "oldest"] | str, Field(union_mode="smart")]'
    assert laid_out(f"class A:\n    order: {types} | MISSING = MISSING") is not None


@given(NAMES, some.lists(TYPES, min_size=1, max_size=3), NAMES)
@example("Item", ['Literal["' + '", "'.join(["open"] * 12) + '"]'], "str")
def test_a_named_union_is_laid_out_as_black_would(
    name: str, types: list[str], last: str
) -> None:
    alias = f'{name} = TypeAliasType("{name}", {" | ".join([*types, last])})'
    ours = laid_out(alias)
    assert ours is None or ours + "\n" == black(alias + "\n")


LITERAL = 'Literal["' + '", "'.join(["open"] * 12) + '"]'


@pytest.mark.parametrize(
    "text",
    [
        f'State = TypeAliasType("State", {LITERAL} | str)',
        "class Line(Model):\n    amount_excluding_tax: "
        'Annotated[float | MISSING, Field(alias="amountExcludingTax")] = MISSING',
        "if TYPE_CHECKING:\n    from .a import (\n        A,\n        B,\n    )\n"
        "else:\n\n    def __dir__() -> list[str]:\n        return [*globals()]",
    ],
)
def test_what_large_packages_are_made_of_is_not_left_to_black(text: str) -> None:
    ours = laid_out(text)
    assert ours is not None and ours + "\n" == black(text + "\n")


def test_what_is_not_known_is_left_to_black() -> None:
    assert laid_out("X = " + " + ".join(["something"] * 20)) is None
    assert laid_out("X = 1  # said") is None
