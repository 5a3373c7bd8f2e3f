"""A partner of the shop: places an order, follows it, and hears of it by callback and webhook.

`PYTHONPATH=orders PARTNER_KEY=… python demo_caller.py URL`; every line is something that was received.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import uvicorn
from orders_client import Client, models
from orders_client.receiver import Delivery, Receiver, SqliteSeen

PARTNER = os.environ["PARTNER_KEY"]


class MyReceiver(Receiver):
    """Puts what arrives, verified and typed, into a queue."""

    arrived: asyncio.Queue[str] = asyncio.Queue()

    async def place_order_placed(self, body: models.Order, delivery: Delivery) -> None:
        await self.note(delivery, f"order {body.id}")

    async def order_placed(self, body: models.Order, delivery: Delivery) -> None:
        await self.note(delivery, f"order {body.id}")

    async def order_shipped(self, body: models.Shipment, delivery: Delivery) -> None:
        await self.note(delivery, f"tracking number {body.tracking_number}")

    async def note(self, delivery: Delivery, what: str) -> None:
        await self.arrived.put(f"{delivery.event}: {what}, {delivery.id}")


async def main(url: str) -> None:
    with tempfile.TemporaryDirectory(prefix="demo-seen-") as scratch:
        seen = SqliteSeen(Path(scratch, "seen.db"))
        receiver = MyReceiver(secrets=["whsec_"], seen=seen)
        async with serving(receiver) as hooks:
            say("POST /webhooks")
            receiver.secrets = await subscribe(url, hooks)
            async with Client(url, partner=PARTNER) as client:
                await read(client)
                order = await place(client, hooks)
                await ship(client, order)
            say("what the receiver got: signatures verified, duplicates dropped")
            for _ in range(3):
                print(await asyncio.wait_for(receiver.arrived.get(), 30))


@asynccontextmanager
async def serving(receiver: Receiver) -> AsyncIterator[str]:
    """The receiver on a free port of this machine; gives its URL."""
    server = uvicorn.Server(uvicorn.Config(receiver, port=0, log_level="warning"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


async def subscribe(url: str, hooks: str) -> list[str]:
    """The secrets of the callbacks and of a new subscription to the webhooks."""
    async with httpx2.AsyncClient(base_url=url, headers={"x-api-key": PARTNER}) as http:
        events = ["orderPlaced", "orderShipped"]
        made = await http.post("/webhooks", json={"url": hooks, "events": events})
        subscription = made.raise_for_status().json()
        print(f"subscription {subscription['id']}: {', '.join(subscription['events'])}")
        callbacks = (await http.get("/callback-secret")).raise_for_status().json()
        return [callbacks["secret"], subscription["secret"]]


async def read(client: Client) -> None:
    """A synchronous call."""
    say("client.orders.list_orders()")
    listed = await client.orders.list_orders()
    print(f"{len(listed.body)} orders, X-Total-Count {listed.x_total_count}")


async def place(client: Client, hooks: str) -> models.Order:
    """An asynchronous call: 202, status by long polling, result."""
    say("client.orders.place_order(…)")
    wanted = models.NewOrder(item="lamp", quantity=2, callback_url=hooks)
    job = await client.orders.place_order(wanted)
    print(f"{job.id}\n{job.url}")

    say("job.status(), then job.next_status() until it has ended: long polling")
    status = await job.status()
    print(status.version, status.status)
    while not status.done:
        status = await job.next_status(timeout=30)
        told = status.progress
        share = [f"{told.done} of {told.total}, {told.message}"] if told else []
        print(status.version, status.status, *share)

    say("job.result()")
    order = await job.result()
    print(f"order {order.id}: {order.total.amount} {order.total.currency}")
    return order


async def ship(client: Client, order: models.Order) -> None:
    say("client.orders.ship_order(…)")
    shipment = await client.orders.ship_order(
        order.id, models.NewShipment(carrier="post")
    )
    print(f"tracking number {shipment.tracking_number}")


def say(line: str) -> None:
    print(f"\n— {line}", flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
