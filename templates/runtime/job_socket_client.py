"""The job socket as a client uses it: one WebSocket for the events of many jobs, reopened when it breaks."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from typing import Any, Generic, Self, TypeVar
from urllib.parse import urlsplit, urlunsplit

from pydantic import ValidationError
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from .call import Remote
from .encoding import Parts
from .errors import ClientError, ConnectionFailed, JobExpired, JobUnknown, Problem
from .handle import JobHandle
from .job_status import JobStatus
from .remote_job import JobOperation
from .remote_socket import RemoteSocket, SocketRefused
from .tasks import ended
from .transport import AsyncSession

T = TypeVar("T")
P = TypeVar("P")
Read = Callable[[str], JobStatus[P]]

SUBPROTOCOL = "jobs.v1.json"
KEPT = 256
"""Changes of one job that wait to be taken; beyond it the oldest, which are superseded, are dropped."""


class Follower(Generic[P]):
    """What one reader is still to be told of a job."""

    def __init__(self, id: str, read: Read[P], after: int | None) -> None:
        self.id = id
        self.version = after
        self._read = read
        self._changes: deque[JobStatus[P]] = deque(maxlen=KEPT)
        self._news = asyncio.Event()
        self._over: ClientError | bool = False

    def command(self) -> str:
        """What makes the service tell it."""
        after = {} if self.version is None else {"after": self.version}
        return json.dumps({"type": "subscribe", "id": self.id, **after})

    def take(self, document: object) -> None:
        """A change, if it is one that is not known yet."""
        with suppress(ValidationError):
            status = self._read(json.dumps(document))
            if self.version is None or status.version > self.version:
                self.version = status.version
                self._changes.append(status)
                self._news.set()

    def end(self, error: ClientError | None = None) -> None:
        """Nothing more will come."""
        self._over = error or True
        self._news.set()

    async def changes(self) -> AsyncGenerator[JobStatus[P]]:
        """Every change until the job has ended."""
        while True:
            while self._changes:
                status = self._changes.popleft()
                yield status
                if status.done:
                    return
            if isinstance(self._over, ClientError):
                raise self._over
            if self._over:
                return
            self._news.clear()
            await self._news.wait()


class JobSocket:
    """The events of any number of jobs over one socket; `async with` closes it."""

    def __init__(self, client: AsyncSession) -> None:
        self._remote = client._connection.remote
        self._followers: list[Follower[Any]] = []
        self._socket: RemoteSocket | None = None
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await ended(self._reading)
        self._fail(ConnectionFailed("the job socket was closed"))

    async def follow(
        self, job: JobHandle[T, P], after: int | None = None
    ) -> AsyncGenerator[JobStatus[P]]:
        """The job as it is, or what has become of it since a version, until it has ended.

        Nothing is missed but superseded progress. Raises JobUnknown, JobExpired, ConnectionFailed.
        """
        operation = job._job.operation
        follower = Follower(job.id, operation.status_type.validate_json, after)
        self._followers.append(follower)
        try:
            await self._ask(operation, follower)
            async with aclosing(follower.changes()) as changes:
                async for status in changes:
                    yield status
        finally:
            self._followers.remove(follower)
            await self._leave(job.id)

    async def _ask(
        self, operation: JobOperation[Any, Any], follower: Follower[Any]
    ) -> None:
        """Subscribes, or leaves that to the socket that is being opened."""
        if self._socket is None or self._reading is None or self._reading.done():
            url, headers = place_of(self._remote, operation)
            self._socket = RemoteSocket(url, headers, SUBPROTOCOL, self._greet)
            self._reading = asyncio.create_task(self._read(self._socket))
        elif (connection := self._socket.connection) is not None:
            with suppress(ConnectionClosed):  # then it is opened again
                await connection.send(follower.command())

    async def _leave(self, id: str) -> None:
        connection = None if self._socket is None else self._socket.connection
        others = any(follower.id == id for follower in self._followers)
        if connection is not None and not others:
            with suppress(ConnectionClosed):
                await connection.send(json.dumps({"type": "unsubscribe", "id": id}))

    async def _greet(self, connection: ClientConnection) -> None:
        for follower in tuple(self._followers):
            await connection.send(follower.command())

    async def _read(self, socket: RemoteSocket) -> None:
        try:
            async with aclosing(socket.frames()) as frames:
                async for frame in frames:
                    self._take(said_in(frame))
        except SocketRefused as error:
            self._fail(ConnectionFailed(str(error)))
        except ValueError as error:
            self._fail(ConnectionFailed(f"the job socket cannot be read: {error}"))

    def _take(self, frame: dict[str, Any]) -> None:
        concerned = [one for one in self._followers if one.id == frame.get("id")]
        for follower in concerned:
            match frame.get("type"):
                case "event":
                    follower.take(frame.get("data"))
                case "ack" if (
                    frame.get("done") and frame.get("version") == follower.version
                ):
                    follower.end()
                case "error":
                    follower.end(refusal_of(follower.id, frame.get("problem")))

    def _fail(self, error: ClientError) -> None:
        for follower in self._followers:
            follower.end(error)


def said_in(frame: str | bytes) -> dict[str, Any]:
    """What the service says; raises ValueError for what is no JSON object."""
    said = json.loads(frame)
    if not isinstance(said, dict):
        raise ValueError("a frame is no JSON object")
    return said


def place_of(
    remote: Remote, operation: JobOperation[Any, Any]
) -> tuple[str, dict[str, str]]:
    """The URL of the job socket, and the headers that show who asks."""
    security = tuple((name,) for name in remote.schemes)
    url = remote.at(f"{operation.jobs}/socket")
    request = remote.request("GET", url, security, Parts())
    parts = urlsplit(request.url)
    scheme = {"http": "ws", "https": "wss"}[parts.scheme]
    return urlunsplit(parts._replace(scheme=scheme)), dict(request.headers)


def refusal_of(id: str, document: object) -> ClientError:
    """Why the service does not tell a job."""
    problem = Problem.model_validate(document)
    match problem.status:
        case 401 | 404:
            return JobUnknown(id, "is not known", problem)
        case 410:
            return JobExpired(id, "is no longer kept", problem)
        case _:
            return ConnectionFailed(f"job {id}: {problem}")
