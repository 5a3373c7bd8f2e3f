"""Rows and servers: one server of each kind for the whole run, started when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from place import Place
from rows import ROWS, Row
from servers import Kind, Server

BrokerOf = Callable[[Kind], Server]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every row, or those that have what a test's `rows` marker asks for."""
    if "row" not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker("rows")
    wanted: Callable[[Row], bool] = marker.args[0] if marker else lambda row: True
    metafunc.parametrize(
        "row",
        [
            pytest.param(
                row, id=row.name, marks=[pytest.mark.brokers] * bool(row.server)
            )
            for row in ROWS
            if wanted(row)
        ],
    )


@pytest.fixture(scope="session")
def broker_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerOf]:
    """Gives the server of a kind, started."""
    running: dict[Kind, Server] = {}

    def server_of(kind: Kind) -> Server:
        if kind not in running:
            running[kind] = kind(tmp_path_factory.mktemp("broker"))
            running[kind].start()
        return running[kind]

    yield server_of
    for server in running.values():
        server.stop()


@pytest.fixture
def place(row: Row, broker_of: BrokerOf) -> Place:
    """Where the row's carriers connect, and an address that no other test has."""
    server = None if row.server is None else broker_of(row.server)
    return Place(row, server, f"t{uuid4().hex[:8]}")
