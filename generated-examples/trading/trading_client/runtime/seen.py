"""Which deliveries have been taken: a delivery is claimed, then kept or, if it failed, released.

A claim that is neither kept nor released (its holder died) lapses, so that nothing is lost.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal, Protocol

LEASE = 300.0
"""Seconds for which a claim keeps others away."""
MEMORY = 7 * 86_400.0
"""Seconds for which a taken delivery is remembered; a sender repeats for about three days."""


Claim = Literal["new", "busy", "seen"]
"""What a receiver is told about a delivery: take it, leave it to who is at it, or drop it."""


class Seen(Protocol):
    """Remembers deliveries by their id."""

    async def claim(self, id: str) -> Claim:
        """Take a delivery on, unless it is being taken or was."""

    async def keep(self, id: str) -> None:
        """The delivery was taken: never again."""

    async def release(self, id: str) -> None:
        """The delivery failed: the next one with this id is new."""


class MemorySeen:
    """Remembers within one process, the newest `limit` deliveries at most."""

    def __init__(
        self, *, lease: float = LEASE, memory: float = MEMORY, limit: int = 100_000
    ) -> None:
        self.lease = lease
        self.memory = memory
        self.limit = limit
        self._claimed: dict[str, float] = {}
        self._kept: dict[str, float] = {}

    async def claim(self, id: str) -> Claim:
        now = time.time()
        self._forget(now)
        if id in self._kept:
            return "seen"
        if self._claimed.get(id, 0.0) > now:
            return "busy"
        self._claimed[id] = now + self.lease
        return "new"

    async def keep(self, id: str) -> None:
        self._claimed.pop(id, None)
        self._kept[id] = time.time() + self.memory

    async def release(self, id: str) -> None:
        self._claimed.pop(id, None)

    def _forget(self, now: float) -> None:
        """Drop the oldest, as far as they are past their time or too many."""
        while self._kept:
            id = next(iter(self._kept))
            if self._kept[id] > now and len(self._kept) <= self.limit:
                return
            del self._kept[id]


TABLE = """
CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, kept INTEGER NOT NULL, until REAL NOT NULL)
"""
INDEX = "CREATE INDEX IF NOT EXISTS seen_until ON seen (until)"
CLAIM = """
INSERT INTO seen VALUES (:id, 0, :until)
ON CONFLICT (id) DO UPDATE SET kept = 0, until = :until WHERE until <= :now RETURNING id
"""
KEEP = """
INSERT INTO seen VALUES (:id, 1, :until)
ON CONFLICT (id) DO UPDATE SET kept = 1, until = :until
"""


class SqliteSeen:
    """Remembers in a file, for every process that shares it."""

    def __init__(
        self, path: str | Path, *, lease: float = LEASE, memory: float = MEMORY
    ) -> None:
        self.path = Path(path)
        self.lease = lease
        self.memory = memory
        self._ready = False

    async def claim(self, id: str) -> Claim:
        return await asyncio.to_thread(self._claim, id, time.time())

    async def keep(self, id: str) -> None:
        await asyncio.to_thread(self._keep, id, time.time() + self.memory)

    async def release(self, id: str) -> None:
        await asyncio.to_thread(self._release, id)

    def _claim(self, id: str, now: float) -> Claim:
        until = now + self.lease
        with self._connected() as database:
            database.execute("DELETE FROM seen WHERE kept = 1 AND until <= ?", (now,))
            given = {"id": id, "until": until, "now": now}
            if database.execute(CLAIM, given).fetchone():
                return "new"
            row = database.execute("SELECT kept FROM seen WHERE id = ?", (id,))
            return "seen" if row.fetchone() == (1,) else "busy"

    def _keep(self, id: str, until: float) -> None:
        with self._connected() as database:
            database.execute(KEEP, {"id": id, "until": until})

    def _release(self, id: str) -> None:
        with self._connected() as database:
            database.execute("DELETE FROM seen WHERE id = ? AND kept = 0", (id,))

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A transaction on a connection of its own: calls come from several threads."""
        with closing(sqlite3.connect(self.path, timeout=10)) as database:
            if not self._ready:
                database.execute("PRAGMA journal_mode = WAL")
                database.execute(TABLE)
                database.execute(INDEX)
                self._ready = True
            with database:
                yield database
