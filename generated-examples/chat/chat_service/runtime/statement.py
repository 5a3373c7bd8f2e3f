"""A statement of SQLAlchemy Core, compiled once and run as text, which is much cheaper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import CompilerElement


class Statement:
    """What to run, with named parameters; every row it gives is a plain tuple."""

    def __init__(self, core: Executable) -> None:
        self._core = core
        self._text = ""
        self._defaults: list[tuple[str, Any]] = []

    def rows(self, db: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows, for these parameters."""
        if db.dialect.name != "sqlite":
            result = db.execute(self._core, values)
            return [tuple(row) for row in result] if result.returns_rows else []
        if not self._text:
            self._compile(db)
        given = [values.get(name, default) for name, default in self._defaults]
        driver: Any = db.connection.driver_connection
        rows: list[tuple[Any, ...]] = driver.execute(self._text, given).fetchall()
        return rows

    def row(self, db: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row, for these parameters."""
        rows = self.rows(db, values)
        return rows[0] if rows else None

    def _compile(self, db: Connection) -> None:
        assert isinstance(self._core, CompilerElement)
        compiled: Any = self._core.compile(dialect=db.dialect)
        names = compiled.positiontup
        self._defaults = [(name, compiled.params[name]) for name in names]
        self._text = str(compiled)
