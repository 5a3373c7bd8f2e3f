"""Clients as a build makes them, and how a test imports them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.load import load
from generator.paths import our_paths
from generator.read import asyncapi, openapi
from generator.render import render
from generator.targets.client import client_files
from generator.targets.models import Models

HERE = Path(__file__).parent


def write_client(spec: Path, package: str, folder: Path) -> Path:
    """The client package of a document, under `folder`."""
    documents = load(spec)
    is_messaging = "asyncapi:" in spec.read_text(encoding="utf-8")
    api, _ = (asyncapi if is_messaging else openapi).read(documents)
    files = client_files(api, Models(api, "client"), our_paths(api)[0], package)
    for text in render(files, {}):
        path = folder / text.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.text, encoding="utf-8")
    return folder / package


@contextmanager
def importable(folder: Path, package: str) -> Iterator[None]:
    """Let tests import the package from here, and leave nothing of it behind."""
    _forget(package)
    sys.path.insert(0, str(folder))
    yield
    sys.path.remove(str(folder))
    _forget(package)


def _forget(package: str) -> None:
    for name in [n for n in sys.modules if n.partition(".")[0] == package]:
        del sys.modules[name]
