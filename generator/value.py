"""`dataclass`, for values: the type checker keeps them frozen, so that making one is only storing.

Python's own guards each field of a frozen value with a call, and compiles six methods of every
class before a program begins. Here a class has its methods compiled when one is first used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from dataclasses import dataclass as _dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen=False, eq=True, **options):
        """What `dataclasses.dataclass` makes of a class, but for its guards."""

        def made(cls):
            cls = _dataclass(init=False, repr=False, eq=False, **options)(cls)
            cls.__repr__ = _shown
            _later(cls, "__init__", _init)
            if eq:
                _later(cls, "__eq__", _eq)
                cls.__hash__ = None
            if eq and frozen:
                _later(cls, "__hash__", _hash)
            return cls

        return made


def _later(cls: type, name: str, write: Callable[[type, dict[str, Any]], str]) -> None:
    """A method that writes itself when it is called first."""

    def first(self: object, *args: object, **named: object) -> Any:
        known: dict[str, Any] = {"cls": cls}
        exec(write(cls, known), known)
        setattr(cls, name, known[name])
        return known[name](self, *args, **named)

    setattr(cls, name, first)


def _init(cls: type, known: dict[str, Any]) -> str:
    each = fields(cls)
    plain = [_parameter(field, known) for field in each if not field.kw_only]
    named = [_parameter(field, known) for field in each if field.kw_only]
    head = ", ".join(["self", *plain, *(["*", *named] if named else [])])
    body = "".join(f"    self.{f.name} = {_stored(f)}\n" for f in each)
    return f"def __init__({head}):\n{body or '    pass'}"


def _parameter(field: Field[Any], known: dict[str, Any]) -> str:
    name = field.name
    if field.default_factory is not MISSING:
        known[f"_{name}"] = field.default_factory
        return f"{name}=cls"
    if field.default is not MISSING:
        known[f"_{name}"] = field.default
        return f"{name}=_{name}"
    return name


def _stored(field: Field[Any]) -> str:
    name = field.name
    if field.default_factory is MISSING:
        return name
    return f"_{name}() if {name} is cls else {name}"


def _eq(cls: type, known: dict[str, Any]) -> str:
    return (
        "def __eq__(self, other):\n"
        "    if self is other:\n"
        "        return True\n"
        "    if other.__class__ is not self.__class__:\n"
        "        return NotImplemented\n"
        f"    return {_tuple(cls, 'self')} == {_tuple(cls, 'other')}\n"
    )


def _hash(cls: type, known: dict[str, Any]) -> str:
    return f"def __hash__(self):\n    return hash({_tuple(cls, 'self')})\n"


def _tuple(cls: type, of: str) -> str:
    return "(" + "".join(f"{of}.{field.name}, " for field in fields(cls)) + ")"


def _shown(self: Any) -> str:
    each = (f"{field.name}={getattr(self, field.name)!r}" for field in fields(self))
    return f"{type(self).__qualname__}({', '.join(each)})"
