"""Toys."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .handlers import Handlers

__all__ = ["Handlers"]

_WHERE = {"Handlers": ".handlers"}


def __getattr__(name: str) -> Any:
    """Import what is asked for, when it is."""
    if name in _WHERE:
        return getattr(import_module(_WHERE[name], __name__), name)
    if name in __all__:
        return import_module(f".{name}", __name__)
    raise AttributeError(name)
