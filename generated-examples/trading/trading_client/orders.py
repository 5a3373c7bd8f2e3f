"""The operations tagged orders, and how each is called."""

from __future__ import annotations

from . import errors, models
from .runtime.bodies import Json
from .runtime.decoding import Raises, Returns
from .runtime.handle import JobHandle, resume_job, start_job
from .runtime.remote_job import JobOperation
from .runtime.transport import AsyncConnection

PLACE_ORDER: JobOperation[models.Fill] = JobOperation(
    name="placeOrder",
    method="POST",
    path="/orders",
    contents={"application/json": Json(models.Order)},
    answers={
        "201": Returns({"application/json": Json(models.Fill)}),
        "409": Raises(
            {"application/problem+json": Json(models.Refusal)},
            error=errors.PlaceOrder409Error,
        ),
    },
)


class Orders:
    """Buying and selling."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def place_order(
        self, body: models.Order, *, idempotency_key: str | None = None
    ) -> JobHandle[models.Fill]:
        """Place an order and wait for its fill."""
        return await start_job(
            self._connection, PLACE_ORDER, (), body, key=idempotency_key
        )

    def place_order_job(self, id: str) -> JobHandle[models.Fill]:
        """The job with this id, which an earlier place_order became."""
        return resume_job(self._connection, PLACE_ORDER, id)
