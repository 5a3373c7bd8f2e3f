"""The operations tagged refunds, without `await`."""

from __future__ import annotations

from .. import models
from ..refunds import CREATE_REFUND
from ..runtime.handle_sync import JobHandle, resume_job, start_job
from ..runtime.transport import Connection


class Refunds:
    """Giving money back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create_refund(
        self,
        body: models.NewRefund,
        *,
        idempotency_key: str | None = None,
        wait: float | None = None,
    ) -> JobHandle[models.Refund]:
        """Refund an order, or a part of it.

        Only for the shop's own staff. A refund that the bank answers at once comes back
        directly.
        """
        return start_job(
            self._connection, CREATE_REFUND, (), body, key=idempotency_key, hold=wait
        )

    def create_refund_job(self, id: str) -> JobHandle[models.Refund]:
        """The job with this id, which an earlier create_refund became."""
        return resume_job(self._connection, CREATE_REFUND, id)
