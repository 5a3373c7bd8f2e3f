"""What the order system is told and answered. Yours: gen wrote it once and never touches it again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from handlers import InventoryHandlers
from inventory_client import models
from inventory_client.sync import MessagingClient
from inventory_service import Settings, broker_of, create_app, serving


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A database and a broker for one test."""
    return Settings(
        database_url=f"sqlite:///{tmp_path}/test.db",
        broker_url=f"memory://{tmp_path}",
        port=0,
    )


@pytest.fixture
def client(settings: Settings) -> Iterator[MessagingClient]:
    """The order system's side of a warehouse that is open as long as the test."""
    app = create_app(InventoryHandlers(), settings)
    broker = broker_of(settings.broker_url)
    with serving(app), MessagingClient(broker) as client:
        yield client


def arrival(delivery: str, quantity: int) -> models.Arrival:
    return models.Arrival(delivery=delivery, item="lamp", quantity=quantity)


def dead_letter(settings: Settings, address: str) -> tuple[bytes, Mapping[str, str]]:
    """The first message that could not be worked off, and its headers."""

    async def taken() -> tuple[bytes, Mapping[str, str]]:
        letters: asyncio.Queue[tuple[bytes, Mapping[str, str]]] = asyncio.Queue()

        async def keep(address: str, body: bytes, headers: Mapping[str, str]) -> None:
            letters.put_nowait((body, headers))

        await broker_of(settings.broker_url).subscribe(f"{address}.dead", "test", keep)
        return await asyncio.wait_for(letters.get(), 30)

    return asyncio.run(taken())


def test_take_arrival_tells_the_new_stock(client: MessagingClient) -> None:
    with client.tell_stock(item="lamp") as changes:
        client.take_arrival(arrival("d-1", 10))
        client.take_arrival(arrival("d-2", 5))
        assert [next(changes).body.left for _ in range(2)] == [10, 15]


def test_an_arrival_that_comes_twice_counts_once(client: MessagingClient) -> None:
    with client.tell_stock(item="lamp") as changes:
        for _ in range(2):
            client.take_arrival(arrival("d-1", 10), message_id="d-1")
        client.take_arrival(arrival("d-2", 1))
        assert [next(changes).body.left for _ in range(2)] == [10, 11]


def test_reserve(client: MessagingClient) -> None:
    with client.tell_stock(item="lamp") as changes:
        client.take_arrival(arrival("d-1", 10))
        assert next(changes).body.left == 10
        order = models.Reservation(order="o-1", item="lamp", quantity=2)
        answer = client.reserve(order)
        assert answer == models.Reserved(status="reserved", order="o-1", left=8)
        assert next(changes).body.left == 8


def test_reserve_more_than_there_is(client: MessagingClient) -> None:
    answer = client.reserve(models.Reservation(order="o-1", item="lamp", quantity=2))
    assert isinstance(answer, models.Refused)
    assert answer.reason == "0 left of lamp"


def test_what_finds_no_room_ends_with_the_dead(
    client: MessagingClient, settings: Settings
) -> None:
    client.take_arrival(arrival("d-1", 1001))
    body, headers = dead_letter(settings, "inventory.arrivals")
    assert json.loads(body)["delivery"] == "d-1"
    problem = json.loads(headers["x-problem"])
    assert problem["code"] == "shelves_full"
