"""How problems are shown, and that every code is known."""

from __future__ import annotations

import ast
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from generator.problems import (
    CODES,
    MAX_WIDTH,
    MOST,
    Problem,
    Span,
    show,
    shown,
    visible,
    width,
)

GENERATOR = Path(__file__).parent.parent / "generator"


def test_a_problem_shows_its_place_its_line_and_its_help() -> None:
    at = Span("orders.yaml", 9, 9, 6, "        placed:")
    problem = Problem("unresolved-callback", at, "it sends nowhere", "did you mean x?")
    assert show(problem) == (
        "orders.yaml:9:9: unresolved-callback: it sends nowhere\n"
        "   9 |         placed:\n"
        "     |         ^^^^^^\n"
        "  help: did you mean x?"
    )


def test_a_warning_and_a_hint_are_marked() -> None:
    at = Span("a.yaml", 1, 1, 1, "a: 1")
    assert ":1:1: warning: x: y" in show(Problem("x", at, "y", severity="warning"))
    assert ":1:1: hint: x: y" in show(Problem("x", at, "y", severity="hint"))


def test_a_tab_and_wide_characters_keep_the_caret_below_its_text() -> None:
    line, caret = show(Problem("x", Span("a", 1, 2, 2, "\t名前: x"), "y")).split("\n")[
        1:
    ]
    assert line == "   1 |     名前: x"
    assert caret == "     |     ^^^^"


def test_of_very_many_problems_the_gravest_are_shown_and_the_others_counted() -> None:
    at = Span("a.yaml", 1, 1, 1, "")
    hints = [Problem("x", at, str(n), severity="hint") for n in range(3 * MOST)]
    lines = [*shown([*hints, Problem("y", at, "the error")])]
    assert len(lines) == MOST + 1
    assert lines[-2:] == ["a.yaml:1:1: y: the error", f"… and {2 * MOST + 1} more"]


def test_control_characters_cannot_move_the_cursor() -> None:
    assert visible("a\x1b[31m\u202eb\n") == "a\\x1b[31m\\u202eb\\n"


def test_a_long_line_is_cut_around_the_caret() -> None:
    text = "x" * 5000 + "HERE" + "y" * 5000
    line, caret = show(Problem("x", Span("a", 1, 5001, 4, text), "y")).split("\n")[1:]
    start = caret.index("^")
    assert line[start : start + 4] == "HERE"
    assert len(line) < MAX_WIDTH + 20


@given(st.text(), st.integers(1, 300), st.integers(0, 300), st.text())
def test_any_text_is_shown_on_lines_that_stay_narrow(
    text: str, column: int, length: int, message: str
) -> None:
    shown = show(Problem("x", Span("a.yaml", 3, column, length, text), message))
    lines = shown.splitlines()
    assert len(lines) in (1, 3)
    assert all(line.isprintable() for line in lines)
    assert all(width(line) < 2 * MAX_WIDTH + 20 for line in lines[1:])


def test_every_code_that_is_used_is_registered() -> None:
    used = {code for path in GENERATOR.rglob("*.py") for code in codes_in(path)}
    assert used - CODES.keys() == set()
    assert CODES.keys() - used == set()


def codes_in(path: Path) -> set[str]:
    """Texts that stand where a problem's code stands, or look like one in a call."""
    found: set[object] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and named(node) in (
            "Problem",
            "refuse",
            "_refuse",
        ):
            found |= {code for arg in node.args[:1] for code in spelt(arg)}
        elif isinstance(node, (ast.Call, ast.Return)):
            values = node.args[:1] if isinstance(node, ast.Call) else inside(node)
            texts = {v.value for v in values if isinstance(v, ast.Constant)}
            found |= texts & CODES.keys()
    return {code for code in found if isinstance(code, str)}


def spelt(code: ast.expr) -> set[object]:
    """The codes that a constant, or an f-string that only starts with one, may mean."""
    if isinstance(code, ast.Constant):
        return {code.value}
    start = code.values[0] if isinstance(code, ast.JoinedStr) else None
    if not isinstance(start, ast.Constant):
        return set()
    return {known for known in CODES if known.startswith(str(start.value))}


def named(call: ast.Call) -> str:
    return (
        call.func.attr
        if isinstance(call.func, ast.Attribute)
        else ast.unparse(call.func)
    )


def inside(node: ast.Return) -> list[ast.expr]:
    return node.value.elts[:1] if isinstance(node.value, ast.Tuple) else []
