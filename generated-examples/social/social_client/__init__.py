"""The client of Social."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import errors, models, sync
    from .client import Client
    from .runtime.event import Event
    from .runtime.item_stream import ItemStream
    from .runtime.retries import Retries

__all__ = [
    "Client",
    "Event",
    "ItemStream",
    "Retries",
    "errors",
    "models",
    "sync",
]

_PLACES = {
    "Client": ".client",
    "Event": ".runtime.event",
    "ItemStream": ".runtime.item_stream",
    "Retries": ".runtime.retries",
}


def __getattr__(name: str) -> object:
    """Import what is asked for only then: a big API has much to load."""
    if name in _PLACES:
        return getattr(import_module(_PLACES[name], __name__), name)
    if name in __all__:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
