"""The operations tagged refunds, and how each is called."""

from __future__ import annotations

from . import errors, models
from .runtime.bodies import Json
from .runtime.decoding import Raises, Returns
from .runtime.handle import JobHandle, resume_job, start_job
from .runtime.remote_job import JobOperation
from .runtime.transport import AsyncConnection

CREATE_REFUND: JobOperation[models.Refund] = JobOperation(
    name="createRefund",
    method="POST",
    path="/refunds",
    contents={"application/json": Json(models.NewRefund)},
    answers={
        "201": Returns({"application/json": Json(models.Refund)}),
        "404": Raises(
            {"application/problem+json": Json(models.Missing)},
            error=errors.CreateRefund404Error,
        ),
        "409": Raises(
            {"application/problem+json": Json(models.Refusal)},
            error=errors.CreateRefund409Error,
        ),
    },
    security=(("staff",),),
    held=2.0,
)


class Refunds:
    """Giving money back."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def create_refund(
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
        return await start_job(
            self._connection, CREATE_REFUND, (), body, key=idempotency_key, hold=wait
        )

    def create_refund_job(self, id: str) -> JobHandle[models.Refund]:
        """The job with this id, which an earlier create_refund became."""
        return resume_job(self._connection, CREATE_REFUND, id)
