"""What travels: every schema of the API as a type."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, MISSING
from typing_extensions import TypeAliasType

from .runtime.constraints import Pattern
from .runtime.formats import DateTime, Uuid
from .runtime.model import Integer, Model, Whole


class NewOrder(Model, extra="forbid"):
    item: Annotated[str, Field(min_length=1, max_length=200)]
    """What is ordered."""
    quantity: Annotated[int, Field(ge=1, le=1000), Whole]
    note: Annotated[str, Field(max_length=500)] | None | MISSING = MISSING
    """For the courier."""
    callback_url: Annotated[str | MISSING, Field(alias="callbackUrl")] = MISSING
    """Where the placed order, or its refusal, is sent."""


OrderStatus = TypeAliasType(
    "OrderStatus", Literal["placed", "shipped", "refunded"] | str
)


class Order(Model):
    id: Uuid
    item: str
    quantity: Integer
    status: OrderStatus
    total: Money
    placed_at: Annotated[DateTime, Field(alias="placedAt")]
    note: str | None | MISSING = MISSING


class Money(Model):
    amount: Annotated[str, Pattern("^[0-9]+\\.[0-9]{2}\\Z")]
    currency: Annotated[str, Pattern("^[A-Z]{3}\\Z")]


class NewShipment(Model):
    carrier: Literal["post", "courier"] | str


class Shipment(Model):
    order_id: Annotated[Uuid, Field(alias="orderId")]
    carrier: Literal["post", "courier"] | str
    tracking_number: Annotated[str, Field(alias="trackingNumber")]


class NewRefund(Model):
    order_id: Annotated[Uuid, Field(alias="orderId")]
    amount: Money
    reason: Annotated[str, Field(max_length=500)] | MISSING = MISSING


class Refund(Model):
    id: Uuid
    order_id: Annotated[Uuid, Field(alias="orderId")]
    amount: Money


class Refusal(Model):
    type: str | MISSING = MISSING
    title: str
    detail: str | MISSING = MISSING


class Missing(Model):
    title: str
    detail: str | MISSING = MISSING
