"""What travels: every schema of the API as a type, loaded when it is first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__all__ = [
    "Toy",
]

_PLACES = {
    "Toy": "_toy",
}

if TYPE_CHECKING:
    from ._toy import Toy
else:

    def __getattr__(name: str) -> object:
        """Import the module of a type only now, and those it leads to: there are many."""
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from ..runtime.model import deep

        with deep():
            found = getattr(import_module(f".{_PLACES[name]}", __name__), name)
        globals()[name] = found
        return found

    def __dir__() -> list[str]:
        return [*globals(), *__all__]
