"""The service as an ASGI application."""

from __future__ import annotations

from pathlib import Path

from .handlers import Handlers
from .routes import ASYNC_OPERATIONS, ROUTES
from .runtime.application import Application
from .runtime.delivering import delivering
from .runtime.delivery_routes import delivery_routes
from .runtime.docs import docs_routes
from .runtime.event_routes import event_routes
from .runtime.health import health_routes
from .runtime.job_delivery_routes import job_delivery_routes
from .runtime.job_routes import job_routes
from .runtime.job_socket import job_socket_routes
from .runtime.notices import check_callback_url, notices, status_document
from .runtime.service import Service
from .runtime.settings import Settings, settings_of_environment
from .runtime.storing import storing
from .runtime.working import Working

DOCUMENT = Path(__file__).with_name("openapi.json")


def create_app(handlers: Handlers, settings: Settings | None = None) -> Application:
    """The service with these handlers; without settings, the environment's."""
    settings = settings or settings_of_environment("sqlite:///hello.db")
    service = Service(handlers, settings)
    return Application(
        service,
        [
            *ROUTES,
            *job_routes(),
            *event_routes(),
            *job_socket_routes(),
            *job_delivery_routes(),
            *delivery_routes(),
            *health_routes(),
            *docs_routes(DOCUMENT),
        ],
        title="Hello",
        version="1.0.0",
        operations=len(ROUTES),
        async_operations=len(ASYNC_OPERATIONS),
        running=[
            storing,
            delivering(check_callback_url),
            Working(ASYNC_OPERATIONS, notices(status_document(service))),
        ],
    )
