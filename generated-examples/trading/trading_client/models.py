"""What travels: every schema of the API as a type."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, MISSING
from typing_extensions import TypeAliasType

from .runtime.constraints import Pattern
from .runtime.model import Model, Whole

Symbol = TypeAliasType("Symbol", Annotated[str, Pattern("^[A-Z]{1,5}\\Z")])


Side = TypeAliasType("Side", Literal["buy", "sell"] | str)


class Order(Model):
    symbol: Symbol
    side: Side
    quantity: Annotated[int, Field(ge=1, le=10000), Whole]
    limit: Annotated[float, Field(gt=0)]
    """The worst price, in euros."""


class Fill(Model):
    order: str
    symbol: Symbol
    side: Side
    quantity: Annotated[int, Field(ge=1), Whole]
    price: Annotated[float, Field(gt=0)]


class Price(Model):
    symbol: Symbol
    price: Annotated[float, Field(gt=0)]


class Refusal(Model):
    title: str
    detail: str | MISSING = MISSING


class Accepted(Model):
    id: str
    """The id of the job, for GET /jobs/{id}."""
    status: Literal["queued", "running", "succeeded", "failed", "canceled"] | str
