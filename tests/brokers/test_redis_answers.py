"""What holds on Redis streams when an answer is lost on its way: what it gave out is read again, and soon."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from place import Heard, Place
from redis.asyncio import Redis
from runtime.redis_carrier import RedisCarrier

LONG = 600.0
"""Seconds after which another reader would take over."""


@pytest.mark.rows(lambda row: row.name == "redis-stream")
def test_what_a_lost_answer_gave_out_is_read_again(place: Place) -> None:
    async def go() -> None:
        heard = Heard()
        carrier = RedisCarrier(place.url, claim_after=LONG)
        other: Any = Redis.from_url(place.url)
        await carrier.start()
        await carrier.subscribe(place.address, "group", heard.deliver)
        await carrier.publish(place.address, b"first", {"message-id": "1"})
        await heard.until(1)
        (reader,) = await other.xinfo_consumers(place.address, "group")
        # In one step, so that the reader that waits for it has no part in it.
        taking = other.pipeline(transaction=True)
        taking.xadd(place.address, {"data": b"lost", "message-id": "2"})
        taking.xreadgroup("group", reader["name"], {place.address: ">"})
        await taking.execute()
        await other.client_kill_filter(_type="normal", skipme=True)
        await heard.until(2)
        await carrier.stop(1.0)
        await other.aclose()
        assert heard.counts == {b"first": 1, b"lost": 1}

    asyncio.run(go())
