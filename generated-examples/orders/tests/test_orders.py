"""What the service does for its callers. Yours: gen wrote it once and never touches it again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from uuid import UUID, uuid4

import httpx2
import pytest
from handlers import OrdersHandlers
from orders_client import errors, models
from orders_client.receiver import Delivery, Receiver
from orders_client.sync import Client
from orders_service import Settings, create_app, serving
from shop import Bank, Shop

PARTNER, STAFF = "partner-key", "staff-token"


@pytest.fixture
def shop() -> Shop:
    return Shop(Bank(pause=0.01))


@pytest.fixture
def url(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A service that runs as long as the test."""
    monkeypatch.setenv("PARTNER_KEY", PARTNER)
    monkeypatch.setenv("STAFF_TOKEN", STAFF)
    database = f"sqlite:///{tmp_path}/test.db"
    settings = Settings(database_url=database, port=0, development=True)
    with serving(create_app(OrdersHandlers(shop), settings)) as url:
        yield url


@pytest.fixture
def client(url: str) -> Iterator[Client]:
    with Client(url, partner=PARTNER, staff=STAFF) as client:
        yield client


@pytest.fixture
def arrived() -> Queue[tuple[str, object]]:
    return Queue()


@pytest.fixture
def hooks(url: str, arrived: Queue[tuple[str, object]]) -> Iterator[str]:
    """A receiver that is subscribed to the webhooks and knows the partner's secrets."""

    class Hooks(Receiver):
        async def place_order_placed(
            self, body: models.Order, delivery: Delivery
        ) -> None:
            arrived.put((delivery.event, body))

        async def place_order_refused(
            self, body: models.Refusal, delivery: Delivery
        ) -> None:
            arrived.put((delivery.event, body))

        async def order_placed(self, body: models.Order, delivery: Delivery) -> None:
            arrived.put((delivery.event, body))

        async def order_shipped(
            self, body: models.Shipment, delivery: Delivery
        ) -> None:
            arrived.put((delivery.event, body))

    headers = {"x-api-key": PARTNER}
    with httpx2.Client(base_url=url, headers=headers) as http:
        secrets = [http.get("/callback-secret").json()["secret"]]
        receiver = Hooks(secrets=secrets)
        with serving(receiver) as hooks:
            made = http.post("/webhooks", json={"url": hooks}).json()
            receiver.secrets = (*secrets, made["secret"])
            yield hooks


def lamp(client: Client, quantity: int = 2) -> models.Order:
    """An order that was placed."""
    body = models.NewOrder(item="lamp", quantity=quantity)
    return client.orders.place_order(body).result(timeout=30)


def test_place_order(client: Client) -> None:
    order = lamp(client)
    assert order.total == models.Money(amount="59.80", currency="EUR")
    assert client.orders.get_order(order.id) == order


def test_place_order_that_the_bank_refuses(client: Client) -> None:
    body = models.NewOrder(item="desk", quantity=3)
    job = client.orders.place_order(body)
    with pytest.raises(errors.PlaceOrder402Error) as refused:
        job.result(timeout=30)
    assert refused.value.body.title == "Card declined"
    assert client.orders.list_orders().body == []


def test_place_order_calls_back_and_tells_subscribers(
    client: Client, hooks: str, arrived: Queue[tuple[str, object]]
) -> None:
    body = models.NewOrder(item="lamp", quantity=2, callback_url=hooks)
    order = client.orders.place_order(body).result(timeout=30)
    heard = [arrived.get(timeout=30) for _ in range(2)]
    assert sorted(event for event, _ in heard) == ["orderPlaced", "placeOrder.placed"]
    assert all(body == order for _, body in heard)


def test_a_refusal_calls_back(
    client: Client, hooks: str, arrived: Queue[tuple[str, object]]
) -> None:
    body = models.NewOrder(item="desk", quantity=3, callback_url=hooks)
    client.orders.place_order(body).wait(timeout=30)
    expected = models.Refusal(title="Card declined")
    assert arrived.get(timeout=30) == ("placeOrder.refused", expected)


def test_the_same_key_is_the_same_order(client: Client, shop: Shop) -> None:
    body, key = models.NewOrder(item="lamp", quantity=1), str(uuid4())
    jobs = [client.orders.place_order(body, idempotency_key=key) for _ in range(3)]
    assert len({job.id for job in jobs}) == 1
    jobs[0].result(timeout=30)
    assert len(shop.orders) == len(shop.bank.charges) == 1


def test_list_orders(client: Client) -> None:
    first, second = lamp(client, 1), lamp(client, 2)
    client.orders.ship_order(first.id, models.NewShipment(carrier="post"))
    listed = client.orders.list_orders(limit=1)
    assert (listed.body, listed.x_total_count) == ([second], 2)
    shipped = client.orders.list_orders(status=["shipped", "refunded"])
    assert [order.id for order in shipped.body] == [first.id]


def test_get_order_that_is_not_there(client: Client) -> None:
    with pytest.raises(errors.GetOrder404Error) as missing:
        client.orders.get_order(UUID(int=1))
    assert missing.value.body.title == "No such order"


def test_ship_order(
    client: Client, hooks: str, arrived: Queue[tuple[str, object]]
) -> None:
    order = lamp(client)
    assert arrived.get(timeout=30)[0] == "orderPlaced"
    shipment = client.orders.ship_order(order.id, models.NewShipment(carrier="post"))
    assert client.orders.get_order(order.id).status == "shipped"
    assert arrived.get(timeout=30) == ("orderShipped", shipment)


def test_create_refund(client: Client) -> None:
    order = lamp(client)
    body = models.NewRefund(order_id=order.id, amount=order.total)
    refund = client.refunds.create_refund(body).result(timeout=30)
    assert (refund.order_id, refund.amount) == (order.id, order.total)
    with pytest.raises(errors.CreateRefund409Error):
        client.refunds.create_refund(body).result(timeout=30)


def test_create_refund_is_for_staff_only(url: str) -> None:
    money = models.Money(amount="1.00", currency="EUR")
    body = models.NewRefund(order_id=UUID(int=1), amount=money)
    with Client(url, partner=PARTNER) as partner:
        with pytest.raises(errors.ApiError) as refused:
            partner.refunds.create_refund(body)
    assert refused.value.status == 401
