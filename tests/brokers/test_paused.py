"""What holds when a reader's process stands still for a while, as one does whose machine sleeps: it reads on."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from place import Place, eventually

ROOT = Path(__file__).parents[2]
READER = Path(__file__).with_name("reader.py")
PAUSES, PAUSE = 4, 2.1
"""Longer than a carrier waits for one answer of its broker."""


@contextmanager
def reading(place: Place, log: Path) -> Iterator[int]:
    """The process of a reader, which is killed in the end."""
    name = f"{place.address}-reader"
    process = subprocess.Popen(
        [sys.executable, READER, place.row.name, place.url, name, place.address, log]
        + ["0"],
        env={**os.environ, "PYTHONPATH": f"{ROOT}/templates:{READER.parent}"},
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"reading\n"
        yield process.pid
    finally:
        process.kill()
        process.communicate()


def read(log: Path) -> set[str]:
    return set(log.read_text().splitlines()) if log.exists() else set()


@pytest.mark.rows(lambda row: row.kept)
def test_a_reader_that_stood_still_reads_on(place: Place, tmp_path: Path) -> None:
    log = tmp_path / "log"

    async def go() -> None:
        async with place.carrier("writer") as carrier:
            with reading(place, log) as pid:
                for number in range(PAUSES):
                    os.kill(pid, signal.SIGSTOP)
                    for other in range(20):
                        body = f"{number} {other}".encode()
                        id = f"{place.address}-{number}-{other}"
                        await place.sent(carrier, "", body, {"message-id": id})
                    await asyncio.sleep(PAUSE)
                    os.kill(pid, signal.SIGCONT)
                    await eventually(lambda: len(read(log)) == 20 * (number + 1), 60)

    asyncio.run(go())
