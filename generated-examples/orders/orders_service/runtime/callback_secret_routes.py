"""The secret with which a caller checks the callbacks it receives."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .owner_secrets import secret_of
from .problem import HttpProblem
from .service import Service
from .store import Store


def callback_secret_routes(base: str = "") -> list[Route]:
    """The route; only for documents with security, since without it the secret is a setting."""
    return [Route(f"{base}/callback-secret", get, methods=["GET"])]


async def get(request: Request) -> Response:
    """GET /callback-secret"""
    service: Service[Any] = Service.of(request)
    owner = await service.owner(request)
    if owner is None:
        raise HttpProblem(404)
    secret = await service.part(Store).write(
        lambda connection: secret_of(connection, owner)
    )
    return JSONResponse({"secret": secret}, headers={"Cache-Control": "no-store"})
