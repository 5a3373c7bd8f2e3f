"""Many callers of one server over kept connections, and what the server's processor did."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Drive:
    """What so many requests took: the server's processor per request, and p99, in seconds."""

    cpu: float
    p99: float
    bodies: list[bytes]


def cpu_of(pid: int) -> float:
    """User and system seconds of a process and its threads."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / TICKS


def drive(
    port: int, pid: int, request: Callable[[int], bytes], count: int, callers: int = 32
) -> Drive:
    """Send `count` requests from so many callers at once."""
    return asyncio.run(_drive(port, pid, request, count, callers))


async def _drive(
    port: int, pid: int, request: Callable[[int], bytes], count: int, callers: int
) -> Drive:
    numbers = iter(range(count))
    times: list[float] = []
    bodies: list[bytes] = []
    before = cpu_of(pid)
    await asyncio.gather(
        *(_caller(port, request, numbers, times, bodies) for _ in range(callers))
    )
    used = cpu_of(pid) - before
    return Drive(used / count, sorted(times)[int(count * 0.99)], bodies)


async def _caller(
    port: int,
    request: Callable[[int], bytes],
    numbers: Iterator[int],
    times: list[float],
    bodies: list[bytes],
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number in numbers:
        start = perf_counter()
        writer.write(request(number))
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 202")):
            raise RuntimeError(head.decode())
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        bodies.append(await reader.readexactly(length))
        times.append(perf_counter() - start)
    writer.close()
