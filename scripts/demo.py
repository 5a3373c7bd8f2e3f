"""Builds specs/orders.yaml, starts what came out, and lets a caller use the client that came out too."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
STAFF, PARTNER = "staff-token", "partner-key"


def main() -> None:
    # In a pipe too, these lines stand in order with those of the programs below.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    with tempfile.TemporaryDirectory(prefix="demo-") as scratch:
        project = Path(scratch, "orders")
        build(project)
        with service(project) as url:
            call(project, url)


def build(project: Path) -> None:
    """`gen build`, and then the handlers of the finished example in place of the first ones."""
    say("gen build specs/orders.yaml")
    command = [sys.executable, "-m", "generator", "build", "specs/orders.yaml"]
    made = subprocess.run(
        [*command, "-o", project], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    print(made.stdout.decode().splitlines()[-2])
    for name in ("handlers.py", "shop.py"):
        shutil.copy(ROOT / "generated-examples/orders" / name, project / name)


@contextmanager
def service(project: Path) -> Iterator[str]:
    """The emitted service as a process of its own, on its embedded default."""
    say("python app.py")
    process = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=project,
        env=os.environ
        | {
            "PORT": "0",
            "DEVELOPMENT": "true",
            "STAFF_TOKEN": STAFF,
            "PARTNER_KEY": PARTNER,
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        banner = process.stdout.readline().strip()
        print(banner)
        found = re.search(r"http://\S+", banner)
        if found is None:
            raise SystemExit("the service did not start")
        yield found.group()
        stop(process)
    finally:
        process.kill()
        process.wait()


def call(project: Path, url: str) -> None:
    """What a partner of the shop does, with nothing but the emitted client."""
    caller = Path(__file__).with_name("demo_caller.py")
    path = os.pathsep.join(filter(None, [str(project), os.environ.get("PYTHONPATH")]))
    environ = os.environ | {"PYTHONPATH": path, "PARTNER_KEY": PARTNER}
    subprocess.run([sys.executable, caller, url], env=environ, check=True)


def stop(process: subprocess.Popen[str]) -> None:
    say("SIGTERM")
    process.send_signal(signal.SIGTERM)
    status = process.wait(30)
    print(f"the service stopped with exit status {status}")
    if status:
        raise SystemExit(status)


def say(line: str) -> None:
    print(f"\n— {line}")


if __name__ == "__main__":
    main()
