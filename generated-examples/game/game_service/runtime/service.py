"""What every endpoint may ask of the service it belongs to."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, Generic, TypeVar, cast
from urllib.parse import unquote_plus

from starlette.requests import HTTPConnection, Request
from starlette.types import Scope

from .access import ApiKey, Caller, Scheme, Security, identify
from .origins import Origins, encoded_path
from .problem import HttpProblem
from .reader import Reader
from .received import Received
from .settings import Settings
from .sources import Arrived

H = TypeVar("H")
P = TypeVar("P")


class Service(Generic[H]):
    """The handlers, the settings, the security and the running parts of one application."""

    def __init__(
        self,
        handlers: H,
        settings: Settings,
        *,
        schemes: Mapping[str, Scheme] | None = None,
        access: Security = (),
        base: str = "",
    ) -> None:
        self.handlers = handlers
        self.settings = settings
        self.schemes = schemes or {}
        self.access = access
        """How callers of our own resources show who they are; empty without security."""
        self.base = base
        """The prefix of the paths that are ours, such as `/async`."""
        self.origins = Origins(settings)
        self.paths: frozenset[str] = frozenset()
        """The path of every route."""
        self.works = True
        """Whether this process works on jobs."""
        self.ready = False
        self.awaits: set[str] = set()
        """What is not there yet, such as a broker: the service is ready without it, but not to be used."""
        self.stopped: float | None = None
        self.closers: list[Callable[[], None]] = []
        """Called when the service is asked to stop: each ends open streams at once."""
        self.enters: list[Callable[[], object]] = []
        """Called at the beginning of every request, in its context."""
        self.checks: list[Callable[[Any, Received], str | None]] = []
        """Each judges a call (operation, request) before it is accepted as a job, by raising
        HttpProblem, and may give the URL that the job's end is told to."""
        self._parts: dict[type[Any], object] = {}

    @classmethod
    def of(cls, request: HTTPConnection) -> Service[H]:
        """The service that a request was sent to."""
        return cast("Service[H]", request.scope["app"].service)

    def add(self, part: object) -> None:
        """Makes a running part known by its class."""
        self._parts[type(part)] = part

    def part(self, kind: type[P]) -> P:
        """The running part of a class."""
        return cast("P", self._parts[kind])

    def find(self, kind: type[P]) -> P | None:
        """The running part of a class, if there is one."""
        return cast("P | None", self._parts.get(kind))

    def url(self, request: Request, path: str) -> str:
        """The absolute URL of a path of ours."""
        return self.origins.base(request.scope) + path

    async def identify(
        self, request: HTTPConnection, security: Security
    ) -> Caller | None:
        """The caller, or None where anybody may come in; raises HttpProblem 401 or 403."""
        return await identify(request, self.handlers, self.schemes, security)

    async def authenticate(self, request: HTTPConnection, security: Security) -> Caller:
        """The caller; raises HttpProblem 401 or 403."""
        caller = await self.identify(request, security)
        if caller is None:
            raise HttpProblem(401, detail="Valid credentials are required")
        return caller

    async def owner(self, request: HTTPConnection) -> str | None:
        """Whose resources a request to ours may see; None in a document without security."""
        caller = await self.identify(request, self.access)
        return None if caller is None else caller.id

    def admit_admin(self, request: Request) -> None:
        """Raises HttpProblem unless the request has the ADMIN_TOKEN as its bearer token."""
        expected = self.settings.admin_token
        if expected is None:
            raise HttpProblem(403, detail="The setting ADMIN_TOKEN is not set")
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        same = hmac.compare_digest(token.strip().encode(), expected.encode())
        if kind.lower() != "bearer" or not same:
            raise HttpProblem(401, headers={"WWW-Authenticate": "Bearer"})

    def stop_streams(self) -> None:
        """Ends what would keep a server waiting: event streams and long polls."""
        self.ready = False
        self.stopped = self.stopped or monotonic()
        for close in self.closers:
            close()

    @property
    def grace(self) -> float:
        """Seconds that work in hand may still take."""
        passed = 0.0 if self.stopped is None else monotonic() - self.stopped
        return max(0.0, self.settings.grace - passed)


async def reader_of(request: Request) -> Reader:
    """Reads a request that is answered at once; raises HttpProblem 413 for too large a body."""
    scope = request.scope
    length, body = length_of(scope), b""
    if length is not None:
        service: Service[Any] = Service.of(request)
        body = await whole_body(request, length, service.settings.max_body)
    return Reader(Arrived(scope, body))


async def received_of(request: Request) -> Received:
    """The request, whole but for keys in its query; raises HttpProblem 413 when its body is too large."""
    service: Service[Any] = Service.of(request)
    scope = request.scope
    query = keyless(scope["query_string"].decode("latin-1"), service.schemes)
    url = service.origins.base(scope) + encoded_path(scope)
    return Received(
        scope["method"],
        f"{url}?{query}" if query else url,
        scope["path_params"],
        query,
        tuple(
            [
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in scope["headers"]
            ]
        ),
        await body_of(request, service.settings.max_body),
    )


def keyless(query: str, schemes: Mapping[str, Scheme]) -> str:
    """The query without what proves who the caller is: it must not outlive the call."""
    keys = {
        scheme.name
        for scheme in schemes.values()
        if isinstance(scheme, ApiKey) and scheme.place == "query"
    }
    if not keys:
        return query
    fields = query.split("&")
    return "&".join(
        field for field in fields if unquote_plus(field.partition("=")[0]) not in keys
    )


async def body_of(request: Request, most: int) -> bytes:
    """The body, of at most so many bytes; what is too large is not read to its end."""
    length = length_of(request.scope)
    return b"" if length is None else await whole_body(request, length, most)


async def whole_body(request: Request, length: int, most: int) -> bytes:
    """The body that was announced; raises HttpProblem 413."""
    pieces: list[bytes] = []
    left, more = most, length <= most
    while more and left >= 0:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise HttpProblem(400, detail="The body ended too early")
        pieces.append(message.get("body", b""))
        left -= len(pieces[-1])
        more = message.get("more_body", False)
    if left < 0 or not pieces:
        raise HttpProblem(413, detail=f"A body may have at most {most} bytes")
    return b"".join(pieces)


def length_of(scope: Scope) -> int | None:
    """The length that a request announces: 0 for an unknown one, None where there is no body."""
    found = None if scope.get("http_version", "1.1")[:1] == "1" else 0
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value[:18]) if value.isdigit() else 0
        if name == b"transfer-encoding":
            found = 0
    return found
