"""The service as an ASGI application."""

from __future__ import annotations

from pathlib import Path

SCHEMES: dict[str, Scheme] = {}


def create_app(handlers: Handlers, settings: Settings | None = None) -> Application:
    """The service with these handlers; without settings, the environment's."""
    settings = settings or settings_of_environment("sqlite:///toys.db")
    service = Service(handlers, settings)
    sockets = SocketCarrier((TOYS_CHANNEL,))
    return Application(
        service,
        [
            *ROUTES,
        ],
        title="Toys",
        version="1",
        operations=len(ROUTES),
        async_operations=len(ASYNC_OPERATIONS),
        site="/async",
        docs="/asyncapi",
        running=[
            storing,
        ],
    )
