"""What a command costs: its processor time with all its children, and its peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

# Programs keep their bytecode, as they do wherever they are installed.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@dataclass(frozen=True, slots=True)
class Cost:
    """User and system seconds, and the largest process of it in MB."""

    seconds: float
    megabytes: float


def cost(command: Sequence[str], folder: Path | None = None) -> Cost:
    """Run a command; its failure is ours."""
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]}: {said.decode(errors='replace')[-2000:]}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def middle(run: Callable[[], Cost], rounds: int) -> Cost:
    """The medians of several runs."""
    costs = [run() for _ in range(rounds)]
    return Cost(median(c.seconds for c in costs), max(c.megabytes for c in costs))


def python(code: str, *arguments: str) -> list[str]:
    """The command that runs a text of Python here."""
    return [sys.executable, "-c", code, *arguments]
