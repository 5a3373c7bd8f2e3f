"""Builds specs/orders.yaml, starts what came out, and drives it with the client that came out too."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
STAFF, PARTNER = "staff-token", "partner-key"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="demo-") as scratch:
        project = Path(scratch, "orders")
        build(project)
        sys.path.insert(0, str(project))
        with service(project) as url:
            asyncio.run(drive(url, Path(scratch)))


def build(project: Path) -> None:
    """`gen build`, and then the handlers of the finished example in place of the first ones."""
    say("gen build specs/orders.yaml")
    command = [sys.executable, "-m", "generator", "build", "specs/orders.yaml"]
    made = subprocess.run(
        [*command, "-o", project], cwd=ROOT, check=True, capture_output=True, text=True
    )
    print(made.stdout.splitlines()[-2])
    for name in ("handlers.py", "shop.py"):
        shutil.copy(ROOT / "generated-examples/orders" / name, project / name)


@contextmanager
def service(project: Path) -> Iterator[str]:
    """The emitted service as a process of its own, on its embedded default."""
    say("python app.py")
    environ = os.environ | {
        "PORT": "0",
        "DEVELOPMENT": "true",
        "STAFF_TOKEN": STAFF,
        "PARTNER_KEY": PARTNER,
    }
    process = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=project,
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        banner = process.stdout.readline().strip()
        print(banner)
        found = re.search(r"http://\S+", banner)
        if found is None:
            raise SystemExit("the service did not start")
        yield found.group()
        process.send_signal(signal.SIGTERM)
        status = process.wait(30)
        say("SIGTERM")
        print(f"the service stopped with exit status {status}")
        if status:
            raise SystemExit(status)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


async def drive(url: str, scratch: Path) -> None:
    """A synchronous call, an asynchronous one, a callback and a webhook."""
    import httpx2
    import uvicorn
    from orders_client import Client, models
    from orders_client.receiver import Delivery, Receiver, SqliteSeen

    arrived: asyncio.Queue[str] = asyncio.Queue()

    class MyReceiver(Receiver):
        """Puts what arrives, verified and typed, into a queue."""

        async def place_order_placed(
            self, body: models.Order, delivery: Delivery
        ) -> None:
            await arrived.put(f"callback {delivery.event}: order {body.id}")

        async def order_placed(self, body: models.Order, delivery: Delivery) -> None:
            await arrived.put(f"webhook  {delivery.event}: order {body.id}")

        async def order_shipped(
            self, body: models.Shipment, delivery: Delivery
        ) -> None:
            await arrived.put(f"webhook  {delivery.event}: {body.tracking_number}")

    say("a receiver, with the secrets that the service gave")
    me = {"x-api-key": PARTNER}
    receiver = MyReceiver(secrets=["whsec_"], seen=SqliteSeen(scratch / "seen.db"))
    config = uvicorn.Config(receiver, port=0, log_level="warning")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    hooks = f"http://127.0.0.1:{port}"
    async with httpx2.AsyncClient(base_url=url, headers=me) as http:
        secret = (await http.get("/callback-secret")).json()["secret"]
        events = ["orderPlaced", "orderShipped"]
        made = await http.post("/webhooks", json={"url": hooks, "events": events})
        subscription = made.json()
    receiver.secrets = (secret, subscription["secret"])
    print(f"subscription {subscription['id']}: {', '.join(subscription['events'])}")

    async with Client(url, partner=PARTNER) as client:
        say("client.orders.list_orders()")
        listed = await client.orders.list_orders()
        print(f"{len(listed.body)} orders, X-Total-Count {listed.x_total_count}")

        say("client.orders.place_order(…)")
        wanted = models.NewOrder(item="lamp", quantity=2, callback_url=hooks)
        job = await client.orders.place_order(wanted)
        print(f"202 {job.id}\nstatus at {job.url}")

        say("job.events(), then job.result()")
        async for status in job.events():
            print(f"{status.status} {told(status.progress)}".rstrip())
        order = await job.result(timeout=30)
        print(f"order {order.id}: {order.total.amount} {order.total.currency}")

        say("client.orders.ship_order(…)")
        shipment = await client.orders.ship_order(
            order.id, models.NewShipment(carrier="post")
        )
        print(f"tracking number {shipment.tracking_number}")

        say("what the receiver got, signatures verified")
        for _ in range(3):
            print(await asyncio.wait_for(arrived.get(), 30))
    server.should_exit = True
    await serving


def told(progress: object) -> str:
    """A job's progress in words."""
    done, total = getattr(progress, "done", None), getattr(progress, "total", None)
    if done is None or total is None:
        return ""
    return f"{done:g} of {total:g}: {getattr(progress, 'message', '')}"


def say(line: str) -> None:
    print(f"\n— {line}", flush=True)


if __name__ == "__main__":
    main()
