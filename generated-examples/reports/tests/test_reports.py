"""What the service does for its callers. Yours: gen wrote it once and never touches it again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
from handlers import ReportsHandlers
from reports_client import errors, models, responses
from reports_client.sync import Client
from reports_service import Settings, create_app, serving

QUARTER = models.ReportRequest(
    title="First quarter", from_=date(2026, 1, 1), to=date(2026, 3, 31)
)


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A service that runs as long as the test."""
    settings = Settings(database_url=f"sqlite:///{tmp_path}/test.db", port=0)
    with serving(create_app(ReportsHandlers(small=3), settings)) as url:
        yield url


@pytest.fixture
def client(url: str) -> Iterator[Client]:
    with Client(url) as client:
        yield client


def sale(region: models.Region, amount: str, month: int = 1) -> models.Sale:
    day = date(2026, month, 15)
    return models.Sale(day=day, region=region, item="lamp", amount=amount)


def record(client: Client, *sales: models.Sale) -> int:
    return client.sales.record_sales(list(sales)).sales


def test_record_sales(client: Client) -> None:
    assert record(client, sale("north", "1.00")) == 1
    assert record(client, sale("south", "2.00"), sale("east", "3.00")) == 3


def test_create_report(client: Client) -> None:
    record(client, sale("north", "10.00"), sale("west", "0.50"), sale("west", "9.50"))
    record(client, sale("north", "99.00", month=7))
    job = client.reports.create_report(QUARTER)
    report = job.result(timeout=30)
    assert report.total == "20.00"
    assert report.regions == [
        models.Summary(region="north", sales=1, total="10.00"),
        models.Summary(region="west", sales=2, total="10.00"),
    ]
    assert client.reports.get_report(report.id) == report
    assert job.status().progress == models.Step(phase="writing", sales=3)


def test_every_step_of_a_report_is_typed(client: Client) -> None:
    record(client, sale("north", "10.00"))
    events = list(client.reports.create_report(QUARTER).events())
    steps = [event.progress for event in events if event.progress is not None]
    assert steps[-1] == models.Step(phase="writing", sales=1)


def test_create_report_of_nothing(client: Client) -> None:
    with pytest.raises(errors.CreateReport422Error) as refused:
        client.reports.create_report(QUARTER).result(timeout=30)
    assert refused.value.body.title == "Nothing was sold then"


def test_create_report_needs_a_key(url: str, client: Client) -> None:
    record(client, sale("north", "1.00"))
    body = {"title": "Keyless", "from": "2026-01-01", "to": "2026-01-31"}
    assert httpx2.post(f"{url}/reports", json=body).status_code == 400
    jobs = [client.reports.create_report(QUARTER, idempotency_key="1") for _ in "ab"]
    assert jobs[0].id == jobs[1].id


def test_get_report_that_is_not_there(client: Client) -> None:
    with pytest.raises(errors.GetReport404Error):
        client.reports.get_report(UUID(int=1))


def test_summarize(client: Client) -> None:
    record(client, sale("east", "1.25"), sale("east", "1.25"), sale("west", "7.00"))
    job = client.reports.summarize(models.SummaryRequest(region="east"))
    expected = models.Summary(region="east", sales=2, total="2.50")
    assert job.result(timeout=30) == expected


def test_export_sales(client: Client) -> None:
    def export(body: models.ExportRequest) -> str | responses.ExportSales201 | None:
        return client.reports.export_sales(body).result(timeout=30)

    assert export(models.ExportRequest()) is None
    record(client, sale("north", "1.00"), sale("south", "2.00"), sale("south", "3.00"))
    lines = "day,region,item,amount\n2026-01-15,north,lamp,1.00\n"
    assert export(models.ExportRequest(region="north")) == lines
    record(client, sale("west", "4.00"))
    stored = export(models.ExportRequest())
    assert isinstance(stored, responses.ExportSales201)
    assert (stored.status, stored.body.rows) == (201, 4)
    assert stored.location.startswith("https://files.example/")
