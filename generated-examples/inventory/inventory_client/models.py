"""What travels: every schema of the API as a type."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, MISSING
from typing_extensions import TypeAliasType

from .runtime.constraints import Pattern
from .runtime.model import Integer, Model

Item = TypeAliasType("Item", Annotated[str, Pattern("^[a-z][a-z0-9-]{0,39}\\Z")])


class Arrival(Model):
    delivery: Annotated[str, Field(min_length=1)]
    item: Item
    quantity: Annotated[Integer, Field(ge=1)]


class Reservation(Model):
    order: Annotated[str, Field(min_length=1)]
    item: Item
    quantity: Annotated[Integer, Field(ge=1)]


class Reserved(Model):
    status: Literal["reserved"]
    order: str
    left: Annotated[Integer, Field(ge=0)]


class Refused(Model):
    status: Literal["refused"]
    order: str
    reason: str


class Stock(Model):
    item: Item
    left: Annotated[Integer, Field(ge=0)]


class ReserveHeaders(Model):
    reply_to: Annotated[
        Annotated[str, Field(min_length=1)] | MISSING, Field(alias="replyTo")
    ] = MISSING
    """The queue that waits for the answer."""
    correlation_id: Annotated[str | MISSING, Field(alias="correlationId")] = MISSING
    """Comes back with the answer."""
