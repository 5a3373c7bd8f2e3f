"""What the operations do. Yours: gen wrote it once and never touches it again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from market import Market
from trading_service import Event, Handlers, Job, models, publishers
from trading_service.responses import PlaceOrder409, WatchTicker200


class TradingHandlers(Handlers):
    """Fills orders at the market's price, if that is not worse than their limit."""

    def __init__(self, pause: float = 0.2) -> None:
        self.pause = pause
        self.market = Market({"ACME": 100.0, "INIT": 20.0})

    async def place_order(
        self, body: models.Order, job: Job
    ) -> models.Fill | PlaceOrder409:
        await job.progress(
            done=0, total=1, message="looking for somebody to trade with"
        )
        await asyncio.sleep(self.pause)
        price = self.market.price(body.symbol)
        worse = price > body.limit if body.side == "buy" else price < body.limit
        if worse:
            detail = f"{body.symbol} is at {price}"
            return PlaceOrder409(models.Refusal(title="No fill", detail=detail))
        self.market.trade(body.symbol, body.side)
        fill = models.Fill(
            order=job.id,
            symbol=body.symbol,
            side=body.side,
            quantity=body.quantity,
            price=price,
        )
        await publishers.publish_fill(fill)
        return fill

    async def watch_ticker(
        self, symbol: models.Symbol | None, last_event_id: str | None
    ) -> AsyncIterator[Event[models.Price] | WatchTicker200]:
        yield WatchTicker200()  # the caller sees that it watches, before anything happens
        async for name, price in self.market.watch():
            if symbol in (None, name):
                yield Event(models.Price(symbol=name, price=price))
