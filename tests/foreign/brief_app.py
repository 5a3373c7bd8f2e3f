"""The emitted service of the folder it is started in, whose event streams end after a moment.

schemathesis reads every answer whole, and a stream of events has no end.
"""

from __future__ import annotations

import asyncio
import sys
from importlib import import_module
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECONDS = 0.05
LEFT: Message = {"type": "http.disconnect"}


class Brief:
    """Makes the caller of a stream seem to leave."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        leaving = asyncio.Event()

        async def sent(message: Message) -> None:
            headers = dict(message.get("headers", ()))
            if headers.get(b"content-type", b"").startswith(b"text/event-stream"):
                asyncio.get_running_loop().call_later(SECONDS, leaving.set)
            await send(message)

        async def received() -> Message:
            left = asyncio.ensure_future(leaving.wait())
            coming = asyncio.ensure_future(receive())
            try:
                both = {left, coming}
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                return coming.result() if coming.done() else LEFT
            finally:
                left.cancel()
                coming.cancel()

        await self.app(scope, received, sent)
        if leaving.is_set():
            await send({"type": "http.response.body"})


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    (service,) = Path.cwd().glob("*_service")
    app = import_module("app").app
    app.add_middleware(Brief)
    import_module(service.name).main(app, [])
