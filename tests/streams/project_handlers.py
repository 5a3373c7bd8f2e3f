"""Handlers whose streams break off, never end, or say nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from streams_service import Event, Handlers, models
from streams_service.responses import Lines200, Silence200, Ticks404

BLOCK = "x" * 65536


class StreamsHandlers(Handlers):
    flooded = 0
    closed = 0

    async def ticks(
        self, count: int, breaks: bool, last_event_id: str | None
    ) -> AsyncIterator[Event[models.Tick] | Ticks404]:
        if count == 0:
            yield Ticks404(models.Ticks404(title="No ticks"))
        first = int(last_event_id or 0) + 1
        for number in range(first, count + 1):
            yield Event(models.Tick(number=number), id=str(number), retry=10)
            if breaks and number % 3 == 0:
                raise RuntimeError("the stream breaks off, as it was told to")

    async def silence(self, last_event_id: str | None) -> AsyncIterator[str]:
        yield Silence200()
        try:
            await asyncio.Event().wait()
        finally:
            self.closed += 1

    async def words(self, body: str, last_event_id: str | None) -> AsyncIterator[str]:
        for word in body.split(" "):
            yield word

    async def lines(self, breaks: bool) -> AsyncIterator[models.Tick | Lines200]:
        yield Lines200(x_total=3)
        for number in (1, 2, 3):
            yield models.Tick(number=number)
            if breaks:
                raise RuntimeError("the stream breaks off, as it was told to")

    async def records(self) -> AsyncIterator[models.Tick]:
        for number in (1, 2, 3):
            yield models.Tick(number=number)

    async def flood(self) -> AsyncIterator[str]:
        try:
            while True:
                self.flooded += 1
                yield BLOCK
        finally:
            self.closed += 1

    async def state(self) -> models.State200:
        return models.State200(flooded=self.flooded, closed=self.closed)
