"""The package that was written by hand first is the one that the templates make."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

WISHED = Path(__file__).parent / "wished" / "orders_client"
FILES = sorted(p.relative_to(WISHED) for p in WISHED.rglob("*") if p.is_file())


@pytest.mark.parametrize(
    "path", [path for path in FILES if "__pycache__" not in path.parts], ids=str
)
def test_the_templates_make_the_wished_file(built: Path, path: Path) -> None:
    assert (built / "orders_client" / path).read_text() == (WISHED / path).read_text()


def test_the_client_needs_nothing_of_a_service(built: Path) -> None:
    package = built / "orders_client"
    needed = package.joinpath("requirements.txt").read_text().split()
    names = [line.partition(">")[0] for line in needed]
    assert names == ["httpx2", "pydantic", "websockets"]
    copied = {path.stem for path in package.joinpath("runtime").glob("*.py")}
    assert copied.isdisjoint({"engine", "store", "service", "routes", "deliveries"})


def test_the_client_and_what_callers_write_is_strictly_typed(built: Path) -> None:
    caller = Path(__file__).parent / "caller.py"
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", str(caller)]
    done = subprocess.run(
        [*command, "orders_client"], cwd=built, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
