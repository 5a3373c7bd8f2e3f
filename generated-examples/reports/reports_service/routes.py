"""How each operation reads its request, calls its handler and answers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import models
from .handlers import Handlers
from .responses import CreateReport201, GetReport200, RecordSales200, Summarize200
from .runtime.contents import Json
from .runtime.formats import Uuid
from .runtime.job import Job
from .runtime.operation import AsyncOperation, Policy
from .runtime.parameters import Path
from .runtime.reader import Body, Reader
from .runtime.replies import Reply, as_reply
from .runtime.service import Service, reader_of
from .runtime.submit import submit

RECORD_SALES_BODY: Body[list[models.Sale]] = Body(
    {
        "application/json": Json(
            Annotated[list[models.Sale], Field(min_length=1, max_length=1000)]
        )
    },
    required=True,
)


async def record_sales(request: Request) -> Response:
    """POST /sales"""
    service: Service[Handlers] = Service.of(request)
    reader = await reader_of(request)
    body = reader.body(RECORD_SALES_BODY)
    reader.done()
    result = await service.handlers.record_sales(body)
    return as_reply(result, RecordSales200).response(request)


CREATE_REPORT_BODY: Body[models.ReportRequest] = Body(
    {"application/json": Json(models.ReportRequest)}, required=True
)


def read_create_report(reader: Reader) -> tuple[models.ReportRequest]:
    """What a call of create_report brings."""
    body = reader.body(CREATE_REPORT_BODY)
    reader.done()
    return (body,)


async def run_create_report(
    handlers: Handlers, reader: Reader, job: Job[models.Step]
) -> Reply:
    """One attempt at a job of create_report."""
    (body,) = read_create_report(reader)
    result = await handlers.create_report(body, job)
    return as_reply(result, CreateReport201)


CREATE_REPORT: AsyncOperation[Handlers] = AsyncOperation(
    name="createReport",
    method="POST",
    path="/reports",
    read=read_create_report,
    run=run_create_report,
    policy=Policy(deadline=300.0, idempotency="required"),
)


async def create_report(request: Request) -> Response:
    """POST /reports: asynchronous"""
    return await submit(request, CREATE_REPORT)


GET_REPORT_REPORT_ID: Path[UUID] = Path("reportId", Uuid)


async def get_report(request: Request) -> Response:
    """GET /reports/{reportId}"""
    service: Service[Handlers] = Service.of(request)
    reader = await reader_of(request)
    report_id = reader.take(GET_REPORT_REPORT_ID)
    reader.done()
    result = await service.handlers.get_report(report_id)
    return as_reply(result, GetReport200).response(request)


SUMMARIZE_BODY: Body[models.SummaryRequest] = Body(
    {"application/json": Json(models.SummaryRequest)}, required=True
)


def read_summarize(reader: Reader) -> tuple[models.SummaryRequest]:
    """What a call of summarize brings."""
    body = reader.body(SUMMARIZE_BODY)
    reader.done()
    return (body,)


async def run_summarize(handlers: Handlers, reader: Reader, job: Job) -> Reply:
    """One attempt at a job of summarize."""
    (body,) = read_summarize(reader)
    result = await handlers.summarize(body, job)
    return as_reply(result, Summarize200)


SUMMARIZE: AsyncOperation[Handlers] = AsyncOperation(
    name="summarize",
    method="POST",
    path="/summaries",
    read=read_summarize,
    run=run_summarize,
    policy=Policy(wait=2.0),
)


async def summarize(request: Request) -> Response:
    """POST /summaries: answered directly when it is quick"""
    return await submit(request, SUMMARIZE)


EXPORT_SALES_BODY: Body[models.ExportRequest] = Body(
    {"application/json": Json(models.ExportRequest)}, required=True
)


def read_export_sales(reader: Reader) -> tuple[models.ExportRequest]:
    """What a call of export_sales brings."""
    body = reader.body(EXPORT_SALES_BODY)
    reader.done()
    return (body,)


async def run_export_sales(
    handlers: Handlers, reader: Reader, job: Job[models.Step]
) -> Reply:
    """One attempt at a job of export_sales."""
    (body,) = read_export_sales(reader)
    return await handlers.export_sales(body, job)


EXPORT_SALES: AsyncOperation[Handlers] = AsyncOperation(
    name="exportSales",
    method="POST",
    path="/exports",
    read=read_export_sales,
    run=run_export_sales,
    policy=Policy(attempts=5),
)


async def export_sales(request: Request) -> Response:
    """POST /exports: asynchronous"""
    return await submit(request, EXPORT_SALES)


ROUTES: list[Route] = [
    Route("/sales", record_sales, methods=["POST"]),
    Route("/reports", create_report, methods=["POST"]),
    Route("/reports/{reportId}", get_report, methods=["GET"]),
    Route("/summaries", summarize, methods=["POST"]),
    Route("/exports", export_sales, methods=["POST"]),
]

ASYNC_OPERATIONS: tuple[AsyncOperation[Handlers], ...] = (
    CREATE_REPORT,
    SUMMARIZE,
    EXPORT_SALES,
)
