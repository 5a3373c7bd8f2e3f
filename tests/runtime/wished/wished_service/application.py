"""The service as an ASGI application."""

from __future__ import annotations

from pathlib import Path

from .handlers import Handlers
from .routes import ASYNC_OPERATIONS, ROUTES
from .runtime.access import ApiKey, HttpBasic, HttpBearer, Need, Scheme, Security
from .runtime.application import Application
from .runtime.callback_secret_routes import callback_secret_routes
from .runtime.callbacks import callbacks_of, check_callbacks
from .runtime.delivering import delivering
from .runtime.docs import docs_routes
from .runtime.event_routes import event_routes
from .runtime.delivery_routes import delivery_routes
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
SCHEMES: dict[str, Scheme] = {
    "bearer": HttpBearer("authenticate_bearer"),
    "appKey": ApiKey("authenticate_app_key", "X-App-Key", "header"),
    "basic": HttpBasic("authenticate_basic"),
}
ACCESS: Security = ((Need("bearer"),), (Need("appKey"),), (Need("basic"),))


def create_app(handlers: Handlers, settings: Settings | None = None) -> Application:
    """Wished 1.0.0 with these handlers; the settings come from the environment."""
    settings = settings or settings_of_environment("sqlite:///wished.db")
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
            *callback_secret_routes(),
            *health_routes(),
            *docs_routes(DOCUMENT),
        ],
        title="Wished",
        version="1.0.0",
        operations=len(ROUTES),
        async_operations=len(ASYNC_OPERATIONS),
        running=[
            storing,
            delivering(check_callbacks, check_callback_url),
            Working(
                ASYNC_OPERATIONS,
                callbacks_of(ASYNC_OPERATIONS),
                notices(status_document(service)),
            ),
        ],
    )
