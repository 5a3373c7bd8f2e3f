"""What the tests start does not outlive them, however they end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

STARTER = """
import subprocess, sys
from watchdog import watched
watched(subprocess.Popen(["sleep", "600"], start_new_session=True))
print("started", flush=True)
sys.stdin.read()
"""


def test_a_process_ends_with_the_one_that_started_it() -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert starter.stdout is not None
    assert starter.stdout.readline() == b"started\n"
    starter.kill()
    # The output ends when nobody holds its other end any more.
    starter.communicate(timeout=60)
