"""The emitted service against the same operations written by hand with FastAPI.

Set PEER_PYTHON to an interpreter that has fastapi, uvicorn and sqlalchemy, if this one has not.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from load import drive

HERE = Path(__file__).parent
SHOP = HERE / "shop"
PEER = os.environ.get("PEER_PYTHON", sys.executable)
ROUNDS = 5
COUNT = 2000
ORDER = json.dumps(
    {
        "customer": "123e4567-e89b-42d3-a456-426614174000",
        "lines": [
            {"item": f"Thing {number}", "quantity": number + 1, "price": 9.5}
            for number in range(4)
        ],
        "note": "Ring twice.",
    }
).encode()
GET = "/orders/123e4567-e89b-42d3-a456-426614174000?limit=7&tag=a&tag=b"


@dataclass(frozen=True, slots=True)
class Server:
    name: str
    port: int
    pid: int


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        project = emitted(folder)
        by_hand = [PEER, str(SHOP / "by_hand.py")]
        with (
            running("emitted", [sys.executable, "app.py", "api"], project) as ours,
            running("by hand", by_hand, folder) as theirs,
        ):
            compare(ours, theirs)


def emitted(folder: Path) -> Path:
    """The project of openapi.yaml, with our handlers."""
    project = folder / "bench"
    command = [sys.executable, "-m", "generator", "build", str(SHOP / "openapi.yaml")]
    subprocess.run(
        [*command, "-o", str(project)],
        cwd=HERE.parent,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    shutil.copy(SHOP / "handlers.py", project)
    return project


@contextmanager
def running(name: str, command: list[str], folder: Path) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = f"sqlite:///{folder}/{name.replace(' ', '')}.db"
    settings = {"PORT": str(port), "DATABASE_URL": database}
    with open(folder / f"{name}.log", "wb") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **settings},
            stdout=log,
            stderr=log,
        )
    try:
        reached(port)
        yield Server(name, port, process.pid)
    finally:
        process.terminate()
        process.wait()


def reached(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def post(path: str) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    )
    return f"{head}Content-Length: {len(ORDER)}\r\n\r\n".encode() + ORDER


def compare(ours: Server, theirs: Server) -> None:
    print(f"{'':24}{'emitted':>12}{'by hand':>12}{'ratio':>8}{'reach':>8}   p99 ratio")
    quote, read, start = post("/orders"), get(GET), post("/exports")
    row("sync POST", ours, theirs, fixed(quote), fixed(quote), 2.0)
    row("GET with parameters", ours, theirs, fixed(read), fixed(read), 2.2)
    row("durable submit", ours, theirs, fixed(start), fixed(start), 5.0)
    row("status", ours, theirs, statuses(ours), statuses(theirs), 4.0)


Requests = Callable[[int], bytes]


def fixed(request: bytes) -> Requests:
    return lambda number: request


def statuses(server: Server) -> Requests:
    """Reads of the status of jobs that were just accepted."""
    taken = drive(server.port, server.pid, fixed(post("/exports")), 200)
    paths = [get(f"/jobs/{json.loads(body)['id']}") for body in taken.bodies]
    return lambda number: paths[number % len(paths)]


def row(
    name: str,
    ours: Server,
    theirs: Server,
    our_requests: Requests,
    their_requests: Requests,
    reach: float,
) -> None:
    """One line: microseconds of processor per request, the median of interleaved rounds."""
    pairs = []
    drive(ours.port, ours.pid, our_requests, 200)
    drive(theirs.port, theirs.pid, their_requests, 200)
    for _ in range(ROUNDS):
        one = drive(ours.port, ours.pid, our_requests, COUNT)
        other = drive(theirs.port, theirs.pid, their_requests, COUNT)
        pairs.append((one, other))
    mine, peers = (
        median(drive.cpu for drive in drives) for drives in zip(*pairs, strict=True)
    )
    slow = median(one.p99 / other.p99 for one, other in pairs)
    print(
        f"{name:24}{mine * 1e6:9.0f} µs{peers * 1e6:9.0f} µs{peers / mine:8.1f}"
        f"{reach:8.1f}{slow:12.2f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
