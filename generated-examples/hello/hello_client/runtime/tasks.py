"""The end of tasks."""

from __future__ import annotations

import asyncio
from typing import Any

AGAIN = 2.0
"""Seconds after which a task is told again: a library may swallow that it was cancelled."""


async def ended(*tasks: asyncio.Task[Any] | None, grace: float = 0.0) -> None:
    """Return once the tasks have ended; after `grace` seconds they are cancelled, and what they raise is dropped."""
    running = {task for task in tasks if task is not None}
    if grace and running:
        await asyncio.wait(running, timeout=grace)
    while left := {task for task in running if not task.done()}:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=AGAIN)
    await asyncio.gather(*running, return_exceptions=True)
