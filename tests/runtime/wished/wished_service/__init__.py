"""Wished: the service as its handlers and its server see it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import callbacks, models, responses
    from .application import create_app
    from .handlers import Handlers
    from .runtime.access import Caller
    from .runtime.job import Job, JobFailed
    from .runtime.model import File
    from .runtime.server import main

__all__ = [
    "Caller",
    "File",
    "Handlers",
    "Job",
    "JobFailed",
    "callbacks",
    "create_app",
    "main",
    "models",
    "responses",
]

_WHERE = {
    "Caller": ".runtime.access",
    "File": ".runtime.model",
    "Handlers": ".handlers",
    "Job": ".runtime.job",
    "JobFailed": ".runtime.job",
    "create_app": ".application",
    "main": ".runtime.server",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for, when it is."""
    if name in _WHERE:
        return getattr(import_module(_WHERE[name], __name__), name)
    if name in __all__:
        return import_module(f".{name}", __name__)
    raise AttributeError(name)
