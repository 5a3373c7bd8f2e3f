"""Many callers of one server over kept connections, and what the server's processor did."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import clock_gettime, perf_counter

CALLERS = 32
Requests = Callable[[int], bytes]
"""The request that has a number."""
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Drive:
    """What so many requests took, in seconds: of the server's processor for each, and by the clock."""

    cpu: float
    times: list[float]
    bodies: list[bytes]


def cpu_of(pid: int) -> float:
    """User and system seconds of a process and its threads, to the nanosecond."""
    return clock_gettime((~pid << 3) | 2)  # clock_getcpuclockid(3), on Linux


async def drive(port: int, pid: int, request: Requests, count: int) -> Drive:
    """Send `count` requests, each caller its next one when it has its answer."""
    opening = (asyncio.open_connection("127.0.0.1", port) for _ in range(CALLERS))
    connections = await asyncio.gather(*opening)
    # What a connection costs at first is none of a request's.
    await _send(connections, request, CALLERS)
    before = cpu_of(pid)
    times, bodies = await _send(connections, request, count)
    used = cpu_of(pid) - before
    for _, writer in connections:
        writer.close()
    return Drive(used / count, times, bodies)


async def _send(
    connections: list[Connection], request: Requests, count: int
) -> tuple[list[float], list[bytes]]:
    numbers = iter(range(count))
    times: list[float] = []
    bodies: list[bytes] = []
    calls = (_call(*one, request, numbers, times, bodies) for one in connections)
    await asyncio.gather(*calls)
    return times, bodies


async def _call(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    request: Requests,
    numbers: Iterator[int],
    times: list[float],
    bodies: list[bytes],
) -> None:
    for number in numbers:
        start = perf_counter()
        writer.write(request(number))
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 202")):
            raise RuntimeError(head.decode())
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        bodies.append(await reader.readexactly(length))
        times.append(perf_counter() - start)
