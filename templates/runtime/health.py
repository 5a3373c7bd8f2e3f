"""Whether the service lives, and whether it can take requests."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from .problem import problem
from .service import Service

FRESH = {"Cache-Control": "no-store"}


def health_routes(base: str = "") -> list[Route]:
    return [
        Route(f"{base}/healthz", healthz, methods=["GET"]),
        Route(f"{base}/readyz", readyz, methods=["GET"]),
    ]


async def healthz(request: Request) -> Response:
    """GET /healthz: 200 as long as the program answers at all."""
    return PlainTextResponse("ok\n", headers=FRESH)


async def readyz(request: Request) -> Response:
    """GET /readyz: 200 between start and stop and while all that is needed is there, else 503."""
    service: Service[Any] = Service.of(request)
    if not service.ready:
        return problem(503, detail="The service is starting or stopping", headers=FRESH)
    if service.awaits:
        return problem(503, detail="The broker is not there yet", headers=FRESH)
    return PlainTextResponse("ready\n", headers=FRESH)
