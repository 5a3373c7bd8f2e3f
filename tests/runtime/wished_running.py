"""The hand-written service as a project of its own, and as a program that runs."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx2

HERE = Path(__file__).parent
RUNTIME = HERE.parent.parent / "templates" / "runtime"
URL = re.compile(r"http://\S+")


def assemble(folder: Path) -> Path:
    """Lays the project out as a build would: the package with its runtime inside."""
    shutil.copytree(HERE / "wished", folder, dirs_exist_ok=True)
    ignored = shutil.ignore_patterns("__pycache__")
    target = folder / "wished_service" / "runtime"
    shutil.copytree(RUNTIME, target, ignore=ignored, dirs_exist_ok=True)
    return folder


class Running:
    """`python app.py` on a free loopback port, stopped when the block ends."""

    def __init__(
        self, project: Path, database: Path, *arguments: str, **env: str
    ) -> None:
        command = [sys.executable, "-W", "error", "app.py", *arguments]
        settings = {"PORT": "0", "DATABASE_URL": f"sqlite:///{database}", **env}
        self.process = subprocess.Popen(
            command,
            cwd=project,
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.errors: list[str] = []
        self.reading = threading.Thread(target=self.read_errors, daemon=True)
        self.reading.start()
        assert self.process.stdout is not None
        self.banner = self.process.stdout.readline().strip()
        found = URL.search(self.banner)
        self.url = found[0] if found else ""

    def read_errors(self) -> None:
        assert self.process.stderr is not None
        self.errors.extend(self.process.stderr)

    @property
    def log(self) -> str:
        return "".join(self.errors)

    def says(self, text: str) -> bool:
        """Whether a text comes to be in the log, which another thread reads."""
        ending = time.monotonic() + 10
        while text not in self.log and time.monotonic() < ending:
            time.sleep(0.01)
        return text in self.log

    def client(self, **headers: str) -> httpx2.Client:
        return httpx2.Client(
            base_url=self.url,
            headers=headers,
            timeout=30,
            trust_env=False,
            verify=False,
        )

    def tell(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self, seconds: float) -> int:
        """The exit code."""
        code = self.process.wait(seconds)
        self.reading.join(5)
        return code

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.reading.join(5)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()
