"""The end of tasks."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from runtime import tasks
from runtime.tasks import ended


def test_a_task_that_swallows_its_cancelling_ends_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks, "AGAIN", 0.01)

    async def swallow() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)
        await asyncio.sleep(3600)

    async def check() -> None:
        task = asyncio.create_task(swallow())
        await asyncio.sleep(0)
        await ended(task, None)
        assert task.cancelled()

    asyncio.run(check())


def test_what_ends_within_the_grace_is_not_cancelled() -> None:
    async def check() -> None:
        quick = asyncio.create_task(asyncio.sleep(0.01, "done"))
        failing = asyncio.create_task(fail())
        await ended(quick, failing, grace=60)
        assert quick.result() == "done"

    async def fail() -> None:
        raise ValueError("dropped")

    asyncio.run(check())
