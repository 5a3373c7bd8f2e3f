"""`python app.py [serve|api|worker]`: runs the service until it is told to stop.

Parts of the service may add commands of their own: `python app.py COMMAND …`.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import re
import signal
import socket
import sys
import warnings
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Any, Protocol

import uvicorn

from .application import Application
from .contents import Json
from .lifespan import CannotStart
from .service import Service
from .settings import Settings

MODES = ("serve", "api", "worker")
USAGE = """usage: python app.py [serve|api|worker]

  serve    take requests and work on jobs (the default)
  api      only take requests
  worker   only work on jobs
"""


class Command(Protocol):
    """What a part of the service can be told to do instead of running."""

    name: str
    usage: str
    """Its arguments and what it does, as a line of the help."""

    async def run(self, service: Service[Any], arguments: Sequence[str]) -> str:
        """The line that tells what was done; raises CannotStart, or ValueError for bad arguments."""
        ...


def main(app: Application, arguments: Sequence[str] | None = None) -> None:
    """Runs the service as the command line says; returns when it has stopped."""
    given = sys.argv[1:] if arguments is None else arguments
    commands = commands_of(app)
    mode = mode_of(given, commands)
    log_to_stderr(app.service.settings.log_level)
    raise_warnings()
    app.service.works = mode != "api"
    try:
        if mode in commands:
            do(commands[mode], app, given[1:])
        else:
            work(app) if mode == "worker" else serve(app)
    except CannotStart as error:
        print(f"cannot start: {error}", file=sys.stderr)
        raise SystemExit(1) from None


def do(command: Command, app: Application, arguments: Sequence[str]) -> None:
    """Runs a command and prints what it did."""
    try:
        print(asyncio.run(command.run(app.service, arguments)))
    except ValueError as error:
        print(f"{command.name}: {error}", file=sys.stderr)
        raise SystemExit(2) from None


def commands_of(app: Application) -> dict[str, Command]:
    """What the parts of the service can be told to do, by name."""
    found = (getattr(part, "command", None) for part in app.parts)
    return {command.name: command for command in found if command is not None}


def mode_of(arguments: Sequence[str], commands: Mapping[str, Command]) -> str:
    if not arguments:
        return "serve"
    usage = USAGE + "".join(f"  {one.usage}\n" for one in commands.values())
    if arguments[0] in ("-h", "--help"):
        print(usage, end="")
        raise SystemExit(0)
    if arguments[0] in commands:
        return arguments[0]
    if len(arguments) > 1 or arguments[0] not in MODES:
        print(usage, end="", file=sys.stderr)
        raise SystemExit(2)
    return arguments[0]


def log_to_stderr(level: str) -> None:
    """Time, level, where, what: one line each."""
    logging.basicConfig(
        level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").addFilter(is_news)


def is_news(record: logging.LogRecord) -> bool:
    """Whether a line of uvicorn tells something: it takes each refused WebSocket for a mistake of ours."""
    return record.msg != "ASGI callable returned without completing handshake."


def raise_warnings() -> None:
    """Makes errors of what pydantic says of our bodies, in a program of our own.

    To ask it for errors at every body takes longer than to write a small one.
    """
    place = re.escape(Json.__module__)
    warnings.filterwarnings("error", "Pydantic serializer", UserWarning, place)
    Json.warnings = True


def serve(app: Application) -> None:
    """Serves HTTP until SIGTERM or SIGINT."""
    settings = app.service.settings
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        lifespan="off",
        server_header=False,
        ws_max_size=settings.max_body,
        ws_ping_interval=settings.heartbeat,
        timeout_graceful_shutdown=max(1, round(settings.grace)),
    )
    with listening(settings) as listener:
        server = Server(config, app, listener)
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(server.live())


def listening(settings: Settings) -> socket.socket:
    """The socket to listen on; ends the program with a line when it cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        where = f"{settings.host}:{settings.port}"
        print(f"cannot listen on {where}: {error.strerror or error}", file=sys.stderr)
        raise SystemExit(1) from None
    return listener


class Server(uvicorn.Server):
    """Ends open streams and long polls first: uvicorn would wait for them for ever."""

    def __init__(
        self, config: uvicorn.Config, app: Application, listener: socket.socket
    ) -> None:
        super().__init__(config)
        self.application = app
        self.listener = listener
        self.loop: asyncio.AbstractEventLoop

    async def live(self) -> None:
        """The whole life: a failing start raises here, where it can be said well."""
        self.loop = asyncio.get_running_loop()
        async with self.application.running():
            await self.serve(sockets=[self.listener])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.freeze()  # What is there now stays: no collection need look at it again.
        host, port = self.listener.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        print(banner(self.application, f"http://{shown}:{port}"), flush=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal ends the streams and then the server, the second one everything."""
        if self.should_exit:
            signal.signal(sig, signal.SIG_DFL)
            signal.raise_signal(sig)
        self.should_exit = True
        # A signal may arrive between any two instructions; futures are woken by the loop.
        self.loop.call_soon_threadsafe(self.application.service.stop_streams)


def banner(app: Application, where: str) -> str:
    """One line: what runs where."""
    service = app.service
    public = service.settings.public_url
    parts = [f"{app.title} {app.version}", where]
    if where != "worker":
        parts += [f"as {public}"] if public else []
        parts += [f"docs {app.site}{app.docs}", counted(app.operations, "operation")]
        parts[-1] += f" ({app.async_operations} async)" if app.async_operations else ""
    if app.async_operations and service.works:
        parts.append(counted(service.settings.workers, "worker"))
    parts += [shown_url(service.settings.database_url)] if app.parts else []
    return "   ".join(parts)


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def shown_url(url: str) -> str:
    """A database's URL without its password."""
    scheme, separator, rest = url.partition("://")
    credentials, at, place = rest.rpartition("@")
    user = credentials.partition(":")[0]
    return f"{scheme}{separator}{user}{at}{place}"


def work(app: Application) -> None:
    """Works on jobs until SIGTERM or SIGINT."""
    loops = uvicorn.Config(app).get_loop_factory()
    with asyncio.Runner(loop_factory=loops) as runner:
        runner.run(until_told(app))


async def until_told(app: Application) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop.set)
    async with app.running():
        print(banner(app, "worker"), flush=True)
        await stop.wait()
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(one)
