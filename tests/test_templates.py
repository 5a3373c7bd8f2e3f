"""Templates print, loop and test one name; and use exactly the fields of their view."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from jinja2 import Environment, meta, nodes

import generator.targets
from generator.render import templates_folder

TEMPLATES = sorted(templates_folder().rglob("*.jinja"))
THINKING = (
    nodes.Assign,
    nodes.AssignBlock,
    nodes.Macro,
    nodes.Call,
    nodes.CallBlock,
    nodes.Filter,
    nodes.FilterBlock,
    nodes.Test,
    nodes.Compare,
    nodes.BinExpr,
    nodes.UnaryExpr,
    nodes.CondExpr,
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.Getitem,
    nodes.Concat,
)


def views() -> dict[str, type]:
    """Every view class of the targets by its name."""
    found: dict[str, type] = {}
    for module in pkgutil.iter_modules(
        generator.targets.__path__, "generator.targets."
    ):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, type) and dataclasses.is_dataclass(value):
                found[name] = value
    return found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_a_template_does_not_think(path: Path) -> None:
    tree = Environment().parse(path.read_text())
    for node in tree.find_all(THINKING):
        pytest.fail(f"{path.name}:{node.lineno}: {type(node).__name__}")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_a_template_uses_exactly_its_views_fields(path: Path) -> None:
    text = path.read_text()
    named = re.match(r"\{# view: (\w+) #\}\n", text)
    assert named, "the first line names the view"
    used = meta.find_undeclared_variables(Environment().parse(text))
    fields = {field.name for field in dataclasses.fields(views()[named[1]])}
    assert used == fields


def test_there_are_templates() -> None:
    assert TEMPLATES
