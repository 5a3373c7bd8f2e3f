"""The client of Trading."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import errors, models, receiver, sync
    from .client import Client
    from .messaging import MessagingClient
    from .runtime.event import Event
    from .runtime.handle import JobHandle
    from .runtime.item_stream import ItemStream
    from .runtime.job_socket_client import JobSocket
    from .runtime.job_status import JobStatus, Progress
    from .runtime.message_job import MessageJob
    from .runtime.retries import Retries

__all__ = [
    "Client",
    "Event",
    "ItemStream",
    "JobHandle",
    "JobSocket",
    "JobStatus",
    "MessageJob",
    "MessagingClient",
    "Progress",
    "Retries",
    "errors",
    "models",
    "receiver",
    "sync",
]

_PLACES = {
    "Client": ".client",
    "Event": ".runtime.event",
    "ItemStream": ".runtime.item_stream",
    "JobHandle": ".runtime.handle",
    "JobSocket": ".runtime.job_socket_client",
    "JobStatus": ".runtime.job_status",
    "MessageJob": ".runtime.message_job",
    "MessagingClient": ".messaging",
    "Progress": ".runtime.job_status",
    "Retries": ".runtime.retries",
}


def __getattr__(name: str) -> object:
    """Import what is asked for only then: a big API has much to load."""
    if name in _PLACES:
        return getattr(import_module(_PLACES[name], __name__), name)
    if name in __all__:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
