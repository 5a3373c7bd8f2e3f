"""Work that takes longer to start than to do: one turn of it for all who ask meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Container, Sequence
from typing import Generic, TypeVar

K = TypeVar("K")


class Together(Generic[K]):
    """Does one thing for all the keys that are given to it while it was busy; tells which of them it found."""

    def __init__(self, work: Callable[[Sequence[K]], Awaitable[Container[K]]]) -> None:
        self._work = work
        self._waiting: list[tuple[K, asyncio.Future[bool]]] = []
        self._working: asyncio.Task[None] | None = None

    async def __call__(self, key: K) -> bool:
        """Whether the key is one that was found; raises what the work raised."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((key, future))
        if self._working is None:
            self._working = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, []
                await self._do(waiting)
        finally:
            self._working = None

    async def _do(self, waiting: list[tuple[K, asyncio.Future[bool]]]) -> None:
        awaited = [one for one in waiting if not one[1].done()]
        try:
            found = await self._work([key for key, _ in awaited])
        except Exception as error:
            for _, future in awaited:
                if not future.done():
                    future.set_exception(error)
            return
        for key, future in awaited:
            if not future.done():
                future.set_result(key in found)
