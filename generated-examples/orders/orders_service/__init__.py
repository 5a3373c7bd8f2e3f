"""Orders: the service as its handlers and its server see it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import callbacks, models, responses, webhooks
    from .application import create_app
    from .handlers import Handlers
    from .runtime.access import Caller
    from .runtime.job import Job
    from .runtime.job import JobFailed
    from .runtime.known import known_caller
    from .runtime.model import File
    from .runtime.problem import HttpProblem
    from .runtime.server import main
    from .runtime.settings import Settings
    from .runtime.testing import serving

__all__ = [
    "Caller",
    "File",
    "Handlers",
    "HttpProblem",
    "Job",
    "JobFailed",
    "Settings",
    "callbacks",
    "create_app",
    "known_caller",
    "main",
    "models",
    "responses",
    "serving",
    "webhooks",
]

_WHERE = {
    "Caller": ".runtime.access",
    "File": ".runtime.model",
    "Handlers": ".handlers",
    "Job": ".runtime.job",
    "JobFailed": ".runtime.job",
    "Settings": ".runtime.settings",
    "create_app": ".application",
    "known_caller": ".runtime.known",
    "main": ".runtime.server",
    "serving": ".runtime.testing",
    "HttpProblem": ".runtime.problem",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for, when it is."""
    if name in _WHERE:
        return getattr(import_module(_WHERE[name], __name__), name)
    if name in __all__:
        return import_module(f".{name}", __name__)
    raise AttributeError(name)
