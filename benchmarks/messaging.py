"""The emitted consumer of messages against one written by hand with FastStream, on three brokers.

The brokers are those of AMQP_URL, NATS_URL and REDIS_URL; one that is not named is started from what is installed.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "post"), str(HERE.parent / "tests/brokers")]

from load import cpu_of  # noqa: E402
from senders import SENDERS, Sender, Sent  # noqa: E402
from servers import Nats, Rabbit, Redis, Server, free_port  # noqa: E402
from tally import Tally  # noqa: E402

ROUNDS = int(os.environ.get("ROUNDS", "3"))
COUNT = int(os.environ.get("COUNT", "5000"))
PATIENCE = 120.0
REACH = 0.8
MOST = 1 << 20
"""How large a message the emitted service takes."""


@dataclass(frozen=True, slots=True)
class Place:
    """A broker, and one kind of channel on it."""

    name: str
    scheme: str
    channel: str

    @property
    def sides(self) -> tuple[str, str, str]:
        """The address of the emitted consumer, and of the two by hand."""
        return f"orders.{self.channel}", f"hand.{self.channel}", f"seen.{self.channel}"


PLACES = [
    Place("RabbitMQ", "amqp", "placed"),
    Place("NATS JetStream", "nats", "placed"),
    Place("NATS", "nats", "heard"),
    Place("Redis stream", "redis", "placed"),
]


class WideNats(Nats):
    """NATS that takes messages of 10 MB."""

    def commands(self) -> list[list[str]]:
        (self.folder / "nats.conf").write_text("max_payload: 16MB\n")
        return [[*super().commands()[0], "-c", "nats.conf"]]


SERVERS: dict[str, type[Server]] = {"amqp": Rabbit, "nats": WideNats, "redis": Redis}


@dataclass(frozen=True, slots=True)
class Consumer:
    """A process that consumes, and how many messages it says it has handled."""

    name: str
    pid: int
    tally: Tally


@dataclass(frozen=True, slots=True)
class Drain:
    """What a backlog took: seconds of the consumer's processor for each message, and messages each second."""

    cpu: float
    rate: float


BAD = {
    "not JSON": Sent(b'{"customer": '),
    "wrong schema": Sent(b'{"customer": 1, "lines": []}'),
    "10 MB": Sent(b'"' + b"a" * (10 << 20) + b'"'),
    "missing headers": Sent(headers={}),
}


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        project = emitted(folder)
        print(
            f"{'':16}{'emitted':>11}{'by hand':>11}{'ratio':>8}{'with seen':>11}",
            end="",
        )
        print(f"{'ratio':>8}{'reach':>8}{'rate':>10}{'by hand':>10}{'ratio':>8}")
        for scheme in SERVERS:
            with broker(scheme, folder) as url:
                asyncio.run(compare(scheme, url, project, folder))


