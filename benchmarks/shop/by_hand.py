"""The operations of openapi.yaml as one would write them with FastAPI and SQLAlchemy."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import JSON, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

CUSTOMER = UUID("123e4567-e89b-42d3-a456-426614174000")


class Line(BaseModel):
    item: Annotated[str, Field(min_length=1, max_length=80)]
    quantity: Annotated[int, Field(ge=1)]
    price: Annotated[float, Field(ge=0)] | None = None


class NewOrder(BaseModel):
    customer: UUID
    lines: Annotated[list[Line], Field(min_length=1)]
    express: bool = False
    note: str | None = None


class Order(BaseModel):
    id: UUID
    customer: UUID
    lines: list[Line]
    created: datetime
    status: Literal["open", "paid", "shipped"] | None = None


class JobStatus(BaseModel):
    id: str
    operation: str
    status: str
    attempt: int
    version: int
    created: datetime
    updated: datetime
    started: datetime | None
    finished: datetime | None
    links: dict[str, str]


class Table(DeclarativeBase):
    pass


class JobRow(Table):
    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(primary_key=True)
    operation: Mapped[str]
    status: Mapped[str] = mapped_column(index=True)
    attempt: Mapped[int]
    version: Mapped[int]
    created: Mapped[datetime]
    updated: Mapped[datetime]
    started: Mapped[datetime | None]
    finished: Mapped[datetime | None]
    request: Mapped[Any] = mapped_column(JSON)


engine = create_engine(os.environ["DATABASE_URL"])
sessions = sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


@event.listens_for(engine, "connect")
def durable(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA busy_timeout=30000")


def session() -> Iterator[Session]:
    with sessions() as opened:
        yield opened


Database = Annotated[Session, Depends(session)]


@app.post("/orders", response_model=Order)
async def quote_order(body: NewOrder) -> Order:
    now = datetime.now(UTC)
    return Order(
        id=uuid4(), customer=body.customer, lines=body.lines, created=now, status="open"
    )


@app.get("/orders/{order_id}", response_model=Order)
async def get_order(
    order_id: UUID,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    tag: Annotated[list[str] | None, Query()] = None,
) -> Order:
    lines = [Line(item="A book", quantity=limit)]
    now = datetime.now(UTC)
    return Order(
        id=order_id, customer=CUSTOMER, lines=lines, created=now, status="paid"
    )


@app.post("/exports", response_model=JobStatus, status_code=202)
def start_export(
    body: NewOrder, request: Request, response: Response, database: Database
) -> JobStatus:
    now = datetime.now(UTC)
    row = JobRow(
        id=str(uuid4()),
        operation="startExport",
        status="queued",
        attempt=0,
        version=1,
        created=now,
        updated=now,
        request=body.model_dump(mode="json"),
    )
    database.add(row)
    database.commit()
    response.headers["Operation-Location"] = str(
        request.url_for("get_job", job_id=row.id)
    )
    return shown(row, request)


@app.get("/jobs/{job_id}", response_model=JobStatus)
def get_job(job_id: str, request: Request, database: Database) -> JobStatus:
    row = database.get(JobRow, job_id)
    if row is None:
        raise HTTPException(404)
    return shown(row, request)


def shown(row: JobRow, request: Request) -> JobStatus:
    return JobStatus(
        id=row.id,
        operation=row.operation,
        status=row.status,
        attempt=row.attempt,
        version=row.version,
        created=row.created,
        updated=row.updated,
        started=row.started,
        finished=row.finished,
        links={"self": str(request.url_for("get_job", job_id=row.id))},
    )


if __name__ == "__main__":
    Table.metadata.create_all(engine)
    uvicorn.run(app, port=int(os.environ["PORT"]), access_log=False, log_level="error")
