"""What things cost: every trade moves a price a little, and whoever watches hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

STEP = 0.5
"""How far one trade moves a price, in percent."""


class Market:
    """Prices by symbol."""

    def __init__(self, prices: dict[str, float]) -> None:
        self._prices = dict(prices)
        self._watchers: set[asyncio.Queue[tuple[str, float]]] = set()

    def price(self, symbol: str) -> float:
        """The price at which one trades now; a new symbol begins at 10."""
        return self._prices.setdefault(symbol, 10.0)

    def trade(self, symbol: str, side: str) -> None:
        """Move the price as a trade of that side does."""
        factor = 1 + STEP / 100 * (1 if side == "buy" else -1)
        self._prices[symbol] = round(self.price(symbol) * factor, 4)
        for watcher in self._watchers:
            watcher.put_nowait((symbol, self._prices[symbol]))

    async def watch(self) -> AsyncIterator[tuple[str, float]]:
        """Every price there is, and then each as it changes."""
        queue: asyncio.Queue[tuple[str, float]] = asyncio.Queue()
        self._watchers.add(queue)
        try:
            for known in self._prices.items():
                yield known
            while True:
                yield await queue.get()
        finally:
            self._watchers.discard(queue)
