"""What is logged of brokers that are away: one line, and no traceback of what nobody can change here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

import pytest

from runtime import mqtt_carrier
from runtime.carrier import Undelivered
from runtime.intake import Arrival, Intake


def test_a_server_that_is_away_is_told_in_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert mqtt_carrier.carrier("mqtt://127.0.0.1:1") is not None
    try:
        raise ConnectionRefusedError(111, "refused")
    except OSError:
        log = logging.getLogger("zmqtt.client")
        log.warning("retrying in %.1fs", 0.2, exc_info=True)
    assert caplog.messages == ["retrying in 0.2s: [Errno 111] refused"]
    assert caplog.records[0].exc_info is None


@pytest.mark.parametrize(
    ("error", "has_traceback"),
    [(Undelivered("the broker has gone"), False), (ValueError("a mistake"), True)],
)
def test_only_a_mistake_is_told_with_its_traceback(
    error: Exception, has_traceback: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def go() -> None:
        ended = asyncio.Event()

        async def deliver(
            address: str, body: bytes, headers: Mapping[str, str]
        ) -> None:
            raise error

        async def refused() -> None:
            ended.set()

        intake = Intake(deliver, 1)
        await intake.put(Arrival("orders", b"", {}, refused=refused))
        await ended.wait()
        await intake.finish(1.0)

    asyncio.run(go())
    (record,) = caplog.records
    assert "orders" in record.getMessage() and str(error) in record.getMessage()
    assert bool(record.exc_info) is has_traceback
