"""The words: every option, setting and problem code is in the docs, and what they show is true."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from runtime.settings import SETTINGS

from generator.cli import main
from generator.problems import CODES
from generator.targets.project import settings_rows

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]


def options() -> list[tuple[str, str]]:
    """Every command of `gen` with every option."""
    return [
        (name, option)
        for name, command in main.commands.items()
        for param in command.params
        if isinstance(param, click.Option)
        for option in param.opts
    ]


@pytest.mark.parametrize(("command", "option"), options())
def test_an_option_is_in_the_readme(command: str, option: str) -> None:
    assert re.search(rf"`gen {command} [^`]*{re.escape(option)}\b[^`]*`", README)


@pytest.mark.parametrize("code", CODES)
def test_a_problem_code_is_in_the_docs(code: str) -> None:
    page = (ROOT / "docs/problems.md").read_text()
    assert f"| `{code}` | {CODES[code]} |\n" in page


def test_every_setting_is_in_the_docs_with_its_default() -> None:
    page = (ROOT / "docs/service.md").read_text()
    rows = settings_rows(ROOT / "templates", "orders")
    assert [row.name for row in rows] == [setting.name for setting in SETTINGS]
    for row in rows:
        assert f"| `{row.name}` | {row.default} | {row.help} |\n" in page


@pytest.mark.parametrize("key", ["wait", "deadline", "attempts", "backoff", "progress"])
def test_the_marking_language_is_in_the_readme(key: str) -> None:
    assert re.search(rf"^  {key}: ", README, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_two_commands_exist() -> None:
    for command in re.findall(r"^sh (\S+)", README, re.MULTILINE):
        assert (ROOT / command).exists()
    assert "scripts/test" in (ROOT / ".ci/run").read_text()
