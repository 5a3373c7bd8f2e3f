"""A shop that lives on messages, written by hand as a build would write it, and what its tests drive it with."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, ParamSpec
from uuid import uuid4

from pydantic import Field

from runtime.application import Application
from runtime.carrier import CannotConnect
from runtime.channel import Channel, ChannelParameter
from runtime.consumer import Consumer, Replies
from runtime.contents import Json
from runtime.health import health_routes
from runtime.incoming import Incoming
from runtime.job import Job
from runtime.job_replies import answers_of
from runtime.job_routes import job_routes
from runtime.lifespan import Lifespan
from runtime.memory_carrier import MemoryBroker, broker_of
from runtime.message import Message
from runtime.message_kind import MessageKind
from runtime.messaging import Messaging
from runtime.model import Integer, Model
from runtime.operation import AsyncOperation, Backoff, Policy
from runtime.publisher import Publisher
from runtime.reader import Body, Reader
from runtime.replies import Reply, as_reply
from runtime.service import Service
from runtime.settings import Settings
from runtime.storing import storing
from runtime.submit import submit
from runtime.working import Working
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


class Ping(Model):
    event: str


class PingHeaders(Model):
    correlation_id: Annotated[str, Field(alias="correlationId")]
    retries: Annotated[Integer, Field(alias="x-retries", ge=0)] = 0


class Pong(Model):
    event: str


class Measured(Model):
    lumens: Annotated[Integer, Field(ge=0)]


class Dimmed(Model):
    percentage: Annotated[Integer, Field(ge=0, le=100)]


class NewOrder(Model):
    item: str


class Order(Model):
    number: str


class Accepted(Model):
    id: str
    status: str


PING = Channel("ping", "ping.v3")
PONG = Channel("pong", "pong.v3")
LIGHT = Channel(
    "light",
    "lights/{id}/{what}",
    parameters={"what": ChannelParameter(enum=("measured", "seen"))},
)
ALERTS = Channel("alerts", "lights/{id}/alerts")
ORDERS = Channel("orders", "orders.new")
ORDER_ANSWERS = Channel("orderAnswers", None)
STOCK = Channel("stock", "stock.{item}.asked")
STOCK_ANSWERS = Channel("stockAnswers", None)

QUICK = Policy(deadline=5.0, attempts=3, backoff=Backoff(initial=0.02, jitter=0.0))
PINGED: MessageKind[Ping, PingHeaders] = MessageKind(
    "ping",
    Json(Ping),
    headers=PingHeaders,
    header_kinds={"x-retries": "integer"},
    correlation="$message.header#/correlationId",
)
PONGED: MessageKind[Pong] = MessageKind("pong", Json(Pong))
MEASURED: MessageKind[Measured] = MessageKind("measured", Json(Measured))
DIMMED: MessageKind[Dimmed] = MessageKind("dimmed", Json(Dimmed))
NEW_ORDER: MessageKind[NewOrder] = MessageKind("newOrder", Json(NewOrder))
ORDER: MessageKind[Order] = MessageKind("order", Json(Order))
ACCEPTED: MessageKind[Accepted] = MessageKind("accepted", Json(Accepted))

ALERT: Publisher[None] = Publisher("alert", ALERTS, (MEASURED,))
ASK_STOCK: Publisher[Pong] = Publisher(
    "askStock", STOCK, (PONGED,), reply=Replies(STOCK_ANSWERS, (PONGED,))
)

Work = Callable[[Any, Message[Any]], Awaitable[object]]


async def nothing(body: Any, message: Message[Any]) -> object:
    return None


async def echo(body: Any, message: Message[Any]) -> object:
    return Pong(event=body.event)


class Shop(Lifespan):
    """Handlers whose work a test decides; what they were given is kept."""

    def __init__(self, ping: Work = echo, light: Work = nothing) -> None:
        self.ping = ping
        self.light = light
        self.order: Callable[[NewOrder, Job], Awaitable[Order]] = placed
        self.taken: list[tuple[Any, Message[Any]]] = []

    async def ping_request(self, body: Ping, message: Message[PingHeaders]) -> Pong:
        self.taken.append((body, message))
        return await self.ping(body, message)  # type: ignore[return-value]

    async def receive_light(
        self, id: str, body: Measured | Dimmed, message: Message
    ) -> None:
        self.taken.append((body, message))
        await self.light(body, message)

    async def place_order(self, body: NewOrder, job: Job) -> Order:
        return await self.order(body, job)


async def placed(body: NewOrder, job: Job) -> Order:
    return Order(number=f"{body.item}-1")


async def run_ping(handlers: Shop, incoming: Incoming) -> object:
    body, message = incoming.take(PINGED)
    return await handlers.ping_request(body, message)


async def run_light(handlers: Shop, incoming: Incoming) -> object:
    taken: tuple[Measured | Dimmed, Message[Mapping[str, str]]] = incoming.take(
        MEASURED, DIMMED
    )
    await handlers.receive_light(incoming.parameter("id"), *taken)
    return None


PLACE_ORDER_BODY: Body[NewOrder] = Body(
    {"application/json": Json(NewOrder)}, required=True
)


class PlaceOrder200(Reply):
    status_code = 200
    contents = {"application/json": Json(Order)}


def read_place_order(reader: Reader) -> tuple[NewOrder]:
    body = reader.body(PLACE_ORDER_BODY)
    reader.done()
    return (body,)


async def run_place_order(handlers: Shop, reader: Reader, job: Job) -> Reply:
    (body,) = read_place_order(reader)
    return as_reply(await handlers.place_order(body, job), PlaceOrder200)


PLACE_ORDER: AsyncOperation[Shop] = AsyncOperation(
    name="placeOrder",
    method="POST",
    path="/orders",
    read=read_place_order,
    run=run_place_order,
    policy=QUICK,
)


async def place_order(request: Request) -> Response:
    return await submit(request, PLACE_ORDER)


PING_REQUEST: Consumer[Shop] = Consumer(
    "pingRequest",
    PING,
    (PINGED,),
    run_ping,
    reply=Replies(PONG, (PONGED,)),
    policy=QUICK,
)
RECEIVE_LIGHT: Consumer[Shop] = Consumer(
    "receiveLight", LIGHT, (MEASURED, DIMMED), run_light, policy=QUICK
)
ORDER_BY_MESSAGE: Consumer[Shop] = Consumer(
    "placeOrder",
    ORDERS,
    (NEW_ORDER,),
    operation=PLACE_ORDER,
    reply=Replies(ORDER_ANSWERS, (ACCEPTED, ORDER), "$message.header#/replyTo"),
)
CONSUMERS = (PING_REQUEST, RECEIVE_LIGHT, ORDER_BY_MESSAGE)


class Away:
    """A broker that cannot be reached until it is said to be there."""

    def __init__(self, broker: MemoryBroker) -> None:
        self.broker = broker
        self.there = asyncio.Event()
        self.publish = broker.publish
        self.subscribe = broker.subscribe

    async def start(self) -> None:
        if not self.there.is_set():
            raise CannotConnect("nobody listens")

    async def stop(self, grace: float) -> None:
        return None


class Bench:
    """A running shop and its broker, as a test uses them."""

    def __init__(self, app: Application, shop: Shop, broker: MemoryBroker) -> None:
        self.app = app
        self.shop = shop
        self.broker = broker
        self.boxes: dict[str, list[tuple[str, bytes, Mapping[str, str]]]] = {}

    async def listen(self, address: str) -> list[tuple[str, bytes, Mapping[str, str]]]:
        """What arrives at an address from here on."""
        box = self.boxes.setdefault(address, [])

        async def keep(at: str, body: bytes, headers: Mapping[str, str]) -> None:
            box.append((at, body, headers))

        await self.broker.subscribe(address, f"test {uuid4()}", keep)
        return box

    async def send(
        self, address: str, body: object, id: str | None = None, **headers: str
    ) -> None:
        """Publish a message; `_` in a header's name is a hyphen."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        given = named if id is None else {"message-id": id, **named}
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        await self.broker.publish(address, raw, given)


