"""The service as an ASGI application."""

from __future__ import annotations

from pathlib import Path

from .handlers import Handlers
from .routes import ROUTES
from .runtime.access import HttpBearer, Need, Scheme, Security
from .runtime.application import Application
from .runtime.docs import docs_routes
from .runtime.health import health_routes
from .runtime.service import Service
from .runtime.settings import Settings, settings_of_environment

DOCUMENT = Path(__file__).with_name("openapi.json")
SCHEMES: dict[str, Scheme] = {"member": HttpBearer("authenticate_member")}
ACCESS: Security = ((Need("member"),),)


def create_app(handlers: Handlers, settings: Settings | None = None) -> Application:
    """The service with these handlers; without settings, the environment's."""
    settings = settings or settings_of_environment("sqlite:///social.db")
    service = Service(handlers, settings, schemes=SCHEMES, access=ACCESS)
    return Application(
        service,
        [
            *ROUTES,
            *health_routes(),
            *docs_routes(DOCUMENT),
        ],
        title="Social",
        version="1.0.0",
        operations=len(ROUTES),
        running=[],
    )
