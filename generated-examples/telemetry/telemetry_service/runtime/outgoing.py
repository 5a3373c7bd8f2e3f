"""Messages that are to go out: written with what they tell about, and deleted once the broker has them.

`due` alone schedules: it is when a row may be claimed, and while it is being published, when its claim lapses.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Float,
    Integer,
    LargeBinary,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from .channel import Options, Sort
from .statement import Statement
from .store import metadata, now

outgoing = Table(
    "outgoing",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("address", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("headers", Text, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("key", Text),
    Column("tries", Integer, nullable=False),
    Column("due", Float, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to publish; `options` are those of every protocol."""

    address: str
    body: bytes
    headers: Mapping[str, str]
    carrier: Sort = "broker"
    options: Options = field(default_factory=dict)
    key: str | None = None
    delay: float = 0.0
    """Seconds to wait before it goes out."""

    @property
    def is_direct(self) -> bool:
        """Whether it is for those who are there now: nothing keeps it for others."""
        return self.carrier in ("socket", "http")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A letter that its claimer must publish before `until`."""

    number: int
    letter: Letter
    tries: int
    until: float


listeners: set[Callable[[], None]] = set()
"""Called, on the writer's thread, whenever letters were added for anybody to claim."""

_VALUES = ("address", "body", "headers", "carrier", "options", "key", "tries", "due")
_ADD = Statement(
    insert(outgoing)
    .values({name: bindparam(name) for name in _VALUES})
    .returning(outgoing.c.number)
)
_DUE = (
    select(outgoing.c.number)
    .where(outgoing.c.due <= bindparam("at"))
    .order_by(outgoing.c.due, outgoing.c.number)
    .limit(bindparam("room"))
)
_CLAIM = Statement(
    update(outgoing)
    .where(outgoing.c.number.in_(_DUE))
    .values(due=bindparam("until"))
    .returning(
        outgoing.c.number,
        outgoing.c.address,
        outgoing.c.body,
        outgoing.c.headers,
        outgoing.c.carrier,
        outgoing.c.options,
        outgoing.c.key,
        outgoing.c.tries,
    )
)
_DELETE = Statement(delete(outgoing).where(outgoing.c.number == bindparam("row")))
_AGAIN = Statement(
    update(outgoing)
    .where(outgoing.c.number == bindparam("row"))
    .values(due=bindparam("again"), tries=bindparam("so_often"))
)
_NEXT = Statement(select(func.min(outgoing.c.due)))


@dataclass(frozen=True, slots=True)
class Posting:
    """The write that adds a letter, for whoever sends next."""

    letter: Letter

    def __call__(self, db: Connection) -> None:
        add(db, [self.letter])


def add(db: Connection, letters: Iterable[Letter]) -> None:
    """Write letters for whoever sends next, within the transaction of what they tell about."""
    for letter in letters:
        _ADD.row(db, _row(letter, now() + letter.delay))
    for listener in tuple(listeners):
        listener()


def add_claimed(
    db: Connection, letters: Iterable[Letter], lease: float
) -> list[Claimed]:
    """Write letters that the caller itself publishes right after; those with a delay are anybody's."""
    claimed: list[Claimed] = []
    for letter in letters:
        if letter.delay:
            add(db, [letter])
            continue
        until = now() + lease
        found = _ADD.row(db, _row(letter, until))
        assert found is not None
        claimed.append(Claimed(found[0], letter, 0, until))
    return claimed


def claim(db: Connection, room: int, lease: float) -> list[Claimed]:
    """Up to `room` letters that are due, oldest first."""
    until = now() + lease
    rows = _CLAIM.rows(db, {"at": now(), "room": room, "until": until})
    return [_claimed(row, until) for row in sorted(rows)]


def published(db: Connection, numbers: Iterable[int]) -> None:
    """The broker has these."""
    for number in numbers:
        _DELETE.rows(db, {"row": number})


def postponed(db: Connection, later: Iterable[tuple[Claimed, float, bool]]) -> None:
    """These are due again at their times; an honest try counts."""
    for one, again, counted in later:
        tries = one.tries + counted
        _AGAIN.rows(db, {"row": one.number, "again": again, "so_often": tries})


def next_due(db: Connection) -> float | None:
    """When the next letter may be claimed."""
    row = _NEXT.row(db, {})
    return None if row is None else row[0]


def _row(letter: Letter, due: float) -> dict[str, object]:
    return {
        "address": letter.address,
        "body": letter.body,
        "headers": json.dumps(dict(letter.headers)),
        "carrier": letter.carrier,
        "options": json.dumps(dict(letter.options)) if letter.options else "",
        "key": letter.key,
        "tries": 0,
        "due": due,
    }


def _claimed(row: tuple[Any, ...], until: float) -> Claimed:
    number, address, body, headers, carrier, options, key, tries = row
    named = json.loads(options) if options else {}
    letter = Letter(address, body, json.loads(headers), carrier, named, key)
    return Claimed(number, letter, tries, until)
