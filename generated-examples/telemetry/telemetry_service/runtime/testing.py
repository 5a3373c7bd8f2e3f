"""A service that runs for the length of a test, on a port of its own, and what its handlers are called with."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from queue import Queue
from time import monotonic, sleep

import uvicorn
from starlette.types import ASGIApp


@contextmanager
def serving(app: ASGIApp, patience: float = 10.0) -> Iterator[str]:
    """Serve the app on a free port of this machine; gives its URL.

    Raises RuntimeError when it has not started after `patience` seconds.
    """
    config = uvicorn.Config(app, port=0, log_level="warning", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{_port(server, thread, patience)}"
    finally:
        server.should_exit = True
        thread.join(patience)


def watched(handlers: object, method: str) -> Queue[tuple[object, ...]]:
    """What a method of the handlers is called with, from now on, once each call has ended well."""
    calls: Queue[tuple[object, ...]] = Queue()
    called: Callable[..., Awaitable[object]] = getattr(handlers, method)

    async def watching(*arguments: object) -> object:
        result = await called(*arguments)
        calls.put(arguments)
        return result

    setattr(handlers, method, watching)
    return calls


def _port(server: uvicorn.Server, thread: threading.Thread, patience: float) -> int:
    until = monotonic() + patience
    while not server.started:
        if not thread.is_alive() or monotonic() > until:
            raise RuntimeError("the service did not start")
        sleep(0.01)
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port
