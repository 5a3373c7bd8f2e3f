"""The group-commit writer: what is committed together, and what is not."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Column,
    Connection,
    Float,
    Integer,
    MetaData,
    Table,
    Text,
    insert,
    select,
)

from runtime.store import Store, StoreClosed, StoreUnusable, versions

tables = MetaData()
versions.to_metadata(tables)
things = Table("things", tables, Column("id", Integer, primary_key=True))


class Wrong(Exception):
    pass


def put(id: int, fails: bool = False) -> Callable[[Connection], int]:
    def write(db: Connection) -> int:
        db.execute(insert(things).values(id=id))
        if fails:
            raise Wrong(id)
        return id

    return write


def ids(db: Connection) -> list[int]:
    return list(db.scalars(select(things.c.id).order_by(things.c.id)))


def fresh(folder: str | Path) -> Store:
    return Store(f"sqlite:///{folder}/store.db", tables)


async def together(store: Store, *writes: Callable[[Connection], int]) -> list[object]:
    """The outcomes of writes that all wait when the writer comes to take its next batch."""
    gate = threading.Event()
    first = asyncio.create_task(store.write(lambda db: gate.wait()))
    await asyncio.sleep(0.01)
    rest = [asyncio.create_task(store.write(write)) for write in writes]
    await asyncio.sleep(0.01)
    gate.set()
    await first
    return list(await asyncio.gather(*rest, return_exceptions=True))


def test_a_write_is_there_when_its_caller_goes_on(tmp_path: Path) -> None:
    async def check() -> list[int]:
        store = fresh(tmp_path)
        await store.open()
        await store.write(put(1))
        with sqlite3.connect(tmp_path / "store.db") as other:
            seen = [row[0] for row in other.execute("select id from things")]
        other.close()
        await store.close()
        return seen

    assert asyncio.run(check()) == [1]


def test_a_failing_write_harms_no_other_and_leaves_nothing(tmp_path: Path) -> None:
    async def check() -> None:
        store = fresh(tmp_path)
        await store.open()
        outcomes = await together(store, put(1), put(2, fails=True), put(3))
        assert outcomes[0] == 1 and outcomes[2] == 3
        assert isinstance(outcomes[1], Wrong)
        assert await store.read(ids) == [1, 3]
        await store.close()

    asyncio.run(check())


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=30))
def test_a_group_ends_as_its_writes_would_one_after_the_other(
    writes: list[tuple[int, bool]],
) -> None:
    expected: set[int] = set()
    fine = []
    for id, fails in writes:
        fine.append(not fails and id not in expected)
        if fine[-1]:
            expected.add(id)

    async def check(folder: str) -> None:
        store = fresh(folder)
        await store.open()
        outcomes = await together(store, *(put(*write) for write in writes))
        assert [not isinstance(outcome, Exception) for outcome in outcomes] == fine
        assert await store.read(ids) == sorted(expected)
        await store.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(check(folder))


def test_many_callers_share_a_commit(tmp_path: Path) -> None:
    async def check() -> None:
        store = fresh(tmp_path)
        await store.open()
        threads: list[int] = []

        def count(db: Connection) -> int:
            threads.append(threading.get_ident())
            return len(threads)

        outcomes = await together(store, *[count] * 100)
        assert outcomes == list(range(1, 101))
        assert len(set(threads)) == 1
        await store.close()

    asyncio.run(check())


def test_what_follows_a_write_happens_without_its_caller(tmp_path: Path) -> None:
    async def check() -> None:
        store = fresh(tmp_path)
        await store.open()
        heard: list[int] = []
        gate = threading.Event()
        hold = asyncio.create_task(store.write(lambda db: gate.wait()))
        await asyncio.sleep(0.01)
        gone = asyncio.create_task(store.write(put(5), heard.append))
        await asyncio.sleep(0)
        gone.cancel()
        gate.set()
        await hold
        await store.write(lambda db: None)
        assert heard == [5] and await store.read(ids) == [5]
        await store.close()

    asyncio.run(check())


def test_closing_runs_what_was_handed_in_and_refuses_the_rest(tmp_path: Path) -> None:
    async def check() -> None:
        store = fresh(tmp_path)
        await store.open()
        last = asyncio.create_task(store.write(put(1)))
        await asyncio.sleep(0)
        await store.close()
        assert await last == 1
        with pytest.raises(StoreClosed):
            await store.write(put(2))

    asyncio.run(check())


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite://", "only sqlite:///FILE"),
        ("mysql://host/name", "cannot use the database"),
        ("no url", "cannot use the database"),
        ("sqlite:////nowhere/at/all/jobs.db", "unable to open"),
    ],
)
def test_a_database_that_cannot_be_used_is_named(url: str, words: str) -> None:
    with pytest.raises(StoreUnusable, match=words):
        asyncio.run(Store(url, tables).open())


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_text("This is a letter, and no database at all." * 99)
    with pytest.raises(StoreUnusable, match="not a database"):
        asyncio.run(fresh(tmp_path).open())


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    async def check() -> None:
        store = fresh(tmp_path)
        await store.open()
        await store.write(lambda db: db.execute(versions.update().values(version=99)))
        await store.close()
        await fresh(tmp_path).open()

    with pytest.raises(StoreUnusable, match="schema 99"):
        asyncio.run(check())


def test_nothing_is_lost_between_threads(tmp_path: Path) -> None:
    async def check() -> None:
        store = fresh(tmp_path)
        await store.open()
        await asyncio.gather(
            *(asyncio.to_thread(store.write_from_thread, put(n)) for n in range(100))
        )
        assert await store.read(ids) == list(range(100))
        await store.close()

    asyncio.run(check())


def test_a_table_of_an_older_program_gets_the_columns_it_lacks(tmp_path: Path) -> None:
    grown = MetaData()
    versions.to_metadata(grown)
    Table(
        "things",
        grown,
        Column("id", Integer, primary_key=True),
        Column("weight", Float),
        Column("by", Text),
    )

    async def check() -> None:
        old = fresh(tmp_path)
        await old.open()
        await old.write(put(1))
        for _ in range(2):
            newer = Store(f"sqlite:///{tmp_path}/store.db", grown)
            await newer.open()
            rows = await newer.read(
                lambda db: db.execute(select(grown.tables["things"])).all()
            )
            assert rows == [(1, None, None)]
            await newer.close()
        await old.write(put(2))
        assert await old.read(ids) == [1, 2]
        await old.close()

    asyncio.run(check())
