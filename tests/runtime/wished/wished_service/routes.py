"""How each operation reads its request, calls its handler and answers."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import models
from .callbacks import CREATE_REPORT_FINISHED
from .handlers import Handlers
from .responses import (
    CreateReport201,
    GetDoor200,
    GetItem200,
    GetPhoto200,
    GetSecret200,
    Greet204,
    PutPhoto204,
    Quote200,
    StartExport200,
    UploadPhoto201,
)
from .runtime.access import Need, Security
from .runtime.contents import Binary, Json, Text
from .runtime.formats import Uuid
from .runtime.forms import Form, Multipart
from .runtime.job import Job
from .runtime.model import Integer
from .runtime.operation import AsyncOperation, Backoff, Policy
from .runtime.parameters import Cookie, Header, Path, Query
from .runtime.reader import Body, Reader
from .runtime.replies import Reply, as_reply
from .runtime.service import Service, reader_of
from .runtime.submit import submit

NEEDS_BEARER: Security = ((Need("bearer"),),)
NEEDS_BEARER_OR_APP_KEY_OR_BASIC: Security = (
    (Need("bearer", ("secrets:read",)), Need("appKey")),
    (Need("basic"),),
)
NEEDS_BEARER_OR_ANYBODY: Security = ((Need("bearer"),), ())

GET_ITEM_ITEM_ID: Path[UUID] = Path("itemId", Uuid)
GET_ITEM_TAGS: Query[list[str]] = Query(
    "tags", list[str], kind=["string"], required=True
)
GET_ITEM_LIMIT: Query[int] = Query("limit", Integer, kind="integer", default=10)
GET_ITEM_FIELDS: Query[list[str] | None] = Query(
    "fields", list[str], kind=["string"], style="pipeDelimited", explode=False
)
GET_ITEM_FILTER: Query[models.Filter | None] = Query(
    "filter",
    models.Filter,
    kind={"color": "string", "sizes": ["integer"]},
    style="deepObject",
    explode=True,
)
GET_ITEM_X_TRACE: Header[str | None] = Header("X-Trace", str)
GET_ITEM_SESSION: Cookie[str | None] = Cookie("session", str)


async def get_item(request: Request) -> Response:
    """GET /items/{itemId}"""
    service: Service[Handlers] = Service.of(request)
    reader = await reader_of(request)
    item_id = reader.take(GET_ITEM_ITEM_ID)
    tags = reader.take(GET_ITEM_TAGS)
    limit = reader.take(GET_ITEM_LIMIT)
    fields = reader.take(GET_ITEM_FIELDS)
    filter = reader.take(GET_ITEM_FILTER)
    x_trace = reader.take(GET_ITEM_X_TRACE)
    session = reader.take(GET_ITEM_SESSION)
    reader.done()
    result = await service.handlers.get_item(
        item_id, tags, limit, fields, filter, x_trace, session
    )
    return as_reply(result, GetItem200).response(request)


CREATE_ITEM_BODY: Body[models.NewItem] = Body(
    {"application/json": Json(models.NewItem)}, required=True
)


async def create_item(request: Request) -> Response:
    """POST /items"""
    service: Service[Handlers] = Service.of(request)
    reader = await reader_of(request)
    body = reader.body(CREATE_ITEM_BODY)
    reader.done()
    result = await service.handlers.create_item(body)
    return result.response(request)


CREATE_REPORT_X_TENANT: Header[str | None] = Header("X-Tenant", str)
CREATE_REPORT_BODY: Body[models.ReportRequest] = Body(
    {"application/json": Json(models.ReportRequest)}, required=True
)


def read_create_report(reader: Reader) -> tuple[str | None, models.ReportRequest]:
    """What a call of create_report brings."""
    x_tenant = reader.take(CREATE_REPORT_X_TENANT)
    body = reader.body(CREATE_REPORT_BODY)
    reader.done()
    return (x_tenant, body)


async def run_create_report(handlers: Handlers, reader: Reader, job: Job) -> Reply:
    """One attempt at a job of create_report."""
    x_tenant, body = read_create_report(reader)
    result = await handlers.create_report(x_tenant, body, job)
    return as_reply(result, CreateReport201)


CREATE_REPORT: AsyncOperation[Handlers] = AsyncOperation(
    name="createReport",
    method="POST",
    path="/reports",
    read=read_create_report,
    run=run_create_report,
    policy=Policy(
        deadline=120.0,
        attempts=2,
        concurrency=4,
        queue=100,
        backoff=Backoff(0.05, 2.0, 1.0),
    ),
    keeps=frozenset(["x-tenant"]),
    callbacks=(CREATE_REPORT_FINISHED,),
)


async def create_report(request: Request) -> Response:
    """POST /reports: asynchronous"""
    return await submit(request, CREATE_REPORT)


QUOTE_BODY: Body[models.ReportRequest] = Body(
    {"application/json": Json(models.ReportRequest)}, required=True
)


def read_quote(reader: Reader) -> tuple[models.ReportRequest]:
    """What a call of quote brings."""
    body = reader.body(QUOTE_BODY)
    reader.done()
    return (body,)


async def run_quote(handlers: Handlers, reader: Reader, job: Job) -> Reply:
    """One attempt at a job of quote."""
    (body,) = read_quote(reader)
    result = await handlers.quote(body, job)
    return as_reply(result, Quote200)


QUOTE: AsyncOperation[Handlers] = AsyncOperation(
    name="quote",
    method="POST",
    path="/quotes",
    read=read_quote,
    run=run_quote,
    policy=Policy(wait=1.0),
)


async def quote(request: Request) -> Response:
    """POST /quotes: answered directly when it is quick"""
    return await submit(request, QUOTE)


def read_start_export(reader: Reader) -> tuple[()]:
    """What a call of start_export brings."""
    return ()


async def run_start_export(handlers: Handlers, reader: Reader, job: Job) -> Reply:
    """One attempt at a job of start_export."""
    result = await handlers.start_export(job)
    return as_reply(result, StartExport200)


START_EXPORT: AsyncOperation[Handlers] = AsyncOperation(
    name="startExport",
    method="POST",
    path="/exports",
    read=read_start_export,
    run=run_start_export,
    policy=Policy(idempotency="required"),
    security=NEEDS_BEARER,
)


async def start_export(request: Request) -> Response:
    """POST /exports: asynchronous"""
    return await submit(request, START_EXPORT)


GET_SECRET_NAME: Path[str] = Path("name", str)


async def get_secret(request: Request) -> Response:
    """GET /secrets/{name}"""
    service: Service[Handlers] = Service.of(request)
    caller = await service.authenticate(request, NEEDS_BEARER_OR_APP_KEY_OR_BASIC)
    reader = await reader_of(request)
    name = reader.take(GET_SECRET_NAME)
    reader.done()
    result = await service.handlers.get_secret(name, caller)
    return as_reply(result, GetSecret200).response(request)


async def get_door(request: Request) -> Response:
    """GET /door"""
    service: Service[Handlers] = Service.of(request)
    caller = await service.identify(request, NEEDS_BEARER_OR_ANYBODY)
    result = await service.handlers.get_door(caller)
    return as_reply(result, GetDoor200).response(request)


UPLOAD_PHOTO_BODY: Body[models.Upload] = Body(
    {
        "multipart/form-data": Multipart(
            models.Upload,
            {
                "photo": "file",
                "more": ["file"],
                "caption": "string",
                "rating": "integer",
                "labels": ["string"],
                "place": {"latitude": "number", "longitude": "number"},
            },
        )
    },
    required=True,
)


async def upload_photo(request: Request) -> Response:
    """POST /photos"""
    service: Service[Handlers] = Service.of(request)
    reader = await reader_of(request)
    body = reader.body(UPLOAD_PHOTO_BODY)
    reader.done()
    result = await service.handlers.upload_photo(body)
    return as_reply(result, UploadPhoto201).response(request)


GET_PHOTO_PHOTO_ID: Path[str] = Path("photoId", str)


async def get_photo(request: Request) -> Response:
    """GET /photos/{photoId}"""
    service: Service[Handlers] = Service.of(request)
    reader = await reader_of(request)
    photo_id = reader.take(GET_PHOTO_PHOTO_ID)
    reader.done()
    result = await service.handlers.get_photo(photo_id)
    return as_reply(result, GetPhoto200).response(request)


PUT_PHOTO_PHOTO_ID: Path[str] = Path("photoId", str)
PUT_PHOTO_BODY: Body[bytes] = Body({"image/*": Binary()}, required=True)


async def put_photo(request: Request) -> Response:
    """PUT /photos/{photoId}"""
    service: Service[Handlers] = Service.of(request)
    reader = await reader_of(request)
    photo_id = reader.take(PUT_PHOTO_PHOTO_ID)
    body = reader.body(PUT_PHOTO_BODY)
    reader.done()
    await service.handlers.put_photo(photo_id, body)
    return PutPhoto204().response(request)


SHOUT_BODY: Body[str | models.Note] = Body(
    {"text/plain": Text(str), "application/json": Json(models.Note)}, required=True
)


async def shout(request: Request) -> Response:
    """POST /shout"""
    service: Service[Handlers] = Service.of(request)
    reader = await reader_of(request)
    body = reader.body(SHOUT_BODY)
    reader.done()
    result = await service.handlers.shout(body)
    return result.response(request)


PUT_NOTE_NOTE_ID: Path[str] = Path("noteId", str)
PUT_NOTE_BODY: Body[models.Note | None] = Body({"application/json": Json(models.Note)})


async def put_note(request: Request) -> Response:
    """PUT /notes/{noteId}"""
    service: Service[Handlers] = Service.of(request)
    reader = await reader_of(request)
    note_id = reader.take(PUT_NOTE_NOTE_ID)
    body = reader.body(PUT_NOTE_BODY)
    reader.done()
    result = await service.handlers.put_note(note_id, body)
    return result.response(request)


GREET_WHO: Path[str] = Path("who", str)
GREET_BODY: Body[models.Greeting] = Body(
    {
        "application/x-www-form-urlencoded": Form(
            models.Greeting, {"name": "string", "times": "integer"}
        )
    },
    required=True,
)


async def greet(request: Request) -> Response:
    """POST /people/{who}:greet"""
    service: Service[Handlers] = Service.of(request)
    reader = await reader_of(request)
    who = reader.take(GREET_WHO)
    body = reader.body(GREET_BODY)
    reader.done()
    await service.handlers.greet(who, body)
    return Greet204().response(request)


ROUTES = [
    Route("/items/{itemId}", get_item, methods=["GET"]),
    Route("/items", create_item, methods=["POST"]),
    Route("/reports", create_report, methods=["POST"]),
    Route("/quotes", quote, methods=["POST"]),
    Route("/exports", start_export, methods=["POST"]),
    Route("/secrets/{name}", get_secret, methods=["GET"]),
    Route("/door", get_door, methods=["GET"]),
    Route("/photos", upload_photo, methods=["POST"]),
    Route("/photos/{photoId}", get_photo, methods=["GET"]),
    Route("/photos/{photoId}", put_photo, methods=["PUT"]),
    Route("/shout", shout, methods=["POST"]),
    Route("/notes/{noteId}", put_note, methods=["PUT"]),
    Route("/people/{who}:greet", greet, methods=["POST"]),
]

ASYNC_OPERATIONS: tuple[AsyncOperation[Handlers], ...] = (
    CREATE_REPORT,
    QUOTE,
    START_EXPORT,
)
