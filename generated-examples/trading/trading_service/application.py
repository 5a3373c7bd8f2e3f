"""The service as an ASGI application."""

from __future__ import annotations

from pathlib import Path

from .consumers import CONSUMERS
from .handlers import Handlers
from .publishers import PUBLISHERS
from .routes import ASYNC_OPERATIONS, ROUTES
from .runtime import subscribers
from .runtime.application import Application
from .runtime.asyncapi_docs import asyncapi_routes
from .runtime.delivering import delivering
from .runtime.delivery_routes import delivery_routes
from .runtime.docs import docs_routes
from .runtime.event_routes import event_routes
from .runtime.health import health_routes
from .runtime.job_delivery_routes import job_delivery_routes
from .runtime.job_replies import answers_of
from .runtime.job_routes import job_routes
from .runtime.job_socket import job_socket_routes
from .runtime.messaging import Messaging
from .runtime.notices import check_callback_url, notices, status_document
from .runtime.service import Service
from .runtime.settings import Settings, settings_of_environment
from .runtime.storing import storing
from .runtime.subscription_routes import subscription_routes
from .runtime.webhooks import results_of
from .runtime.working import Working
from .webhooks import WEBHOOKS

DOCUMENT = Path(__file__).with_name("openapi.json")
MESSAGING_DOCUMENT = Path(__file__).with_name("asyncapi.json")
CARRIERS: dict[str, str] = {"kafka": "kafka_carrier"}


def create_app(handlers: Handlers, settings: Settings | None = None) -> Application:
    """The service with these handlers; without settings, the environment's."""
    settings = settings or settings_of_environment("sqlite:///trading.db")
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
            *subscription_routes([webhook.name for webhook in WEBHOOKS]),
            *health_routes(),
            *docs_routes(DOCUMENT),
            *asyncapi_routes(MESSAGING_DOCUMENT),
        ],
        title="Trading",
        version="1.0.0",
        operations=len(ROUTES) + len(CONSUMERS) + len(PUBLISHERS),
        async_operations=len(ASYNC_OPERATIONS),
        running=[
            storing,
            Messaging(CONSUMERS, PUBLISHERS, carriers=CARRIERS, group="trading"),
            delivering(check_callback_url, subscribers=subscribers),
            Working(
                ASYNC_OPERATIONS,
                results_of(ASYNC_OPERATIONS, WEBHOOKS),
                notices(status_document(service)),
                answers_of(CONSUMERS),
            ),
        ],
    )