def create_app(
    shop: Shop,
    path: Path,
    broker_url: str,
    consumers: tuple[Consumer[Shop], ...] = CONSUMERS,
    **settings: Any,
) -> Application:
    chosen = Settings(
        database_url=f"sqlite:///{path / 'shop.db'}", broker_url=broker_url, **settings
    )
    service = Service(shop, chosen)
    operations = [PLACE_ORDER]
    return Application(
        service,
        [Route("/orders", place_order, methods=["POST"]), *job_routes(listed=False)]
        + health_routes(),
        title="Shop",
        version="1",
        running=[
            storing,
            Messaging(consumers, (ALERT, ASK_STOCK), carriers={}, group="shop"),
            Working(operations, answers_of(consumers)),
        ],
    )


@asynccontextmanager
async def open_shop(
    path: Path,
    shop: Shop | None = None,
    consumers: tuple[Consumer[Shop], ...] = CONSUMERS,
    url: str | None = None,
    **settings: Any,
) -> AsyncIterator[Bench]:
    """A shop on a broker of its own, once it takes messages."""
    shop = shop or Shop()
    url = url or f"memory://{uuid4()}"
    app = create_app(shop, path, url, consumers, **{"grace": 2.0, **settings})
    async with app.running():
        await until(lambda: not app.service.awaits)
        yield Bench(app, shop, broker_of(url))


P = ParamSpec("P")


def awaited(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """The test, run on an event loop of its own."""

    @wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(test(*args, **kwargs))

    return run


async def until(true: Callable[[], bool], timeout: float = 20.0) -> None:
    """Return as soon as something is true."""
    async with asyncio.timeout(timeout):
        while not true():
            await asyncio.sleep(0.005)
