"""The client of the Orders document, as a build makes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from building import HERE, importable, write_client


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the package orders_client."""
    folder = tmp_path_factory.mktemp("built")
    return write_client(HERE / "orders.yaml", "orders_client", folder).parent


@pytest.fixture(scope="module", autouse=True)
def orders_client(built: Path) -> Iterator[None]:
    """Let tests import the package."""
    with importable(built, "orders_client"):
        yield
