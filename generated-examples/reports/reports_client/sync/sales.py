"""The operations tagged sales, without `await`."""

from __future__ import annotations

from .. import models
from ..runtime.transport import Connection
from ..sales import RECORD_SALES


class Sales:
    """What the reports are made of."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def record_sales(self, body: list[models.Sale]) -> models.Ledger:
        """Record what was sold."""
        return self._connection.call(RECORD_SALES, (), body)
