"""Which messages have been handled: one row for each attempt, so that a message delivered twice counts once.

A statement takes longer to start than to find a row, so one asks, or writes, for all the messages that wait.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import (
    Column,
    Connection,
    Float,
    Integer,
    Table,
    Text,
    bindparam,
    delete,
    func,
    select,
    true,
)
from sqlalchemy.dialects.sqlite import insert

from .statement import Statement
from .store import Store, metadata, now
from .together import Together

seen_messages = Table(
    "seen_messages",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("at", Float, nullable=False),
)
AT_ONCE = 500
"""How many rows are forgotten in one write."""

_KEYS = func.json_each(bindparam("keys")).table_valued("value")
_KNOWN = Statement(
    select(seen_messages.c.key).where(seen_messages.c.key.in_(select(_KEYS.c.value)))
)
_ADD_ALL = Statement(
    insert(seen_messages)
    .from_select(["key", "at"], select(_KEYS.c.value, bindparam("at")).where(true()))
    .on_conflict_do_nothing(index_elements=["key"])
)
_ADD = Statement(
    insert(seen_messages)
    .values(key=bindparam("key"), at=bindparam("at"))
    .on_conflict_do_nothing(index_elements=["key"])
    .returning(seen_messages.c.number)
)
_OLDEST = (
    select(seen_messages.c.number, seen_messages.c.at)
    .order_by(seen_messages.c.number)
    .limit(AT_ONCE)
    .subquery()
)
_FORGET = Statement(
    delete(seen_messages)
    .where(
        seen_messages.c.number.in_(
            select(_OLDEST.c.number).where(_OLDEST.c.at < bindparam("before"))
        )
    )
    .returning(seen_messages.c.number)
)


def known(db: Connection, keys: Sequence[str]) -> set[str]:
    """Those of the messages that were handled."""
    return {row[0] for row in _KNOWN.rows(db, {"keys": json.dumps(keys)})}


def add(db: Connection, key: str) -> bool:
    """Remember the message; false when it was handled before."""
    return _ADD.row(db, {"key": key, "at": now()}) is not None


def add_all(db: Connection, keys: Sequence[str]) -> None:
    """Remember these messages, whichever are new."""
    _ADD_ALL.rows(db, {"keys": json.dumps(keys), "at": now()})


def forget(db: Connection, before: float) -> bool:
    """Forget some of what was handled before this time; whether there may be more."""
    return len(_FORGET.rows(db, {"before": before})) == AT_ONCE


class Seen:
    """What a running service knows of messages; the newest keys of this process need no look into the database."""

    def __init__(self, store: Store, most: int = 20_000) -> None:
        self._store = store
        self._most = most
        self._recent: dict[str, None] = {}
        self.has = Together(self._known)
        """Whether the message was handled, by whatever process."""
        self.keep = Together(self._add_all)
        """Remember the message; returns after COMMIT."""

    def __contains__(self, key: str) -> bool:
        """Whether this process knows that the message was handled."""
        return key in self._recent

    def add(self, key: str) -> None:
        """The message was handled, and that is committed."""
        self._recent[key] = None
        if len(self._recent) > self._most:
            del self._recent[next(iter(self._recent))]

    async def _known(self, keys: Sequence[str]) -> set[str]:
        return await self._store.look(lambda db: known(db, keys))

    async def _add_all(self, keys: Sequence[str]) -> Sequence[str]:
        await self._store.write(lambda db: add_all(db, keys))
        return keys
