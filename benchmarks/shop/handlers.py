"""The operations of openapi.yaml on top of what is emitted."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

from bench_service import Handlers, Job, models

CUSTOMER = UUID("123e4567-e89b-42d3-a456-426614174000")


class BenchHandlers(Handlers):
    """Answers at once."""

    async def quote_order(self, body: models.NewOrder) -> models.Order:
        return models.Order(
            id=uuid4(),
            customer=body.customer,
            lines=body.lines,
            created=datetime.now(UTC),
            status="open",
        )

    async def get_order(
        self, order_id: UUID, limit: int, tag: list[str] | None
    ) -> models.Order:
        return models.Order(
            id=order_id,
            customer=CUSTOMER,
            lines=[models.Line(item="A book", quantity=limit)],
            created=datetime.now(UTC),
            status="paid",
        )

    async def start_export(self, body: models.NewOrder, job: Job) -> models.Order:
        return await self.quote_order(body)
