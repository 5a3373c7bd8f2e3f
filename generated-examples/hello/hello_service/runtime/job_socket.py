"""The job socket: one WebSocket for the events of many jobs, and for canceling them."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from typing import Any

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from .close_code import CloseCode
from .engine import Engine
from .event_routes import tickets_of
from .job_access import canceled, job_seen, kept
from .job_answers import crowded, links_of
from .job_document import document
from .job_frames import (
    AnyCommand,
    Cancel,
    Ping,
    Subscribe,
    Unsubscribe,
    acknowledgement,
    command_of,
    event,
    refusal,
)
from .jobs import JobRecord
from .problem import HttpProblem
from .service import Service
from .sockets import Frame, Socket, Sockets
from .status import done
from .tasks import ended
from .watch import TooManyWaiters

log = logging.getLogger(__name__)

SUBPROTOCOL = "jobs.v1.json"
LARGEST = 64 << 10
"""Bytes of the largest frame that a caller may send; commands are short."""
MOST_JOBS = 1000
"""Jobs that one socket may follow at a time."""
CLOSES = {
    400: CloseCode.BAD_MESSAGE,
    401: CloseCode.EXPIRED,
    404: CloseCode.UNKNOWN_JOB,
    410: CloseCode.UNKNOWN_JOB,
    429: CloseCode.POLICY,
    503: CloseCode.OVERLOADED,
}
"""The refusals that end the socket; after the others it goes on."""


def job_socket_routes(base: str = "") -> list[WebSocketRoute]:
    """The route of the job socket."""
    return [WebSocketRoute(f"{base}/jobs/socket", jobs_socket)]


async def jobs_socket(websocket: WebSocket) -> None:
    """GET /jobs/socket: opens to callers as the job's own resources do."""
    service: Service[Any] = Service.of(websocket)
    sockets = Sockets.of(service)
    sockets.check()
    service.origins.check_origin(websocket.scope)
    opened = await opened_jobs(service, websocket)
    await websocket.accept(subprotocol_of(websocket))
    patience = service.settings.heartbeat
    socket = Socket(websocket, most=LARGEST, patience=patience)
    with sockets.holding(socket):
        await socket.serve(Conversation(socket, service, opened).run())


def subprotocol_of(websocket: WebSocket) -> str | None:
    """Ours where subprotocols are offered; raises HttpProblem 400 where it is not among them."""
    offered = websocket.scope["subprotocols"]
    if offered and SUBPROTOCOL not in offered:
        raise HttpProblem(400, detail=f"The subprotocol here is {SUBPROTOCOL}")
    return SUBPROTOCOL if offered else None


async def opened_jobs(service: Service[Any], websocket: WebSocket) -> frozenset[str]:
    """The jobs that a ticket opens; raises HttpProblem 401 for it, or for wrong credentials.

    Who shows nothing at all comes in, and sees what a request without credentials would see.
    """
    ticket = websocket.query_params.get("ticket")
    if ticket is not None:
        return frozenset({redeemed(service, ticket)})
    names = {need.scheme for needs in service.access for need in needs}
    schemes = (service.schemes[name] for name in names)
    if any(scheme.credentials(websocket) is not None for scheme in schemes):
        await service.owner(websocket)
    return frozenset()


def redeemed(service: Service[Any], ticket: str) -> str:
    """The job that a ticket opens; raises HttpProblem 401."""
    id = tickets_of(service).redeem(ticket)
    if id is None:
        raise HttpProblem(
            401,
            detail="The ticket is spent or expired",
            headers={"WWW-Authenticate": "Ticket"},
        )
    return id


