"""The service as an ASGI application."""

from __future__ import annotations

from pathlib import Path

from .channels import TABLE_CHANNEL
from .consumers import CONSUMERS
from .handlers import Handlers
from .publishers import PUBLISHERS
from .runtime.application import Application
from .runtime.asyncapi_docs import asyncapi_routes
from .runtime.health import health_routes
from .runtime.messaging import Messaging
from .runtime.service import Service
from .runtime.settings import Settings, settings_of_environment
from .runtime.socket_carrier import SocketCarrier
from .runtime.storing import storing

MESSAGING_DOCUMENT = Path(__file__).with_name("asyncapi.json")
CARRIERS: dict[str, str] = {}


def create_app(handlers: Handlers, settings: Settings | None = None) -> Application:
    """The service with these handlers; without settings, the environment's."""
    settings = settings or settings_of_environment("sqlite:///game.db")
    service = Service(handlers, settings)
    sockets = SocketCarrier((TABLE_CHANNEL,))
    return Application(
        service,
        [
            *sockets.routes(),
            *health_routes(),
            *asyncapi_routes(MESSAGING_DOCUMENT),
        ],
        title="Game",
        version="1.0.0",
        operations=len(CONSUMERS) + len(PUBLISHERS),
        docs="/asyncapi",
        running=[
            storing,
            Messaging(
                CONSUMERS, PUBLISHERS, carriers=CARRIERS, group="game", sockets=sockets
            ),
        ],
    )
