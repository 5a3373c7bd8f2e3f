"""The service as an ASGI application."""

from __future__ import annotations

from pathlib import Path

from .handlers import Handlers
from .routes import ASYNC_OPERATIONS, ROUTES
from .runtime import subscribers
from .runtime.access import ApiKey, HttpBearer, Need, Scheme, Security
from .runtime.application import Application
from .runtime.callback_secret_routes import callback_secret_routes
from .runtime.callbacks import callbacks_of, check_callbacks
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
from .runtime.subscription_routes import subscription_routes
from .runtime.webhooks import results_of
from .runtime.working import Working
from .webhooks import WEBHOOKS

DOCUMENT = Path(__file__).with_name("openapi.json")
SCHEMES: dict[str, Scheme] = {
    "partner": ApiKey("authenticate_partner", "X-Api-Key", "header"),
    "staff": HttpBearer("authenticate_staff"),
}
ACCESS: Security = ((Need("partner"),), (Need("staff"),))


def create_app(handlers: Handlers, settings: Settings | None = None) -> Application:
    """The service with these handlers; without settings, the environment's."""
    settings = settings or settings_of_environment("sqlite:///orders.db")
    service = Service(handlers, settings, schemes=SCHEMES, access=ACCESS)
    return Application(
        service,
        [
            *ROUTES,
            *job_routes(listed=True),
            *event_routes(listed=True),
            *job_socket_routes(),
            *job_delivery_routes(),
            *delivery_routes(),
            *subscription_routes([webhook.name for webhook in WEBHOOKS]),
            *callback_secret_routes(),
            *health_routes(),
            *docs_routes(DOCUMENT),
        ],
        title="Orders",
        version="1.0.0",
        operations=len(ROUTES),
        async_operations=len(ASYNC_OPERATIONS),
        running=[
            storing,
            delivering(check_callbacks, check_callback_url, subscribers=subscribers),
            Working(
                ASYNC_OPERATIONS,
                callbacks_of(ASYNC_OPERATIONS),
                results_of(ASYNC_OPERATIONS, WEBHOOKS),
                notices(status_document(service)),
            ),
        ],
    )
