"""The only module that knows httpx2: it carries out plans, with `await` and without."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self, TypeVar

import httpx2

from .call import Operation, Remote, call, request_of
from .errors import ClientError, ConnectionFailed, UnsendableArgument
from .exchange import Request, Response
from .no_cookies import no_cookies
from .steps import Close, Emit, Open, Plan, Read, Send, Sleep, Step

T = TypeVar("T")
AsyncTransport = httpx2.AsyncBaseTransport
Transport = httpx2.BaseTransport


class AsyncConnection:
    """Carries out plans with `await`."""

    def __init__(self, remote: Remote, transport: AsyncTransport | None = None) -> None:
        self.remote = remote
        self.http = httpx2.AsyncClient(transport=transport, cookies=no_cookies())

    async def call(
        self,
        operation: Operation[T],
        values: tuple[object, ...] = (),
        body: object = None,
        media_type: str | None = None,
    ) -> T:
        """The result of one operation."""
        request = request_of(self.remote, operation, values, body, media_type)
        return await self.run(call(self.remote, operation, request))

    async def run(self, plan: Plan[T]) -> T:
        """The result of a plan that emits nothing."""
        wire = AsyncWire(self.http)
        try:
            step = next(plan)
            while True:
                step = _advance(plan, await wire.carry_out(step))
        except StopIteration as end:
            return _result(plan, end)
        finally:
            plan.close()
            await wire.close()

    async def stream(self, plan: Plan[None]) -> AsyncGenerator[object]:
        """Every value that a plan emits, as it comes."""
        wire = AsyncWire(self.http)
        try:
            step = next(plan)
            while True:
                if isinstance(step, Emit):
                    yield step.value
                step = _advance(plan, await wire.carry_out(step))
        except StopIteration:
            return
        finally:
            plan.close()
            await wire.close()


class Connection:
    """Carries out plans without `await`."""

    def __init__(self, remote: Remote, transport: Transport | None = None) -> None:
        self.remote = remote
        self.http = httpx2.Client(transport=transport, cookies=no_cookies())

    def call(
        self,
        operation: Operation[T],
        values: tuple[object, ...] = (),
        body: object = None,
        media_type: str | None = None,
    ) -> T:
        """The result of one operation."""
        request = request_of(self.remote, operation, values, body, media_type)
        return self.run(call(self.remote, operation, request))

    def run(self, plan: Plan[T]) -> T:
        """The result of a plan that emits nothing."""
        wire = Wire(self.http)
        try:
            step = next(plan)
            while True:
                step = _advance(plan, wire.carry_out(step))
        except StopIteration as end:
            return _result(plan, end)
        finally:
            plan.close()
            wire.close()

    def stream(self, plan: Plan[None]) -> Generator[object]:
        """Every value that a plan emits, as it comes."""
        wire = Wire(self.http)
        try:
            step = next(plan)
            while True:
                if isinstance(step, Emit):
                    yield step.value
                step = _advance(plan, wire.carry_out(step))
        except StopIteration:
            return
        finally:
            plan.close()
            wire.close()


class AsyncWire:
    """Carries out single steps; at most one stream is open at a time."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http
        self.opened: httpx2.Response | None = None
        self.pieces: AsyncIterator[bytes] | None = None

    async def carry_out(self, step: Step) -> object:
        """What came of the step, or the error that did: plans decide what is one."""
        try:
            return await self._carry_out(step)
        except ClientError as error:
            return error

    async def _carry_out(self, step: Step) -> object:
        match step:
            case Send(request):
                return await self.send(request)
            case Sleep(seconds):
                import asyncio  # half of what a client takes to import; not all need it

                await asyncio.sleep(seconds)
            case Open(request):
                return await self.open(request)
            case Read():
                return await self.read()
            case Close():
                await self.close()
        return None

    async def send(self, request: Request) -> Response:
        with _worded(request):
            return _response(await self.http.send(_prepared(self.http, request)))

    async def open(self, request: Request) -> Response:
        await self.close()
        with _worded(request):
            prepared = _prepared(self.http, request)
            self.opened = await self.http.send(prepared, stream=True)
        self.pieces = self.opened.aiter_bytes()
        return _head(self.opened)

    async def read(self) -> bytes:
        assert self.pieces is not None, "no stream is open"
        with _worded():
            return await anext(self.pieces, b"")

    async def close(self) -> None:
        opened, self.opened, self.pieces = self.opened, None, None
        if opened is not None:
            await opened.aclose()


