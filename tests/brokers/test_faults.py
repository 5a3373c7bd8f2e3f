"""What holds when a reader is killed and when a broker is started anew: nothing is lost."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from place import Heard, Place, eventually
from watchdog import guarded

ROOT = Path(__file__).parents[2]
READER = Path(__file__).with_name("reader.py")
MANY, KILLS = 10_000, 5


@contextmanager
def reading(place: Place, log: Path, seconds: float) -> Iterator[None]:
    """A reader in a process of its own, which is killed in the end."""
    name = f"{place.address}-reader"
    process = subprocess.Popen(
        [sys.executable, READER, place.row.name, place.url, name, place.address, log]
        + [str(seconds)],
        env={**os.environ, "PYTHONPATH": f"{ROOT}/templates:{READER.parent}"},
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    with guarded(process):
        assert process.stdout is not None
        assert process.stdout.readline() == b"reading\n"
        yield


def lines(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


@pytest.mark.rows(lambda row: row.kept)
def test_what_a_killed_reader_had_in_hand_is_read_again(
    place: Place, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"

    async def go() -> None:
        async with place.carrier("writer") as carrier:
            with reading(place, first, 3600):
                await place.publish(carrier, 1)
                await eventually(lambda: len(lines(first)) == 1, 60)
            with reading(place, second, 0):
                await eventually(lambda: len(lines(second)) >= 1, 60)
        assert set(lines(second)) == set(lines(first))

    asyncio.run(go())


@pytest.mark.rows(lambda row: row.kept)
def test_five_killed_readers_lose_none_of_ten_thousand_messages(
    place: Place, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    done = tmp_path / "log.done"

    def read(share: int) -> bool:
        return len(set(lines(done))) >= share

    async def go() -> None:
        async with place.carrier("writer") as carrier:
            # Somebody has read the address before, so that no transport forgets what is sent.
            with reading(place, log, 0):
                pass
            sending = asyncio.create_task(place.publish(carrier, MANY))
            for share in range(KILLS):
                with reading(place, log, 0):
                    await eventually(lambda: read(share * MANY // (KILLS + 1)), 240)
                    await asyncio.sleep(0.2)
            with reading(place, log, 0):
                await sending
                await eventually(lambda: read(MANY), 240)

    asyncio.run(go())
    found = [line.split() for line in lines(log)]
    assert {int(body) for _, body in found} == set(range(MANY))
    # What came twice came with the same id, where its transport has ids.
    assert all(identity in ("-", f"{place.address}-{body}") for identity, body in found)


@pytest.mark.rows(lambda row: row.server and row.kept and row.survives)
def test_a_restart_of_the_broker_in_mid_traffic_loses_nothing(place: Place) -> None:
    assert place.server is not None
    server = place.server

    async def go() -> None:
        heard = Heard()
        async with place.carrier() as carrier, place.carrier("writer") as writer:
            await carrier.subscribe(
                place.address, "g", heard.deliver, options=place.row.options
            )
            sending = asyncio.create_task(place.publish(writer, 2000))
            await heard.until(200)
            await asyncio.to_thread(server.stop)
            await asyncio.to_thread(server.start)
            await asyncio.wait_for(sending, 120)
            await eventually(lambda: len(heard.counts) == 2000, 60)

    asyncio.run(go())


@pytest.mark.rows(lambda row: row.server)
@pytest.mark.parametrize("group", ["g", ""], ids=["group", "nameless"])
def test_readers_and_writers_come_back_after_a_restart_of_the_broker(
    place: Place, group: str
) -> None:
    assert place.server is not None
    server = place.server

    async def go() -> None:
        heard = Heard()
        async with place.carrier() as carrier, place.carrier("writer") as writer:
            await carrier.subscribe(
                place.address, group, heard.deliver, options=place.row.options
            )
            await asyncio.to_thread(server.stop)
            await asyncio.to_thread(server.start)
            async with asyncio.timeout(90):
                while not heard.messages:
                    await place.sent(writer, place.address, b"hello", {})
                    await asyncio.sleep(0.5)

    asyncio.run(go())
