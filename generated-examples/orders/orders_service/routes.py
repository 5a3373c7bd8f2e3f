"""How each operation reads its request, calls its handler and answers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import models
from .callbacks import PLACE_ORDER_PLACED, PLACE_ORDER_REFUSED
from .handlers import Handlers
from .responses import CreateRefund201, GetOrder200, PlaceOrder201, ShipOrder200
from .runtime.access import Need, Security
from .runtime.contents import Json
from .runtime.formats import Uuid
from .runtime.job import Job
from .runtime.model import Whole
from .runtime.operation import AsyncOperation, Policy
from .runtime.own_errors import OwnError, OwnErrors, refused_as
from .runtime.parameters import Path, Query
from .runtime.reader import Body, Reader
from .runtime.replies import Reply, as_reply
from .runtime.service import Service, reader_of
from .runtime.submit import submit

NEEDS_PARTNER_OR_STAFF: Security = ((Need("partner"),), (Need("staff"),))
NEEDS_STAFF: Security = ((Need("staff"),),)
ERRORS: OwnErrors = {
    "409": OwnError("as_refusal", "application/problem+json", Json(models.Refusal))
}

PLACE_ORDER_BODY: Body[models.NewOrder] = Body(
    {"application/json": Json(models.NewOrder)}, required=True
)


def read_place_order(reader: Reader) -> tuple[models.NewOrder]:
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
    policy=Policy(deadline=120.0, attempts=5, webhook="orderPlaced"),
    security=NEEDS_PARTNER_OR_STAFF,
    callbacks=(PLACE_ORDER_PLACED, PLACE_ORDER_REFUSED),
)


async def place_order(request: Request) -> Response:
    """POST /orders: asynchronous"""
    return await submit(request, PLACE_ORDER)


LIST_ORDERS_STATUS: Query[list[models.OrderStatus] | None] = Query(
    "status", list[models.OrderStatus], kind=["string"]
)
LIST_ORDERS_LIMIT: Query[int] = Query(
    "limit", Annotated[int, Field(ge=1, le=100), Whole], kind="integer", default=20
)


async def list_orders(request: Request) -> Response:
    """GET /orders"""
    service: Service[Handlers] = Service.of(request)
    caller = await service.authenticate(request, NEEDS_PARTNER_OR_STAFF)
    reader = await reader_of(request)
    status = reader.take(LIST_ORDERS_STATUS)
    limit = reader.take(LIST_ORDERS_LIMIT)
    reader.done()
    result = await service.handlers.list_orders(status, limit, caller)
    return result.response(request)


GET_ORDER_ORDER_ID: Path[UUID] = Path("orderId", Uuid)


async def get_order(request: Request) -> Response:
    """GET /orders/{orderId}"""
    service: Service[Handlers] = Service.of(request)
    caller = await service.authenticate(request, NEEDS_PARTNER_OR_STAFF)
    reader = await reader_of(request)
    order_id = reader.take(GET_ORDER_ORDER_ID)
    reader.done()
    result = await service.handlers.get_order(order_id, caller)
    return as_reply(result, GetOrder200).response(request)


SHIP_ORDER_ORDER_ID: Path[UUID] = Path("orderId", Uuid)
SHIP_ORDER_BODY: Body[models.NewShipment] = Body(
    {"application/json": Json(models.NewShipment)}, required=True
)


async def ship_order(request: Request) -> Response:
    """POST /orders/{orderId}/shipment"""
    service: Service[Handlers] = Service.of(request)
    caller = await service.authenticate(request, NEEDS_PARTNER_OR_STAFF)
    reader = await reader_of(request)
    order_id = reader.take(SHIP_ORDER_ORDER_ID)
    body = reader.body(SHIP_ORDER_BODY)
    reader.done()
    result = await service.handlers.ship_order(order_id, body, caller)
    return as_reply(result, ShipOrder200).response(request)


CREATE_REFUND_BODY: Body[models.NewRefund] = Body(
    {"application/json": Json(models.NewRefund)}, required=True
)


def read_create_refund(reader: Reader) -> tuple[models.NewRefund]:
    """What a call of create_refund brings."""
    body = reader.body(CREATE_REFUND_BODY)
    reader.done()
    return (body,)


async def run_create_refund(handlers: Handlers, reader: Reader, job: Job) -> Reply:
    """One attempt at a job of create_refund."""
    (body,) = read_create_refund(reader)
    result = await handlers.create_refund(body, job)
    return as_reply(result, CreateRefund201)


CREATE_REFUND: AsyncOperation[Handlers] = AsyncOperation(
    name="createRefund",
    method="POST",
    path="/refunds",
    read=read_create_refund,
    run=run_create_refund,
    policy=Policy(wait=2.0, idempotency="required"),
    security=NEEDS_STAFF,
)


@refused_as(ERRORS)
async def create_refund(request: Request) -> Response:
    """POST /refunds: answered directly when it is quick"""
    return await submit(request, CREATE_REFUND)


ROUTES: list[Route] = [
    Route("/orders", place_order, methods=["POST"]),
    Route("/orders", list_orders, methods=["GET"]),
    Route("/orders/{orderId}", get_order, methods=["GET"]),
    Route("/orders/{orderId}/shipment", ship_order, methods=["POST"]),
    Route("/refunds", create_refund, methods=["POST"]),
]

ASYNC_OPERATIONS: tuple[AsyncOperation[Handlers], ...] = (PLACE_ORDER, CREATE_REFUND)
