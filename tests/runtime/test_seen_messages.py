"""What a service knows of messages that were handled: for many at once, and from other processes too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from messaging_shop import awaited, open_shop, until

from runtime.seen_messages import Seen
from runtime.store import Store
from runtime.together import Together

ODD = ["plain", 'a "quote"', "two\nlines", "é😀", "", "a,b"]


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Seen]:
    store = Store(f"sqlite:///{folder}/seen.db")
    await store.open()
    try:
        yield Seen(store)
    finally:
        await store.close()


class Turns:
    """Work that notes what it is given at once, and waits for its gate."""

    def __init__(self) -> None:
        self.turns: list[list[str]] = []
        self.gate = asyncio.Event()
        self.error: Exception | None = None

    async def __call__(self, keys: Sequence[str]) -> set[str]:
        self.turns.append(list(keys))
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return {key for key in keys if key.startswith("known")}


@awaited
async def test_every_kept_message_is_known_to_another_process(tmp_path: Path) -> None:
    async with opened(tmp_path) as mine, opened(tmp_path) as others:
        assert not any(await asyncio.gather(*map(others.has, ODD)))
        assert all(await asyncio.gather(*map(mine.keep, ODD)))
        assert all(await asyncio.gather(*map(others.has, ODD)))
        assert not await others.has("another")


@awaited
async def test_a_message_may_be_kept_twice(tmp_path: Path) -> None:
    async with opened(tmp_path) as mine, opened(tmp_path) as others:
        await asyncio.gather(mine.keep("one"), mine.keep("one"), others.keep("one"))
        assert await mine.has("one")


@awaited
async def test_only_the_newest_are_known_without_a_look(tmp_path: Path) -> None:
    seen = Seen(Store(f"sqlite:///{tmp_path}/seen.db"), most=2)
    for key in ("one", "two", "three"):
        seen.add(key)
    assert [key in seen for key in ("one", "two", "three")] == [False, True, True]


@awaited
async def test_what_comes_while_it_is_busy_is_done_in_one_turn() -> None:
    work = Turns()
    ask = Together(work)
    first = [asyncio.create_task(ask(key)) for key in ("known 1", "new 1")]
    await until(lambda: bool(work.turns))
    second = [asyncio.create_task(ask(key)) for key in ("new 2", "known 2")]
    await asyncio.sleep(0)
    work.gate.set()
    assert await asyncio.gather(*first, *second) == [True, False, False, True]
    assert work.turns == [["known 1", "new 1"], ["new 2", "known 2"]]


@awaited
async def test_a_failure_reaches_all_who_waited_and_nobody_else() -> None:
    work = Turns()
    ask = Together(work)
    work.gate.set()
    work.error = OSError("the disk is full")
    failed = await asyncio.gather(ask("one"), ask("two"), return_exceptions=True)
    assert failed == [work.error, work.error]
    work.error = None
    assert await ask("known")


@awaited
async def test_one_who_goes_leaves_the_others_their_answer() -> None:
    work = Turns()
    ask = Together(work)
    asking = [asyncio.create_task(ask(key)) for key in ("known 1", "known 2")]
    await until(lambda: bool(work.turns))
    asking[0].cancel()
    await asyncio.sleep(0)
    work.gate.set()
    assert await asking[1]


@awaited
async def test_an_id_with_a_null_character_counts_once_too(tmp_path: Path) -> None:
    ids: list[list[str]] = []
    for last in ("m1", "m2"):
        async with open_shop(tmp_path) as bench:
            await bench.send("ping.v3", {"event": "hi"}, id="a\0b", correlationId="c1")
            await bench.send("ping.v3", {"event": "last"}, id=last, correlationId="c1")
            await until(lambda: last in [one.id for _, one in bench.shop.taken])
        ids.append(sorted(one.id for _, one in bench.shop.taken))
    assert ids == [["a\0b", "m1"], ["m2"]]