class Wire:
    """Carries out single steps; at most one stream is open at a time."""

    def __init__(self, http: httpx2.Client) -> None:
        self.http = http
        self.opened: httpx2.Response | None = None
        self.pieces: Iterator[bytes] | None = None

    def carry_out(self, step: Step) -> object:
        """What came of the step, or the error that did: plans decide what is one."""
        try:
            return self._carry_out(step)
        except ClientError as error:
            return error

    def _carry_out(self, step: Step) -> object:
        match step:
            case Send(request):
                return self.send(request)
            case Sleep(seconds):
                time.sleep(seconds)
            case Open(request):
                return self.open(request)
            case Read():
                return self.read()
            case Close():
                self.close()
        return None

    def send(self, request: Request) -> Response:
        with _worded(request):
            return _response(self.http.send(_prepared(self.http, request)))

    def open(self, request: Request) -> Response:
        self.close()
        with _worded(request):
            prepared = _prepared(self.http, request)
            self.opened = self.http.send(prepared, stream=True)
        self.pieces = self.opened.iter_bytes()
        return _head(self.opened)

    def read(self) -> bytes:
        assert self.pieces is not None, "no stream is open"
        with _worded():
            return next(self.pieces, b"")

    def close(self) -> None:
        opened, self.opened, self.pieces = self.opened, None, None
        if opened is not None:
            opened.close()


class AsyncSession:
    """What every asyncio client is: a connection that `async with` closes."""

    def __init__(self, remote: Remote, transport: AsyncTransport | None = None) -> None:
        self._connection = AsyncConnection(remote, transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections; `async with` does it too."""
        await self._connection.http.aclose()


class Session:
    """What every client without `await` is: a connection that `with` closes."""

    def __init__(self, remote: Remote, transport: Transport | None = None) -> None:
        self._connection = Connection(remote, transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; `with` does it too."""
        self._connection.http.close()


def _advance(plan: Plan[T], came: object) -> Step:
    """The plan's next step; raises StopIteration at its end."""
    return plan.throw(came) if isinstance(came, ClientError) else plan.send(came)


def _result(plan: Plan[T], end: StopIteration) -> T:
    """What the plan returned: StopIteration carries it untyped."""
    result: T = end.value
    return result


@contextmanager
def _worded(request: Request | None = None) -> Iterator[None]:
    """Turn httpx2's errors into this client's own."""
    where = f"{request.method} {request.place}" if request else "the open stream"
    try:
        yield
    except (httpx2.LocalProtocolError, httpx2.InvalidURL) as error:
        raise UnsendableArgument(f"{where}: {error}") from error
    except UnicodeEncodeError:
        told = "a header has nothing beyond Latin-1"
        raise UnsendableArgument(f"{where}: {told}") from None
    except httpx2.RequestError as error:
        what = str(error) or type(error).__name__
        raise ConnectionFailed(f"{where}: {what}") from error


def _prepared(
    http: httpx2.AsyncClient | httpx2.Client, request: Request
) -> httpx2.Request:
    return http.build_request(
        request.method,
        request.url,
        headers=[
            (name.encode(), text.encode("latin-1")) for name, text in request.headers
        ],
        content=request.content,
        timeout=request.timeout,
    )


def _head(response: httpx2.Response) -> Response:
    return Response(response.status_code, tuple(response.headers.multi_items()))


def _response(response: httpx2.Response) -> Response:
    headers = tuple(response.headers.multi_items())
    return Response(response.status_code, headers, response.content)
