"""How each operation reads its request, calls its handler and answers."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import models
from .handlers import Handlers
from .responses import CreateGreeting201, ListLanguages200
from .runtime.contents import Json
from .runtime.job import Job
from .runtime.operation import AsyncOperation, Policy
from .runtime.reader import Body, Reader
from .runtime.replies import Reply, as_reply
from .runtime.service import Service
from .runtime.submit import submit

CREATE_GREETING_BODY: Body[models.NewGreeting] = Body(
    {"application/json": Json(models.NewGreeting)}, required=True
)


def read_create_greeting(reader: Reader) -> tuple[models.NewGreeting]:
    """What a call of create_greeting brings."""
    body = reader.body(CREATE_GREETING_BODY)
    reader.done()
    return (body,)


async def run_create_greeting(handlers: Handlers, reader: Reader, job: Job) -> Reply:
    """One attempt at a job of create_greeting."""
    (body,) = read_create_greeting(reader)
    result = await handlers.create_greeting(body, job)
    return as_reply(result, CreateGreeting201)


CREATE_GREETING: AsyncOperation[Handlers] = AsyncOperation(
    name="createGreeting",
    method="POST",
    path="/greetings",
    read=read_create_greeting,
    run=run_create_greeting,
    policy=Policy(),
)


async def create_greeting(request: Request) -> Response:
    """POST /greetings: asynchronous"""
    return await submit(request, CREATE_GREETING)


async def list_languages(request: Request) -> Response:
    """GET /languages"""
    service: Service[Handlers] = Service.of(request)
    result = await service.handlers.list_languages()
    return as_reply(result, ListLanguages200).response(request)


ROUTES: list[Route] = [
    Route("/greetings", create_greeting, methods=["POST"]),
    Route("/languages", list_languages, methods=["GET"]),
]

ASYNC_OPERATIONS: tuple[AsyncOperation[Handlers], ...] = (CREATE_GREETING,)
