"""The operations tagged sales, and how each is called."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from . import models
from .runtime.bodies import Json
from .runtime.call import Operation
from .runtime.decoding import Returns
from .runtime.transport import AsyncConnection

RECORD_SALES: Operation[models.Ledger] = Operation(
    name="recordSales",
    method="POST",
    path="/sales",
    contents={
        "application/json": Json(
            Annotated[list[models.Sale], Field(min_length=1, max_length=1000)]
        )
    },
    answers={"200": Returns({"application/json": Json(models.Ledger)})},
)


class Sales:
    """What the reports are made of."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def record_sales(self, body: list[models.Sale]) -> models.Ledger:
        """Record what was sold."""
        return await self._connection.call(RECORD_SALES, (), body)
