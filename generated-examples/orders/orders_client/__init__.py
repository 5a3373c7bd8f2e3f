"""The client of Orders."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import errors, models, receiver, responses, sync
    from .client import Client
    from .runtime.handle import JobHandle
    from .runtime.job_socket_client import JobSocket
    from .runtime.job_status import JobStatus, Progress
    from .runtime.retries import Retries

__all__ = [
    "Client",
    "JobHandle",
    "JobSocket",
    "JobStatus",
    "Progress",
    "Retries",
    "errors",
    "models",
    "receiver",
    "responses",
    "sync",
]

_PLACES = {
    "Client": ".client",
    "JobHandle": ".runtime.handle",
    "JobSocket": ".runtime.job_socket_client",
    "JobStatus": ".runtime.job_status",
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
