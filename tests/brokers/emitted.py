"""The finished examples as programs of their own, each with a real broker."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from servers import PATIENCE
from watchdog import guarded

EXAMPLES = Path(__file__).parents[2] / "generated-examples"


@dataclass(frozen=True)
class Example:
    """An example, the broker that it is to use, and the folder that it keeps its database in."""

    name: str
    broker_url: str
    folder: Path
    group: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PORT": "0",
            "BROKER_URL": self.broker_url,
            "MESSAGE_GROUP": self.group,
            "DATABASE_URL": f"sqlite:///{self.folder}/{self.name}{self.group}.db",
        }

    @contextmanager
    def running(self) -> Iterator[str]:
        """`python app.py`; gives where it listens, and kills it in the end."""
        with (self.folder / "log.txt").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "app.py"],
                cwd=EXAMPLES / self.name,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        with guarded(process):
            assert process.stdout is not None
            banner = process.stdout.readline().decode()
            found = re.search(r"http://\S+", banner)
            assert found, self.said()
            yield found[0]

    @contextmanager
    def ready(self) -> Iterator[str]:
        """The same, once its broker is there."""
        with self.running() as url:
            self.until_ready(url)
            yield url

    def until_ready(self, url: str) -> None:
        """Returns once the service says that it has all it needs."""
        deadline = time.monotonic() + PATIENCE
        while readiness(url) != 200:
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)

    def told(self, *arguments: str) -> str:
        """What `python app.py ARGUMENTS` prints."""
        done = subprocess.run(
            [sys.executable, "app.py", *arguments],
            cwd=EXAMPLES / self.name,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def said(self) -> str:
        """The end of what it has logged."""
        return (self.folder / "log.txt").read_text(errors="replace")[-4000:]


def readiness(url: str) -> int:
    return httpx2.get(f"{url}/readyz").status_code
