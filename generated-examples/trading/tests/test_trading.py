"""What traders see over HTTP. Yours: gen wrote it once and never touches it again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import httpx2
import pytest
from handlers import TradingHandlers
from trading_client import errors, models
from trading_client.receiver import Delivery, Receiver
from trading_client.sync import Client
from trading_service import Settings, create_app, serving

ADMIN = "admin-token"


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A service that runs as long as the test."""
    settings = Settings(
        database_url=f"sqlite:///{tmp_path}/test.db",
        broker_url=f"memory://{tmp_path}",
        admin_token=ADMIN,
        development=True,
        port=0,
    )
    with serving(create_app(TradingHandlers(pause=0.01), settings)) as url:
        yield url


@pytest.fixture
def client(url: str) -> Iterator[Client]:
    with Client(url) as client:
        yield client


def order(side: models.Side, limit: float) -> models.Order:
    return models.Order(symbol="ACME", side=side, quantity=10, limit=limit)


def test_place_order(client: Client) -> None:
    job = client.orders.place_order(order("buy", 101.0))
    fill = job.result(timeout=30)
    assert (fill.order, fill.price, fill.quantity) == (job.id, 100.0, 10)


def test_place_order_at_a_price_that_nobody_takes(client: Client) -> None:
    job = client.orders.place_order(order("sell", 101.0))
    with pytest.raises(errors.PlaceOrder409Error) as refused:
        job.result(timeout=30)
    assert refused.value.body.detail == "ACME is at 100.0"


def test_watch_ticker(client: Client) -> None:
    with client.market.watch_ticker(symbol="ACME") as prices:
        assert next(prices).data == models.Price(symbol="ACME", price=100.0)
        client.orders.place_order(order("buy", 101.0))
        assert next(prices).data == models.Price(symbol="ACME", price=100.5)


def test_a_fill_reaches_the_subscribers(client: Client, url: str) -> None:
    fills: Queue[models.Fill] = Queue()

    class Hooks(Receiver):
        async def order_filled(self, body: models.Fill, delivery: Delivery) -> None:
            fills.put(body)

    receiver = Hooks(secrets=["whsec_bm90aGluZyB5ZXQ="])
    headers = {"authorization": f"Bearer {ADMIN}"}
    with serving(receiver) as hooks:
        made = httpx2.post(f"{url}/webhooks", headers=headers, json={"url": hooks})
        receiver.secrets = (made.json()["secret"],)
        job = client.orders.place_order(order("buy", 101.0))
        assert fills.get(timeout=30) == job.result(timeout=30)
