"""How each operation reads its request, calls its handler and answers."""

from __future__ import annotations

from starlette.routing import Route

NEEDS_KEY: Security = ((Need("key"),),)
ERRORS: OwnErrors = {"default": None}

PLAY_BODY: Body[str] = Body({})


async def play(request: Request) -> Response:
    """POST /play"""
    return Response()


def read_work(reader: Reader) -> tuple[()]:
    """What a call of work brings."""
    return ()


async def run_work(handlers: Handlers, reader: Reader, job: Job) -> Reply:
    """One attempt at a job of work."""
    return await handlers.work(job)


WORK: AsyncOperation[Handlers] = AsyncOperation()


@refused_as(ERRORS)
async def work(request: Request) -> Response:
    """POST /work: asynchronous"""
    return await submit(request, WORK)


ROUTES: list[Route] = []

ASYNC_OPERATIONS: tuple[AsyncOperation[Handlers], ...] = (WORK,)
