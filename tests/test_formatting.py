"""Black sees what changed since the last build and nothing else, here or in processes of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import black
import pytest
from click.testing import CliRunner

from generator.cli import main

ROOT = Path(__file__).parent.parent


@pytest.fixture
def formatted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that Black is given, in this process."""
    monkeypatch.setattr("generator.render.POOL_FROM", 10**9)
    given: list[str] = []
    real = black.format_file_contents

    def noted(text: str, *, fast: bool, mode: black.Mode) -> str:
        given.append(text)
        return real(text, fast=fast, mode=mode)

    monkeypatch.setattr(black, "format_file_contents", noted)
    return given


def build(spec: Path, folder: Path) -> dict[str, bytes]:
    result = CliRunner().invoke(main, ["build", str(spec), "-o", str(folder)])
    assert result.exit_code == 0, result.output
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_second_build_gives_black_nothing(
    tmp_path: Path, formatted: list[str]
) -> None:
    first = build(ROOT / "specs/orders.yaml", tmp_path / "orders")
    assert formatted
    formatted.clear()
    assert build(ROOT / "specs/orders.yaml", tmp_path / "orders") == first
    assert formatted == []


def test_only_what_changed_is_formatted(tmp_path: Path, formatted: list[str]) -> None:
    spec = shutil.copy(ROOT / "specs/orders.yaml", tmp_path / "orders.yaml")
    build(spec, tmp_path / "orders")
    first = {*formatted}
    formatted.clear()
    change(spec, "List the orders, newest first.", "The orders, newest first.")
    build(spec, tmp_path / "orders")
    assert not first & {*formatted}  # no model is, since none has changed
    change(spec, "What is ordered.", "What the shop shall send.")
    build(spec, tmp_path / "orders")
    assert not any("class OrdersHandlers" in text for text in formatted)
    service = "orders_service/models.py"
    assert "What the shop shall send." in (tmp_path / "orders" / service).read_text()


def change(spec: Path, old: str, new: str) -> None:
    text = spec.read_text()
    assert old in text
    spec.write_text(text.replace(old, new))


def test_processes_of_their_own_write_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trees = []
    for number, start in enumerate((0, 10**9)):
        monkeypatch.setattr("generator.render.POOL_FROM", start)
        folder = tmp_path / str(number) / "orders"
        trees.append(build(ROOT / "specs/orders.yaml", folder))
    assert trees[0] == trees[1]
