"""The whole service as one ASGI application: a Starlette one, to be run or mounted anywhere."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from .cors import exposed, for_pages
from .lifespan import Lifespan
from .problem import HttpProblem
from .service import Service
from .table import Table

log = logging.getLogger(__name__)

Running = Callable[[Service[Any]], AbstractAsyncContextManager[object]]
"""A part that runs as long as the service does."""

Tell = Callable[[HttpProblem, Any], Response | None]
"""Says a refusal as an error that its operation declares, if it can."""

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
"""Sent with every answer."""


class Application(Starlette):
    """Routes, what runs behind them, and one place where everything that is raised is answered."""

    def __init__(
        self,
        service: Service[Any],
        routes: Sequence[BaseRoute],
        *,
        title: str,
        version: str,
        running: Sequence[Running] = (),
        async_operations: int = 0,
        operations: int = 0,
        site: str = "",
        docs: str = "/docs",
    ) -> None:
        super().__init__()
        self.service = service
        self.title = title
        self.version = version
        self.operations = operations
        self.site = site
        """The prefix of the document, its page and the probes."""
        self.docs = docs
        """Where the page is that shows the document."""
        self.async_operations = async_operations
        self.parts = tuple(running)
        self.router = self.table = Table(routes, lifespan=lambda app: self.running())
        plain = (Route, WebSocketRoute)
        paths = (route.path for route in routes if isinstance(route, plain))
        service.paths = frozenset(paths)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The service's life: a server enters it; so must whoever mounts the application."""
        service = self.service
        async with AsyncExitStack() as stack:
            if isinstance(service.handlers, Lifespan):
                await stack.enter_async_context(service.handlers)
            for part in self.parts:
                await stack.enter_async_context(part(service))
            stack.callback(service.stop_streams)
            service.ready = True
            yield

    def build_middleware_stack(self) -> ASGIApp:
        """What pages of other origins are told, around middleware that was added, around what answers."""
        app: ASGIApp = self.answer
        for kind, positional, named in reversed(self.user_middleware):
            app = kind(app, *positional, **named)
        pages = self.service.settings.allowed_origins
        plain = (one for one in self.router.routes if isinstance(one, Route))
        methods = (method for one in plain for method in one.methods or ())
        return for_pages(app, pages, methods) if pages else app

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request whatever is raised."""
        if scope["type"] == "websocket":
            await self.open_socket(scope, receive, send)
            return
        if scope["type"] != "http":
            await self.router(scope, receive, send)
            return
        sending = Sending(send, bool(self.service.settings.allowed_origins))
        try:
            for enter in self.service.enters:
                enter()
            self.service.origins.check(scope)
            await self.table.app(scope, receive, sending)
        except Exception as error:
            told = answer_to(error, scope, self.service.handlers)
            await respond(told, sending, scope, receive)

    async def open_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Opens a WebSocket, or refuses it as a request would be."""
        try:
            for enter in self.service.enters:
                enter()
            self.service.origins.check(scope)
            await self.router(scope, receive, send)
        except HttpProblem as refused:
            websocket = WebSocket(scope, receive, send)
            if "websocket.http.response" in scope.get("extensions", {}):
                await websocket.send_denial_response(refused.response())
            else:
                await websocket.close(1008)


class Sending:
    """A send that adds our headers and knows whether an answer has begun."""

    __slots__ = ("_exposes", "_send", "begun")

    def __init__(self, send: Send, exposes: bool) -> None:
        self._send = send
        self._exposes = exposes
        self.begun = False

    def __call__(self, message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = [*message.get("headers", ()), *HEADERS]
            message["headers"] = headers
            if self._exposes:
                headers.append(exposed(headers))
        return self._send(message)


async def respond(
    response: Response, send: Sending, scope: Scope, receive: Receive
) -> None:
    """Sends an error; an answer that is already on its way is broken off by the server."""
    if not send.begun:
        await response(scope, receive, send)


def answer_to(error: Exception, scope: Scope, handlers: object) -> Response:
    """What was raised as a response, in the words of its operation where that has some of its own."""
    refusal = refusal_of(error, scope)
    endpoint = getattr(scope.get("route"), "endpoint", None)
    tell: Tell | None = getattr(endpoint, "tell", None)
    told = None if tell is None else tell(refusal, handlers)
    return told or refusal.response()


def refusal_of(error: Exception, scope: Scope) -> HttpProblem:
    """What was raised as a problem; what nobody expected is logged and not told."""
    if isinstance(error, HttpProblem):
        return error
    if isinstance(error, HTTPException):
        return HttpProblem(error.status_code, headers=error.headers)
    log.error("%s %s raised", scope["method"], scope["path"], exc_info=error)
    return HttpProblem(500)
