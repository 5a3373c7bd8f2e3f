"""What traders see over Kafka. Yours: gen wrote it once and never touches it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from handlers import TradingHandlers
from trading_client import models
from trading_client.sync import Client, MessagingClient
from trading_service import Settings, broker_of, create_app, serving


@contextmanager
def traded(folder: Path) -> Iterator[tuple[Client, MessagingClient]]:
    broker = f"memory://{folder}"
    settings = Settings(
        database_url=f"sqlite:///{folder}/test.db", broker_url=broker, port=0
    )
    app = create_app(TradingHandlers(pause=0.01), settings)
    with (
        serving(app) as url,
        Client(url) as client,
        MessagingClient(broker_of(broker)) as messages,
    ):
        yield client, messages


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Client, MessagingClient]]:
    """Both ways into a service that runs as long as the test."""
    with traded(tmp_path) as both:
        yield both


def order(limit: float) -> models.Order:
    return models.Order(symbol="ACME", side="buy", quantity=10, limit=limit)


def test_place_order(both: tuple[Client, MessagingClient]) -> None:
    _, messages = both
    fill = messages.place_order(order(101.0)).result(timeout=30)
    assert isinstance(fill, models.Fill)
    assert fill.price == 100.0


def test_an_order_by_message_is_a_job_over_http(
    both: tuple[Client, MessagingClient],
) -> None:
    client, messages = both
    accepted = messages.place_order(order(101.0)).accepted(timeout=30)
    assert isinstance(accepted, models.Accepted)
    job = client.orders.place_order_job(accepted.id)
    assert job.result(timeout=30).order == accepted.id


def test_publish_fill(both: tuple[Client, MessagingClient]) -> None:
    client, messages = both
    with messages.publish_fill() as fills:
        first = client.orders.place_order(order(101.0)).result(timeout=30)
        second = messages.place_order(order(101.0)).result(timeout=30)
        told = [next(fills).body for _ in range(2)]
    assert told == [first, second]
