"""The database of a service: one thread writes in groups, reads never wait for it.

Every write is a function of a connection. All that wait are run in one transaction, and
their callers go on after COMMIT. When one raises, the transaction is rolled back and each
is run again in its own, so a write may run twice and must touch nothing but its connection.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from time import time
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    create_engine,
    event,
    insert,
    inspect,
    select,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.schema import CreateColumn

T = TypeVar("T")
Write = Callable[[Connection], T]
Read = Callable[[Connection], T]

metadata = MetaData()
"""Every table of the service; the modules that own tables register them here."""

SCHEMA = 1
"""Raised by a change that older programs cannot work with; columns that may be NULL are none."""
BATCH = 256
BUSY_SECONDS = 30

versions = Table("schema_version", metadata, Column("version", Integer, nullable=False))


def now() -> float:
    """Seconds since the epoch, UTC; every stored time is one of these."""
    return time()


class StoreUnusable(Exception):
    """The database cannot be opened; the message says why and what to do."""


class StoreClosed(Exception):
    """The store was closed before the write could run."""


@dataclass(frozen=True, slots=True)
class _Pending(Generic[T]):
    """A write that waits for its transaction, and who waits for it."""

    write: Write[T]
    then: Callable[[T], None] | None
    future: asyncio.Future[T] | Future[T]
    loop: asyncio.AbstractEventLoop | None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of a write, to be told to its caller on the caller's own loop."""

    pending: _Pending[Any]
    value: Any = None
    error: BaseException | None = None

    def tell(self) -> None:
        future = self.pending.future
        if self.error is None and self.pending.then is not None:
            self.pending.then(self.value)
        if future.done():
            return
        if self.error is None:
            future.set_result(self.value)
        else:
            future.set_exception(self.error)


class Store:
    """The tables of `metadata` in the database at `url`, open between `open` and `close`."""

    def __init__(self, url: str, metadata: MetaData = metadata) -> None:
        self._url = url
        self._metadata = metadata
        self._pending: SimpleQueue[_Pending[Any] | None] = SimpleQueue()
        self._entry = threading.Lock()
        self._open = False

    async def open(self) -> None:
        """Make the tables if they are missing and start the writer; raises StoreUnusable."""
        with _worded(self._url):
            self._engine = _engine(self._url)
            try:
                self._writer = self._engine.connect()
                prepare(self._writer, self._metadata)
                self._reader = self._engine.connect().execution_options(reads=True)
            except BaseException:
                self._engine.dispose()
                raise
        self._thread = threading.Thread(target=self._serve, name="store", daemon=True)
        self._open = True
        self._thread.start()

    async def close(self) -> None:
        """Run what was handed in, then close the database."""
        with self._entry:
            if not self._open:
                return
            self._open = False
            self._pending.put(None)
        await asyncio.to_thread(self._thread.join)
        self._reader.close()
        self._writer.close()
        self._engine.dispose()

    async def write(
        self, write: Write[T], then: Callable[[T], None] | None = None
    ) -> T:
        """The write's value, once it is committed; raises what the write raised.

        `then` is called with the value after COMMIT even if the caller has gone by then.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._put(_Pending(write, then, future, loop))
        return await future

    def write_from_thread(self, write: Write[T]) -> T:
        """`write`, for a thread that runs no event loop."""
        future: Future[T] = Future()
        self._put(_Pending(write, None, future, None))
        return future.result()

    async def read(self, read: Read[T]) -> T:
        """The value of `read`, which sees one committed state of the database.

        It runs where it is called: a read by key takes less than the way to a thread.
        """
        with self._reader.begin():
            return read(self._reader)

    async def look(self, read: Read[T]) -> T:
        """The value of `read`, which is one Statement and so needs no transaction of its own."""
        return read(self._reader)

    def _put(self, pending: _Pending[Any]) -> None:
        with self._entry:
            if not self._open:
                raise StoreClosed("The store is closed.")
            self._pending.put(pending)

    def _serve(self) -> None:
        while batch := self._take():
            _tell(self._commit(batch))

    def _take(self) -> list[_Pending[Any]]:
        """All that wait, at least one; nothing once the store closes."""
        first = self._pending.get()
        batch = [] if first is None else [first]
        while batch and len(batch) < BATCH:
            try:
                following = self._pending.get_nowait()
            except Empty:
                break
            if following is None:
                self._pending.put(None)
                break
            batch.append(following)
        return batch

    def _commit(self, batch: list[_Pending[Any]]) -> list[_Outcome]:
        try:
            return self._together(batch)
        except BaseException as error:
            if len(batch) == 1:
                return [_Outcome(batch[0], error=error)]
        return [outcome for pending in batch for outcome in self._commit([pending])]

    def _together(self, batch: list[_Pending[Any]]) -> list[_Outcome]:
        with self._writer.begin():
            return [_Outcome(pending, pending.write(self._writer)) for pending in batch]


def prepare(connection: Connection, metadata: MetaData) -> None:
    """Make the missing tables and columns; raises StoreUnusable if a newer program made them."""
    with connection.begin():
        known = inspect(connection).has_table(versions.name)
        version = connection.scalar(select(versions.c.version)) if known else None
        if version is not None and version > SCHEMA:
            raise StoreUnusable(
                f"the database has schema {version}, this program knows up to {SCHEMA}:"
                " start the newer program, or use another database"
            )
        metadata.create_all(connection)
        add_columns(connection, metadata)
        if version is None:
            connection.execute(insert(versions).values(version=SCHEMA))


def add_columns(connection: Connection, metadata: MetaData) -> None:
    """Give tables of an older program the columns that they lack, which may all be NULL."""
    known = inspect(connection)
    for table in metadata.sorted_tables:
        found = {column["name"] for column in known.get_columns(table.name)}
        for column in table.columns:
            if column.name not in found:
                added = CreateColumn(column).compile(connection)
                connection.exec_driver_sql(
                    f"ALTER TABLE {table.name} ADD COLUMN {added}"
                )


def _tell(outcomes: list[_Outcome]) -> None:
    """Wake every caller, with one wake-up for each event loop."""
    loops: dict[asyncio.AbstractEventLoop | None, list[_Outcome]] = {}
    for outcome in outcomes:
        loops.setdefault(outcome.pending.loop, []).append(outcome)
    for loop, group in loops.items():
        if loop is None:
            _tell_each(group)
        elif not loop.is_closed():
            loop.call_soon_threadsafe(_tell_each, group)


def _tell_each(outcomes: list[_Outcome]) -> None:
    for outcome in outcomes:
        outcome.tell()


@contextmanager
def _worded(url: str) -> Iterator[None]:
    try:
        yield
    except (ArgumentError, DatabaseError, StoreUnusable) as error:
        reason = getattr(error, "orig", None) or error
        raise StoreUnusable(f"cannot use the database {url}: {reason}") from error


def _engine(url: str) -> Engine:
    """An SQLite engine that leaves transactions to us and loses nothing that is committed."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise StoreUnusable("only sqlite:///FILE is supported")
    options = {"isolation_level": None, "check_same_thread": False}
    engine = create_engine(parsed, connect_args={**options, "timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(driver: Any, _: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "temp_store=MEMORY"):
        driver.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get("reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
