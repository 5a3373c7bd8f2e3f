"""The operations tagged reports, and how each is called."""

from __future__ import annotations

from uuid import UUID

from . import errors, models, responses
from .runtime.bodies import Json, Text
from .runtime.call import Operation
from .runtime.decoding import Raises, ResponseHeader, Returns
from .runtime.encoding import Path
from .runtime.formats import Uuid
from .runtime.handle import JobHandle, resume_job, start_job
from .runtime.remote_job import JobOperation
from .runtime.transport import AsyncConnection

CREATE_REPORT: JobOperation[models.Report, models.Step] = JobOperation(
    name="createReport",
    method="POST",
    path="/reports",
    contents={"application/json": Json(models.ReportRequest)},
    answers={
        "201": Returns({"application/json": Json(models.Report)}),
        "422": Raises(
            {"application/problem+json": Json(models.Refusal)},
            error=errors.CreateReport422Error,
        ),
    },
    progress=models.Step,
)

GET_REPORT: Operation[models.Report] = Operation(
    name="getReport",
    method="GET",
    path="/reports/{reportId}",
    parameters=(Path("reportId", Uuid),),
    answers={
        "200": Returns({"application/json": Json(models.Report)}),
        "404": Raises(
            {"application/problem+json": Json(models.Refusal)},
            error=errors.GetReport404Error,
        ),
    },
)

SUMMARIZE: JobOperation[models.Summary] = JobOperation(
    name="summarize",
    method="POST",
    path="/summaries",
    contents={"application/json": Json(models.SummaryRequest)},
    answers={"200": Returns({"application/json": Json(models.Summary)})},
    held=2.0,
)

EXPORT_SALES: JobOperation[str | responses.ExportSales201 | None, models.Step] = (
    JobOperation(
        name="exportSales",
        method="POST",
        path="/exports",
        contents={"application/json": Json(models.ExportRequest)},
        answers={
            "200": Returns({"text/csv": Text(str)}),
            "201": Returns(
                {"application/json": Json(models.StoredFile)},
                {"location": ResponseHeader("Location", str, required=True)},
                envelope=responses.ExportSales201,
            ),
            "204": Returns(),
        },
        progress=models.Step,
    )
)


class Reports:
    """Making and reading reports."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def create_report(
        self, body: models.ReportRequest, *, idempotency_key: str | None = None
    ) -> JobHandle[models.Report, models.Step]:
        """Make a report.

        A report costs money, so that every call needs an Idempotency-Key: calling again
        with the same key gives the same report.
        """
        return await start_job(
            self._connection, CREATE_REPORT, (), body, key=idempotency_key
        )

    def create_report_job(self, id: str) -> JobHandle[models.Report, models.Step]:
        """The job with this id, which an earlier create_report became."""
        return resume_job(self._connection, CREATE_REPORT, id)

    async def get_report(self, report_id: UUID) -> models.Report:
        """Read a report."""
        return await self._connection.call(GET_REPORT, (report_id,))

    async def summarize(
        self,
        body: models.SummaryRequest,
        *,
        idempotency_key: str | None = None,
        wait: float | None = None,
    ) -> JobHandle[models.Summary]:
        """Sum up a region.

        Answered directly when it is quick, which it is unless there is much to read.
        """
        return await start_job(
            self._connection, SUMMARIZE, (), body, key=idempotency_key, hold=wait
        )

    def summarize_job(self, id: str) -> JobHandle[models.Summary]:
        """The job with this id, which an earlier summarize became."""
        return resume_job(self._connection, SUMMARIZE, id)

    async def export_sales(
        self, body: models.ExportRequest, *, idempotency_key: str | None = None
    ) -> JobHandle[str | responses.ExportSales201 | None, models.Step]:
        """Write the sales to a file."""
        return await start_job(
            self._connection, EXPORT_SALES, (), body, key=idempotency_key
        )

    def export_sales_job(
        self, id: str
    ) -> JobHandle[str | responses.ExportSales201 | None, models.Step]:
        """The job with this id, which an earlier export_sales became."""
        return resume_job(self._connection, EXPORT_SALES, id)
