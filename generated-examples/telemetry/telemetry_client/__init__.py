"""The client of Telemetry."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import errors, models, sync
    from .messaging import Client, MessagingClient
    from .runtime.message_job import MessageJob

__all__ = [
    "Client",
    "MessageJob",
    "MessagingClient",
    "errors",
    "models",
    "sync",
]

_PLACES = {
    "Client": ".messaging",
    "MessageJob": ".runtime.message_job",
    "MessagingClient": ".messaging",
}


def __getattr__(name: str) -> object:
    """Import what is asked for only then: a big API has much to load."""
    if name in _PLACES:
        return getattr(import_module(_PLACES[name], __name__), name)
    if name in __all__:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