class Conversation:
    """What one caller follows, and what it may."""

    def __init__(
        self, socket: Socket, service: Service[Any], opened: frozenset[str]
    ) -> None:
        self.socket = socket
        self.service = service
        self.engine = service.part(Engine)
        self.opened = set(opened)
        """Jobs that tickets have opened, and that have not ended yet: to be followed only."""
        self.is_ticketed = bool(opened)
        self.following: dict[str, asyncio.Task[None]] = {}
        self.links = links_of(service)
        self.origin = origin_of(service, socket.websocket)

    async def run(self) -> None:
        """Carries out what the caller commands until it goes."""
        try:
            async for frame in self.socket.frames():
                await self.take(frame)
        finally:
            await ended(*self.following.values())

    async def take(self, frame: Frame) -> None:
        command: AnyCommand | None = None
        try:
            command = command_of(frame)
            await self.carry_out(command)
        except HttpProblem as problem:
            await self.refuse(problem, command)

    async def carry_out(self, command: AnyCommand) -> None:
        match command:
            case Subscribe():
                await self.subscribe(command)
            case Unsubscribe():
                self.leave(command.id)
                await self.socket.put(acknowledgement(command))
            case Cancel():
                await self.cancel(command)
            case Ping():
                await self.socket.put(acknowledgement(command))

    async def refuse(self, problem: HttpProblem, command: AnyCommand | None) -> None:
        await self.socket.put(refusal(problem, command))
        if problem.status in CLOSES:
            self.socket.close(CLOSES[problem.status], problem.detail or "")

    async def subscribe(self, command: Subscribe) -> None:
        """Tells how the job stands where the caller does not know, then what becomes of it."""
        if command.ticket is not None:
            self.opened.add(redeemed(self.service, command.ticket))
        job = await self.job(command.id)
        self.leave(job.id)
        if len(self.following) >= MOST_JOBS:
            raise HttpProblem(429, detail=f"A socket follows at most {MOST_JOBS} jobs")
        await self.socket.put(acknowledgement(command, job))
        following = asyncio.create_task(self.follow(command, job))
        self.following[job.id] = following

    async def job(self, id: str) -> JobRecord:
        """A job that the caller may see; raises HttpProblem as GET /jobs/{id} does."""
        if id in self.opened:
            return kept(await self.engine.get_light(id))
        return await job_seen(self.socket.websocket, id)

    def leave(self, id: str) -> None:
        following = self.following.pop(id, None)
        if following is not None:
            following.cancel()

    async def follow(self, command: Subscribe, job: JobRecord) -> None:
        """Sends a job's events until it has ended; with its last job a ticket's socket ends."""
        try:
            await self.tell(command.after, job)
        except TooManyWaiters as full:
            await self.refuse(crowded(full.retry_after), command)
        except Exception:
            log.exception("the events of %s cannot be told", job.id)
            self.socket.close(CloseCode.FAULT)
        self.following.pop(job.id, None)
        self.opened.discard(job.id)
        if self.is_ticketed and not self.opened:
            self.socket.close(CloseCode.DONE)

    async def tell(self, after: int | None, job: JobRecord) -> None:
        if after is None or after > job.version:
            await self.socket.put(event(job, self.document(job)))
            after = job.version
        if done(job.status) and after >= job.version:
            return
        async with aclosing(self.engine.subscribe(job.id, after)) as events:
            async for later in events:
                members = self.document(later.snapshot)
                await self.socket.put(event(later.snapshot, members, later.name))

    def document(self, job: JobRecord) -> dict[str, object]:
        return document(job, self.links.of(job.id, self.origin))

    async def cancel(self, command: Cancel) -> None:
        """Cancels a job; who came with a ticket may only look."""
        if self.is_ticketed:
            raise HttpProblem(403, detail="A ticket opens a job's events only")
        job = await job_seen(self.socket.websocket, command.id)
        job = await canceled(self.engine, job)
        await self.socket.put(acknowledgement(command, job))


def origin_of(service: Service[Any], websocket: WebSocket) -> str:
    """What the URLs of jobs begin with, which are no WebSockets."""
    scheme = "https" if websocket.scope["scheme"] == "wss" else "http"
    return service.origins.base({**websocket.scope, "scheme": scheme})
