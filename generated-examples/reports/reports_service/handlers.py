"""What the service asks of you: one method for each operation."""

from __future__ import annotations

from abc import abstractmethod
from uuid import UUID

from . import models
from .responses import (
    CreateReport422,
    ExportSales200,
    ExportSales201,
    ExportSales204,
    GetReport404,
)
from .runtime.job import Job
from .runtime.lifespan import Lifespan


class Handlers(Lifespan):
    """The operations of Reports: implement each in a class of your own."""

    @abstractmethod
    async def record_sales(self, body: list[models.Sale]) -> models.Ledger:
        """Record what was sold."""

    @abstractmethod
    async def create_report(
        self, body: models.ReportRequest, job: Job[models.Step]
    ) -> models.Report | CreateReport422:
        """Make a report.

        A report costs money, so that every call needs an Idempotency-Key: calling again
        with the same key gives the same report.
        """

    @abstractmethod
    async def get_report(self, report_id: UUID) -> models.Report | GetReport404:
        """Read a report."""

    @abstractmethod
    async def summarize(self, body: models.SummaryRequest, job: Job) -> models.Summary:
        """Sum up a region.

        Answered directly when it is quick, which it is unless there is much to read.
        """

    @abstractmethod
    async def export_sales(
        self, body: models.ExportRequest, job: Job[models.Step]
    ) -> ExportSales200 | ExportSales201 | ExportSales204:
        """Write the sales to a file."""
