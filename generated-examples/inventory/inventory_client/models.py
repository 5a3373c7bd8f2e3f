"""What travels: every schema of the API as a type."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, MISSING
from typing_extensions import TypeAliasType

from .runtime.constraints import Pattern
from .runtime.model import Model, Whole

Item = TypeAliasType("Item", Annotated[str, Pattern("^[a-z][a-z0-9-]{0,39}\\Z")])


class Arrival(Model):
    delivery: Annotated[str, Field(min_length=1)]
    item: Item
    quantity: Annotated[int, Field(ge=1), Whole]


class Reservation(Model):
    order: Annotated[str, Field(min_length=1)]
    item: Item
    quantity: Annotated[int, Field(ge=1), Whole]


class Reserved(Model):
    status: Literal["reserved"]
    order: str
    left: Annotated[int, Field(ge=0), Whole]


class Refused(Model):
    status: Literal["refused"]
    order: str
    reason: str


class Stock(Model):
    item: Item
    left: Annotated[int, Field(ge=0), Whole]


class ReserveHeaders(Model):
    reply_to: Annotated[
        Annotated[str, Field(min_length=1)] | MISSING, Field(alias="replyTo")
    ] = MISSING
    """The queue that waits for the answer."""
    correlation_id: Annotated[str | MISSING, Field(alias="correlationId")] = MISSING
    """Comes back with the answer."""
