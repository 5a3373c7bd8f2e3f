"""The operations tagged orders, without `await`."""

from __future__ import annotations

from .. import models
from ..orders import PLACE_ORDER
from ..runtime.handle_sync import JobHandle, resume_job, start_job
from ..runtime.transport import Connection


class Orders:
    """Buying and selling."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def place_order(
        self, body: models.Order, *, idempotency_key: str | None = None
    ) -> JobHandle[models.Fill]:
        """Place an order and wait for its fill."""
        return start_job(self._connection, PLACE_ORDER, (), body, key=idempotency_key)

    def place_order_job(self, id: str) -> JobHandle[models.Fill]:
        """The job with this id, which an earlier place_order became."""
        return resume_job(self._connection, PLACE_ORDER, id)
