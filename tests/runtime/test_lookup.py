"""Name servers that do not answer delay a delivery, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
PROGRAM = """
import asyncio, socket, threading
from types import SimpleNamespace
from runtime.sender import HttpSender, Outgoing

socket.getaddrinfo = lambda *_: threading.Event().wait()

async def main():
    sender = HttpSender(SimpleNamespace(development=False), connect=0.2, total=0.2)
    outcome = await sender.send(Outgoing("POST", "https://example.com/", {}, b""))
    await sender.close()
    print(outcome.status, outcome.error)

asyncio.run(main())
"""


def test_a_process_ends_while_a_name_is_still_looked_up() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | {"PYTHONPATH": str(TEMPLATES)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "None no answer in time\n"
