"""The files a build makes: where each goes, what it is made of, whose it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path
from typing import Any, ClassVar, Protocol

from generator.problems import Problem
from generator.value import dataclass


class Owner(Enum):
    """Whose a file is: ours is rewritten on every build, yours is written once."""

    GENERATED = "generated"
    YOURS = "yours"


class View(Protocol):
    """What a template sees: a frozen dataclass of finished values."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of the plan: a template with its view, or a text that is already whole."""

    path: str
    """Relative to the project's folder, with forward slashes."""
    owner: Owner = Owner.GENERATED
    template: str | None = None
    """Relative to the templates' folder, e.g. `service/routes.py.jinja`."""
    view: View | Callable[[], View] | None = None
    """A view that costs much is made when it is needed: a file of yours seldom is."""
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Every file of a project, in the order they are shown, and what gave way on the way.

    `stubs` are the handlers' methods by operation, to paste where one is missing;
    `doubts` makes all drafts, to tell what comes to light only then.
    """

    slug: str
    files: list[File]
    stubs: dict[str, Callable[[], str]]
    problems: list[Problem]
    doubts: Callable[[], list[Problem]]


_RELATIVE = re.compile(r"^\s*from \.(\w+) import", re.MULTILINE)
_SIBLINGS = re.compile(r"^\s*from \. import ([\w ,]+|\([^)]*\))", re.MULTILINE)
_ABSOLUTE = re.compile(r"^\s*(?:from|import) (\w[\w.]*)", re.MULTILINE)

EXTRA = re.compile(r"([\w-]+)(?:\[(\w+)\])?(.*)")
"""A requirement: its package, its extra, and which versions of it."""

REQUIREMENTS: dict[str, str] = {
    "aiohttp": "aiohttp>=3.13,<4",
    **{
        f"faststream.{broker}": f"faststream[{broker}]>=0.7.8,<0.8"
        for broker in ("kafka", "mqtt", "nats", "rabbit", "redis")
    },
    "fastavro": "fastavro>=1.10,<2",
    "google.protobuf": "protobuf>=6.33,<8",
    "httpx2": "httpx2>=2.12,<3",
    "pydantic": "pydantic>=2.14,<3",
    "sqlalchemy": "sqlalchemy>=2.0.40,<2.2",
    "starlette": "starlette>=1.0,<2",
    "uvicorn": "uvicorn[standard]>=0.38,<1",
    "websockets": "websockets>=14",
}
"""What to install for each package that the runtime imports, or for a module of one."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """The runtime files that a package needs, and what must be installed for them."""

    files: tuple[str, ...]
    requirements: tuple[str, ...]


def runtime(folder: Path, roots: Iterable[str]) -> Runtime:
    """The root modules with everything they import, found in the text of their imports."""
    found: dict[str, str] = {}
    waiting = ["__init__", *roots]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found[module] = (folder / f"{module}.py").read_text(encoding="utf-8")
            waiting += _imported(found[module])
    names = {name for text in found.values() for name in _ABSOLUTE.findall(text)}
    packages = names | {name.partition(".")[0] for name in names}
    return Runtime(
        tuple(f"{module}.py" for module in sorted(found)),
        together(REQUIREMENTS[name] for name in sorted(packages & set(REQUIREMENTS))),
    )


def together(requirements: Iterable[str]) -> tuple[str, ...]:
    """Requirements, with all extras of one package in one line: `faststream[nats,redis]>=0.7`."""
    extras: dict[tuple[str, str], list[str]] = {}
    for line in requirements:
        name, extra, version = EXTRA.findall(line)[0]
        extras.setdefault((name, version), []).extend([extra] if extra else [])
    return tuple(
        f"{name}[{','.join(found)}]{version}" if found else f"{name}{version}"
        for (name, version), found in extras.items()
    )


def _imported(text: str) -> Iterable[str]:
    """The runtime modules that a module's text imports."""
    yield from _RELATIVE.findall(text)
    for names in _SIBLINGS.findall(text):
        for name in names.strip("()").split(","):
            if name.strip():
                yield name.split()[0]


def runtime_copies(package: str, folder: Path, needed: Runtime) -> list[File]:
    """The runtime's files as files of a package, copied byte for byte."""
    return [
        File(
            path=f"{package}/runtime/{name}",
            text=(folder / name).read_text(encoding="utf-8"),
        )
        for name in needed.files
    ]
