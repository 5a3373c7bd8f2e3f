"""Imports go one way."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GENERATOR = ROOT / "generator"
MODULES = sorted(GENERATOR.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Every module that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def reaches(path: Path, *modules: str) -> set[str]:
    return {
        name
        for name in imported(path)
        for module in modules
        if name == module or name.startswith(f"{module}.")
    }


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(GENERATOR)))
def test_a_stage_knows_only_what_it_may(path: Path) -> None:
    place = path.relative_to(GENERATOR).as_posix()
    assert place == "__main__.py" or not reaches(path, "generator.cli")
    if place.startswith("read/"):
        assert not reaches(path, "generator.targets", "generator.render")
    if place.startswith("targets/"):
        assert not reaches(path, "generator.read", "generator.render", "yaml")
    if place in ("render.py", "write.py"):
        assert not reaches(
            path, "generator.model", "generator.schema", "generator.read"
        )
    if place in ("model.py", "schema.py"):
        assert not reaches(path, "yaml", "pathlib", "generator.python")
    if place != "render.py":
        assert not reaches(path, "jinja2", "black")


@pytest.mark.parametrize(
    "path", [p for p in MODULES if p.name != "cli.py"], ids=lambda p: p.name
)
def test_only_the_cli_prints(path: Path) -> None:
    calls = [
        n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)
    ]
    assert not [
        n for n in calls if isinstance(n.func, ast.Name) and n.func.id == "print"
    ]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "templates/runtime").glob("*.py")), ids=lambda p: p.name
)
def test_the_runtime_imports_itself_relatively(path: Path) -> None:
    assert not reaches(path, "runtime", "generator")
