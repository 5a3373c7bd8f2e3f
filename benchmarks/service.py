"""The emitted service against the same operations written by hand with FastAPI.

Set PEER_PYTHON to an interpreter that has fastapi, uvicorn and sqlalchemy, if this one has not.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from load import Drive, Requests, drive

HERE = Path(__file__).parent
SHOP = HERE / "shop"
PEER = os.environ.get("PEER_PYTHON", sys.executable)
ROUNDS = 20
COUNT = 400
WARM = 2
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
            asyncio.run(compare(ours, theirs))


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
        if not reached(port):
            said = (folder / f"{name}.log").read_text(errors="replace")
            raise SystemExit(f"{name} did not start: {said}")
        yield Server(name, port, process.pid)
    finally:
        process.terminate()
        process.wait()


def reached(port: int) -> bool:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return True
        except OSError:
            time.sleep(0.1)
    return False


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def post(path: str) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    )
    return f"{head}Content-Length: {len(ORDER)}\r\n\r\n".encode() + ORDER


async def compare(ours: Server, theirs: Server) -> None:
    print(
        f"{'':24}{'emitted':>12}{'by hand':>12}   ratio (middle half)   reach   p99 ratio"
    )
    pair = (ours, theirs)
    quote, start = fixed(post("/orders")), fixed(post("/exports"))
    read = fixed(get(GET))
    await row("sync POST", pair, [quote, quote], 2.0)
    await row("GET with parameters", pair, [read, read], 2.2)
    await row("durable submit", pair, [start, start], 5.0)
    await row("status", pair, [await statuses(one) for one in pair], 4.0)


def fixed(request: bytes) -> Requests:
    return lambda number: request


async def statuses(server: Server) -> Requests:
    """Reads of the status of jobs that were just accepted."""
    taken = await drive(server.port, server.pid, fixed(post("/exports")), 200)
    paths = [get(f"/jobs/{json.loads(body)['id']}") for body in taken.bodies]
    return lambda number: paths[number % len(paths)]


async def row(
    name: str, pair: tuple[Server, Server], requests: list[Requests], reach: float
) -> None:
    """One line: processor time per request; the ratio is the median of those of neighbours."""
    sides = list(zip(pair, requests, strict=True))
    drives: list[list[Drive]] = [[], []]
    for number in range(WARM + ROUNDS):
        for side in (0, 1) if number % 2 else (1, 0):
            server, request = sides[side]
            done = await drive(server.port, server.pid, request, COUNT)
            drives[side].append(done)
    ours, theirs = (side[WARM:] for side in drives)
    ratios = [other.cpu / one.cpu for one, other in zip(ours, theirs, strict=True)]
    low, middle, high = quantiles(ratios, n=4)
    print(
        f"{name:24}{micros(ours):9.0f} µs{micros(theirs):9.0f} µs"
        f"{middle:8.2f} ({low:.2f} to {high:.2f}){reach:8.1f}{p99(ours) / p99(theirs):12.2f}",
        flush=True,
    )


def micros(drives: list[Drive]) -> float:
    return median(drive.cpu for drive in drives) * 1e6


def p99(drives: list[Drive]) -> float:
    return quantiles((time for drive in drives for time in drive.times), n=100)[98]


if __name__ == "__main__":
    main()
