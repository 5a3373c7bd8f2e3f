"""What a caller and a receiver write, checked against the emitted client by mypy."""

from __future__ import annotations

from typing import assert_type

from orders_client import (
    Client,
    JobHandle,
    JobStatus,
    Progress,
    Retries,
    models,
    responses,
)
from orders_client.errors import JobFailed, PlaceOrder402Error
from orders_client.receiver import Delivery, Receiver, SqliteSeen
from orders_client.sync import Client as SyncClient
from orders_client.sync import JobHandle as SyncJobHandle


async def call() -> None:
    retries = Retries(attempts=2)
    async with Client("https://shop.example", staff="…", retries=retries) as client:
        job = await client.orders.place_order(models.NewOrder(item="lamp", quantity=2))
        assert_type(job, JobHandle[models.Order, Progress])
        async for event in job.events():
            assert_type(event, JobStatus[Progress])
            print(event.status, event.progress and event.progress.message)
        try:
            assert_type(await job.result(timeout=60), models.Order)
        except PlaceOrder402Error as refused:
            assert_type(refused.body, models.Refusal)
        except JobFailed as failed:
            print(failed.problem and failed.problem.code)
        again = client.orders.place_order_job(job.id)
        assert_type(await again.result(), models.Order)
        page = await client.orders.list_orders(limit=3)
        assert_type(page, responses.ListOrders200)
        assert_type(page.x_total_count, int)


def call_without_await() -> None:
    with SyncClient("https://shop.example", partner="…") as client:
        job = client.orders.place_order(models.NewOrder(item="lamp", quantity=2))
        assert_type(job, SyncJobHandle[models.Order, Progress])
        for event in job.events():
            assert_type(event, JobStatus[Progress])
        assert_type(job.result(timeout=60), models.Order)


class Shop(Receiver):
    async def place_order_placed(self, body: models.Order, delivery: Delivery) -> None:
        print(delivery.id, body.total.amount)

    async def order_shipped(self, body: models.Shipment, delivery: Delivery) -> None:
        print(delivery.event, body.tracking_number)


app = Shop(secrets=["whsec_…"], seen=SqliteSeen("seen.db"))
