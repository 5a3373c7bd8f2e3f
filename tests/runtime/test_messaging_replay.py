"""Dead letters on their way back: each goes once, and where its channel's bindings lead."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from messaging_shop import Shop, awaited, open_shop, until
from runtime.carrier import NO_OPTIONS
from runtime.memory_carrier import MemoryBroker
from runtime.message import Message, MessageFailed
from runtime.replaying import replay


class Noting(MemoryBroker):
    """Notes the options of what is published."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[tuple[str, Mapping[str, object]]] = []

    async def publish(
        self,
        address: str,
        body: bytes,
        headers: Mapping[str, str],
        options: Mapping[str, object] = NO_OPTIONS,
    ) -> None:
        self.noted.append((address, options))
        await super().publish(address, body, headers, options)


async def never(body: Any, message: Message[Any]) -> object:
    raise MessageFailed("never", "not today, and not tomorrow")


@awaited
async def test_what_fails_again_is_taken_back_once_at_a_time(tmp_path: Path) -> None:
    async with open_shop(tmp_path, Shop(never)) as bench:
        told = await bench.listen("pong.v3")
        for id in ("m1", "m2"):
            await bench.send("ping.v3", {"event": "hi"}, id=id, correlationId=id)
        await until(lambda: len(told) == 2)
        for _ in range(2):
            assert await replay(bench.broker, "ping.v3", "shop") == 2
        assert len(bench.shop.taken) == len(told) == 6


@awaited
async def test_groups_have_dead_letters_of_one_message_each() -> None:
    broker = MemoryBroker()
    for group in ("a", "b"):
        headers = {"message-id": "m1", "x-group": group}
        await broker.publish("told.dead", b"", headers)
    assert await replay(broker, "told", "shop") == 2


@awaited
async def test_a_dead_letter_goes_where_the_bindings_of_its_channel_lead() -> None:
    broker = Noting()
    await broker.publish("told.dead", b"", {"x-first-address": "told.once"})
    count = await replay(
        broker, "told", "shop", bindings=lambda at: {"topic": f"T-{at}"}
    )
    assert (count, broker.noted[1:]) == (1, [("told.once", {"topic": "T-told.once"})])