def emitted(folder: Path) -> Path:
    """The project of asyncapi.yaml, with our handlers."""
    project, source = folder / "post", HERE / "post"
    command = [
        sys.executable,
        "-m",
        "generator",
        "build",
        str(source / "asyncapi.yaml"),
    ]
    subprocess.run(
        [*command, "-o", str(project)],
        cwd=HERE.parent,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    shutil.copy(source / "handlers.py", project)
    return project


@contextmanager
def broker(scheme: str, folder: Path) -> Iterator[str]:
    """The URL of a broker that runs."""
    if url := os.environ.get(f"{scheme.upper()}_URL"):
        yield url
        return
    place = folder / scheme
    place.mkdir()
    server = SERVERS[scheme](place)
    try:
        server.start()
        yield server.url
    finally:
        server.stop()


async def compare(scheme: str, url: str, project: Path, folder: Path) -> None:
    """One line for each kind of channel; then the emitted consumer gets what is bad."""
    by_hand = [sys.executable, str(HERE / "post/by_hand.py")]
    sender = SENDERS[scheme]()
    await sender.start(url)
    with (
        consuming("emitted", [sys.executable, "app.py"], project, url) as ours,
        consuming("by hand", by_hand, folder, url) as theirs,
        consuming("with seen", [*by_hand, "seen"], folder, url) as careful,
    ):
        for place in (one for one in PLACES if one.scheme == scheme):
            sides = list(zip((ours, theirs, careful), place.sides, strict=True))
            for consumer, address in sides:
                await reached(consumer, sender, address)
            row(place.name, await rounds(sides, sender))
            await give_bad(place.name, ours, sender, place.sides[0])
    await sender.stop()


@contextmanager
def consuming(
    name: str, command: list[str], folder: Path, url: str
) -> Iterator[Consumer]:
    """A consumer's process, with a file for what it counts."""
    file = f"{url.partition(':')[0]}-{name.replace(' ', '-')}"
    counted = folder / f"{file}.count"
    counted.write_bytes(bytes(8))
    settings = {
        "BROKER_URL": url,
        "COUNTED": str(counted),
        "DATABASE_URL": f"sqlite:///{folder}/{file}.db",
        "MAX_BODY": str(MOST),
        "PORT": str(free_port()),
        "PYTHONPATH": str(HERE / "post"),
    }
    with open(folder / f"{file}.log", "wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **settings}, stdout=log, stderr=log
        )
    try:
        yield Consumer(name, process.pid, Tally(str(counted)))
    finally:
        process.terminate()
        process.wait()


async def reached(consumer: Consumer, sender: Sender, address: str) -> None:
    """Send until something arrives: brokers drop what is sent before the first subscription."""
    before, deadline = consumer.tally.count, time.monotonic() + PATIENCE
    while consumer.tally.count == before:
        if time.monotonic() > deadline:
            raise SystemExit(f"{consumer.name} takes nothing from {address}")
        await sender.send(address, [Sent()])
        await asyncio.sleep(0.5)
    await settled(consumer)


async def settled(consumer: Consumer) -> float:
    """The processor time of a consumer that has nothing more to do."""
    before = -1.0
    while (spent := cpu_of(consumer.pid)) - before > 0.015:
        before = spent
        await asyncio.sleep(0.4)
    return spent


async def rounds(
    sides: list[tuple[Consumer, str]], sender: Sender
) -> list[list[Drain]]:
    """The drains of each side, interleaved; the first of each only warms it up."""
    drains: list[list[Drain]] = [[] for _ in sides]
    for number in range(ROUNDS + 1):
        for (consumer, address), mine in zip(sides, drains, strict=True):
            count = COUNT if number else COUNT // 5
            one = await drained(consumer, sender, address, count)
            mine.extend([one] if number else [])
    return drains


async def drained(
    consumer: Consumer, sender: Sender, address: str, count: int
) -> Drain:
    """Work off a backlog that was sent while the consumer slept."""
    before, wanted = await settled(consumer), consumer.tally.count + count
    os.kill(consumer.pid, signal.SIGSTOP)
    await sender.send(address, [Sent() for _ in range(count)])
    start = time.monotonic()
    os.kill(consumer.pid, signal.SIGCONT)
    while consumer.tally.count < wanted:
        if time.monotonic() > start + PATIENCE:
            missing = wanted - consumer.tally.count
            raise SystemExit(f"{consumer.name} has not handled {missing} of {count}")
        await asyncio.sleep(0.005)
    took = time.monotonic() - start
    return Drain((await settled(consumer) - before) / count, count / took)


def row(name: str, drains: list[list[Drain]]) -> None:
    """Microseconds of processor for each message, messages a second; medians."""
    cpu = [median(one.cpu for one in drain) * 1e6 for drain in drains]
    rate = [median(one.rate for one in drain) for drain in drains]
    print(
        f"{name:16}{cpu[0]:8.0f} µs{cpu[1]:8.0f} µs{cpu[1] / cpu[0]:8.2f}"
        f"{cpu[2]:8.0f} µs{cpu[2] / cpu[0]:8.2f}{REACH:8.1f}"
        f"{rate[0]:8.0f}/s{rate[1]:8.0f}/s{rate[0] / rate[1]:8.2f}",
        flush=True,
    )


async def give_bad(name: str, consumer: Consumer, sender: Sender, address: str) -> None:
    """Bad messages among good ones: each costs a dead letter, never the consumer."""
    before = consumer.tally.count
    for one in BAD.values():
        await sender.send(address, [Sent(), one, Sent()])
    deadline = time.monotonic() + PATIENCE
    handled, dead = 0, 0
    while (handled, dead) != (2 * len(BAD), len(BAD)):
        if time.monotonic() > deadline:
            raise SystemExit(f"{name}: {handled} handled, {dead} dead letters")
        await asyncio.sleep(0.2)
        handled = consumer.tally.count - before
        dead = await sender.kept(f"{address}.dead")
    os.kill(consumer.pid, 0)
    print(f"{'':16}{', '.join(BAD)}: {dead} dead letters, all others handled")


if __name__ == "__main__":
    main()
