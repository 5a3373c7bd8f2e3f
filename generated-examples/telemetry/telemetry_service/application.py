"""The service as an ASGI application."""

from __future__ import annotations

from pathlib import Path

from .consumers import CONSUMERS, QUEUED_OPERATIONS
from .handlers import Handlers
from .publishers import PUBLISHERS
from .runtime.application import Application
from .runtime.asyncapi_docs import asyncapi_routes
from .runtime.event_routes import event_routes
from .runtime.health import health_routes
from .runtime.job_replies import answers_of
from .runtime.job_routes import job_routes
from .runtime.job_socket import job_socket_routes
from .runtime.messaging import Messaging
from .runtime.service import Service
from .runtime.settings import Settings, settings_of_environment
from .runtime.storing import storing
from .runtime.working import Working

MESSAGING_DOCUMENT = Path(__file__).with_name("asyncapi.json")
CARRIERS: dict[str, str] = {"mqtt": "mqtt_carrier"}


def create_app(handlers: Handlers, settings: Settings | None = None) -> Application:
    """The service with these handlers; without settings, the environment's."""
    settings = settings or settings_of_environment("sqlite:///telemetry.db")
    service = Service(handlers, settings)
    return Application(
        service,
        [
            *job_routes(),
            *event_routes(),
            *job_socket_routes(),
            *health_routes(),
            *asyncapi_routes(MESSAGING_DOCUMENT),
        ],
        title="Telemetry",
        version="1.0.0",
        operations=len(CONSUMERS) + len(PUBLISHERS),
        async_operations=len(QUEUED_OPERATIONS),
        docs="/asyncapi",
        running=[
            storing,
            Messaging(CONSUMERS, PUBLISHERS, carriers=CARRIERS, group="telemetry"),
            Working(QUEUED_OPERATIONS, answers_of(CONSUMERS)),
        ],
    )
