"""How each operation reads its request, calls its handler and answers."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import models
from .handlers import Handlers
from .responses import PlaceOrder201, WatchTicker200
from .runtime.contents import Json
from .runtime.job import Job
from .runtime.operation import AsyncOperation, Policy
from .runtime.parameters import Query
from .runtime.reader import Body, Reader
from .runtime.replies import Reply, as_reply
from .runtime.service import Service, reader_of
from .runtime.streams import seen_event, stream_response
from .runtime.submit import submit

PLACE_ORDER_BODY: Body[models.Order] = Body(
    {"application/json": Json(models.Order)}, required=True
)


def read_place_order(reader: Reader) -> tuple[models.Order]:
    """What a call of place_order brings."""
    body = reader.body(PLACE_ORDER_BODY)
    reader.done()
    return (body,)


async def run_place_order(handlers: Handlers, reader: Reader, job: Job) -> Reply:
    """One attempt at a job of place_order."""
    (body,) = read_place_order(reader)
    result = await handlers.place_order(body, job)
    return as_reply(result, PlaceOrder201)


PLACE_ORDER: AsyncOperation[Handlers] = AsyncOperation(
    name="placeOrder",
    method="POST",
    path="/orders",
    read=read_place_order,
    run=run_place_order,
    policy=Policy(deadline=30.0, idempotency="required", webhook="orderFilled"),
)


async def place_order(request: Request) -> Response:
    """POST /orders: asynchronous"""
    return await submit(request, PLACE_ORDER)


WATCH_TICKER_SYMBOL: Query[models.Symbol | None] = Query("symbol", models.Symbol)


async def watch_ticker(request: Request) -> Response:
    """GET /ticker"""
    service: Service[Handlers] = Service.of(request)
    reader = await reader_of(request)
    symbol = reader.take(WATCH_TICKER_SYMBOL)
    reader.done()
    return stream_response(
        request,
        service.handlers.watch_ticker(symbol, seen_event(request)),
        WatchTicker200,
    )


ROUTES: list[Route] = [
    Route("/orders", place_order, methods=["POST"]),
    Route("/ticker", watch_ticker, methods=["GET"]),
]

ASYNC_OPERATIONS: tuple[AsyncOperation[Handlers], ...] = (PLACE_ORDER,)
