"""The operations tagged reports, without `await`."""

from __future__ import annotations

from uuid import UUID

from .. import models, responses
from ..reports import CREATE_REPORT, EXPORT_SALES, GET_REPORT, SUMMARIZE
from ..runtime.handle_sync import JobHandle, resume_job, start_job
from ..runtime.transport import Connection


class Reports:
    """Making and reading reports."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create_report(
        self, body: models.ReportRequest, *, idempotency_key: str | None = None
    ) -> JobHandle[models.Report, models.Step]:
        """Make a report.

        A report costs money, so that every call needs an Idempotency-Key: calling again
        with the same key gives the same report.
        """
        return start_job(self._connection, CREATE_REPORT, (), body, key=idempotency_key)

    def create_report_job(self, id: str) -> JobHandle[models.Report, models.Step]:
        """The job with this id, which an earlier create_report became."""
        return resume_job(self._connection, CREATE_REPORT, id)

    def get_report(self, report_id: UUID) -> models.Report:
        """Read a report."""
        return self._connection.call(GET_REPORT, (report_id,))

    def summarize(
        self,
        body: models.SummaryRequest,
        *,
        idempotency_key: str | None = None,
        wait: float | None = None,
    ) -> JobHandle[models.Summary]:
        """Sum up a region.

        Answered directly when it is quick, which it is unless there is much to read.
        """
        return start_job(
            self._connection, SUMMARIZE, (), body, key=idempotency_key, hold=wait
        )

    def summarize_job(self, id: str) -> JobHandle[models.Summary]:
        """The job with this id, which an earlier summarize became."""
        return resume_job(self._connection, SUMMARIZE, id)

    def export_sales(
        self, body: models.ExportRequest, *, idempotency_key: str | None = None
    ) -> JobHandle[str | responses.ExportSales201 | None, models.Step]:
        """Write the sales to a file."""
        return start_job(self._connection, EXPORT_SALES, (), body, key=idempotency_key)

    def export_sales_job(
        self, id: str
    ) -> JobHandle[str | responses.ExportSales201 | None, models.Step]:
        """The job with this id, which an earlier export_sales became."""
        return resume_job(self._connection, EXPORT_SALES, id)
