"""What the operations do. Yours: gen wrote it once and never touches it again."""

from __future__ import annotations

from uuid import UUID, uuid5

from ledger import REGIONS, Ledger, as_csv, summary, total
from reports_service import Handlers, Job, models
from reports_service.responses import (
    CreateReport422,
    ExportSales200,
    ExportSales201,
    ExportSales204,
    GetReport404,
)

OURS = UUID("5a1e6a0e-9f5e-4a53-8d3f-6a6d3c1f0b11")


class ReportsHandlers(Handlers):
    """Reports over a ledger in memory; files above `small` rows go to the store."""

    def __init__(self, ledger: Ledger | None = None, small: int = 1000) -> None:
        self.ledger = ledger or Ledger()
        self.small = small

    async def record_sales(self, body: list[models.Sale]) -> models.Ledger:
        self.ledger.sales += body
        return models.Ledger(sales=len(self.ledger.sales))

    async def create_report(
        self, body: models.ReportRequest, job: Job[models.Step]
    ) -> models.Report | CreateReport422:
        await job.progress(models.Step(phase="reading", sales=0))
        sales = self.ledger.between(body.from_, body.to)
        if not sales:
            return CreateReport422(models.Refusal(title="Nothing was sold then"))
        regions: list[models.Summary] = []
        done = 0
        for region in REGIONS:
            regions.append(await job.thread(summary, region, sales))
            done += regions[-1].sales
            await job.progress(models.Step(phase="adding", sales=done, region=region))
        report = models.Report(
            id=uuid5(OURS, job.id),
            title=body.title,
            total=total(sales),
            regions=[one for one in regions if one.sales],
        )
        await job.progress(models.Step(phase="writing", sales=done))
        self.ledger.reports[report.id] = report
        return report

    async def get_report(self, report_id: UUID) -> models.Report | GetReport404:
        report = self.ledger.reports.get(report_id)
        return report or GetReport404(models.Refusal(title="No such report"))

    async def summarize(self, body: models.SummaryRequest, job: Job) -> models.Summary:
        return await job.thread(summary, body.region, self.ledger.sales)

    async def export_sales(
        self, body: models.ExportRequest, job: Job[models.Step]
    ) -> ExportSales200 | ExportSales201 | ExportSales204:
        regions = REGIONS if body.region not in REGIONS else (body.region,)
        sales = [sale for region in regions for sale in self.ledger.of(region)]
        await job.progress(models.Step(phase="writing", sales=len(sales)))
        if not sales:
            return ExportSales204()
        text = await job.thread(as_csv, sales)
        if len(sales) <= self.small:
            return ExportSales200(text)
        stored = models.StoredFile(rows=len(sales), size=len(text.encode()))
        url = f"https://files.example/{uuid5(OURS, job.id)}.csv"
        return ExportSales201(stored, location=url)
