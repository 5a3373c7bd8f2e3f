"""Real documents with something wrong in them are built, or refused with a place."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROOT = TESTS.parent
CORPUS = Path(os.environ.get("GEN_CORPUS", ROOT / "../shared/corpus")).resolve()
"""Without it, mutants are made of our own documents only."""

MANY = 1000
"""Mutants of one process."""


def failures(format: str, first: int, end: int, largest: int) -> Iterator[str]:
    """What each mutant said that was neither built nor refused; another process goes on behind one that was killed.

    What a process remembers of one document stays, so that its memory is measured over a few of them.
    """
    while first < end:
        command = [sys.executable, str(TESTS / "mutant_builds.py")]
        stop = min(first + MANY, end)
        ran = subprocess.run(
            [*command, str(CORPUS / format), str(first), str(stop), str(largest)],
            env={"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        reports = ran.stdout.split("START ")[1:]
        assert reports, ran.stdout
        for report in reports:
            if "\nDONE failed" in report:
                yield report
        if ran.returncode:
            yield f"exit {ran.returncode} (-27: over 10 s) {reports[-1]}"
        first = int(reports[-1].split()[0]) + 1


@pytest.mark.parametrize(("format", "count"), [("openapi", 500), ("asyncapi", 200)])
def test_a_mutant_is_built_or_refused_with_a_place(format: str, count: int) -> None:
    found = [*failures(format, 0, count, 20_000)]
    assert not found, "\n".join(found)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("format", "count"), [("openapi", 20_000), ("asyncapi", 5_000)]
)
def test_many_mutants_are_built_or_refused_with_a_place(
    format: str, count: int
) -> None:
    found = [*failures(format, 1_000_000, 1_000_000 + count, 300_000)]
    assert not found, "\n".join(found)
