"""Game: the service as its handlers and its server see it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import models, publishers
    from .application import create_app
    from .handlers import Handlers
    from .runtime.access import Caller
    from .runtime.known import known_caller
    from .runtime.memory_carrier import broker_of
    from .runtime.message import Message
    from .runtime.message import MessageFailed
    from .runtime.message import WithHeaders
    from .runtime.model import File
    from .runtime.server import main
    from .runtime.settings import Settings
    from .runtime.testing import serving
    from .runtime.testing import watched

__all__ = [
    "Caller",
    "File",
    "Handlers",
    "Message",
    "MessageFailed",
    "Settings",
    "WithHeaders",
    "broker_of",
    "create_app",
    "known_caller",
    "main",
    "models",
    "publishers",
    "serving",
    "watched",
]

_WHERE = {
    "Caller": ".runtime.access",
    "File": ".runtime.model",
    "Handlers": ".handlers",
    "Settings": ".runtime.settings",
    "create_app": ".application",
    "known_caller": ".runtime.known",
    "main": ".runtime.server",
    "serving": ".runtime.testing",
    "Message": ".runtime.message",
    "MessageFailed": ".runtime.message",
    "WithHeaders": ".runtime.message",
    "watched": ".runtime.testing",
    "broker_of": ".runtime.memory_carrier",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for, when it is."""
    if name in _WHERE:
        return getattr(import_module(_WHERE[name], __name__), name)
    if name in __all__:
        return import_module(f".{name}", __name__)
    raise AttributeError(name)
