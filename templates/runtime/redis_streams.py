"""Redis streams: groups that read all of a stream, entries that are acknowledged, claimed from the dead, trimmed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from .intake import PAUSE, Arrival, Intake
from .native_headers import received
from .tasks import ended
from .together import Together
from .wildcards import Spelling

DATA = "data"
BLOCK = 1000
SEARCH = 1.0
SOME = 100
"""Entries that are asked for at once, of those that are pending."""
Place = tuple[str, bytes]
"""A stream, and an entry's id."""
Entry = tuple[bytes, Mapping[bytes, bytes]]


class StreamReader:
    """One stream, or each that fits the address, read by one member of a group.

    Without a group: from now on, unacknowledged, leaving nothing behind.
    """

    def __init__(
        self,
        client: Redis,
        spelling: Spelling,
        group: str,
        intake: Intake,
        claim_after: float,
    ) -> None:
        self._client = client
        self._spelling = spelling
        self._group = group
        self._intake = intake
        self._claim_after = claim_after
        self._name = uuid4().hex
        self._places: dict[str, str] = {}
        self._searched = 0.0
        self._claimed = time.monotonic()
        self._running: asyncio.Task[None] | None = None
        self._acks = Together(self._acknowledge)
        self._resumes = False
        self._in_hand: set[Place] = set()

    async def start(self) -> None:
        await self._search("" if self._group else "$")
        self._running = asyncio.create_task(self._run())

    async def stop(self, grace: float) -> None:
        await ended(self._running)
        await self._intake.finish(grace)
        try:
            await self._leave()
        except (RedisError, OSError):
            # An empty member of a group does no harm.
            pass

    async def _run(self) -> None:
        while True:
            await self._intake.wait_for_room()
            try:
                await self._round()
            except (RedisError, OSError):
                # A stream that was deleted has lost its groups: they are made anew.
                self._places = {} if self._group else self._places
                self._searched = 0.0
                self._resumes = bool(self._group)
                await asyncio.sleep(PAUSE)

    async def _round(self) -> None:
        now = time.monotonic()
        if now - self._searched >= SEARCH:
            await self._search()
        for name in list(self._places) if self._resumes else ():
            await self._resume(name)
        self._resumes = False
        if self._group and now - self._claimed >= self._claim_after / 3:
            self._claimed = now
            for name in list(self._places):
                await self._claim(name)
                await self._trim(name)
            await self._intake.wait_for_room()
        if not self._places:
            await asyncio.sleep(PAUSE)
            return
        for key, entries in await self._read():
            for entry in entries:
                await self._take(key.decode(), entry)

    async def _read(self) -> Iterable[tuple[bytes, list[Entry]]]:
        room = self._intake.room
        names: dict[Any, Any] = {**self._places}
        read: Any
        if self._group:
            read = self._client.xreadgroup(
                self._group, self._name, names, count=room, block=BLOCK
            )
        else:
            read = self._client.xread(names, count=room, block=BLOCK)
        return await read or []

    async def _take(self, name: str, entry: Entry) -> None:
        place, content = entry
        if not self._group:
            self._places[name] = place.decode()

        async def taken() -> None:
            if self._group:
                try:
                    await self._acks((name, place))
                finally:
                    self._in_hand.discard((name, place))

        async def alive() -> None:
            if self._group:
                await self._client.xclaim(
                    name, self._group, self._name, 0, [place], justid=True
                )

        if self._group:
            self._in_hand.add((name, place))
        body, headers = _content(content)
        headers.setdefault("message-id", f"{name}/{place.decode()}")
        address = self._spelling.address(name) or name
        await self._intake.put(Arrival(address, body, headers, taken, None, alive))

    async def _acknowledge(self, done: Sequence[Place]) -> Sequence[Place]:
        """Says once of each stream which of its entries are done with."""
        for stream in {name for name, _ in done}:
            places = [place for name, place in done if name == stream]
            await self._client.xack(stream, self._group, *places)
        return ()

    async def _resume(self, name: str) -> None:
        """Takes what was given to this reader in an answer that never arrived."""
        last: Any = "0-0"
        while True:
            read: Any = self._client.xreadgroup(
                self._group, self._name, {name: last}, count=SOME
            )
            entries = [entry for _, found in await read or [] for entry in found]
            for place, content in entries:
                if (name, place) not in self._in_hand and content:
                    await self._take(name, (place, content))
            if len(entries) < SOME:
                return
            last = entries[-1][0]

    async def _claim(self, name: str) -> None:
        """Takes over what a reader that says nothing more had in hand."""
        idle = int(self._claim_after * 1000)
        answer = await self._client.xautoclaim(
            name, self._group, self._name, idle, "0-0", count=self._intake.room or 1
        )
        for entry in answer[1]:
            if (name, entry[0]) not in self._in_hand:
                await self._take(name, entry)

    async def _trim(self, name: str) -> None:
        """Drops the entries that every group is done with."""
        oldest: list[bytes] = []
        for group in await self._client.xinfo_groups(name):
            pending = await self._client.xpending(name, group["name"])
            oldest.append(pending["min"] or group["last-delivered-id"])
        if oldest:
            await self._client.xtrim(name, minid=min(oldest, key=_order))

    async def _search(self, start: str = "0-0") -> None:
        """Finds the streams of the address, and sees to it that the group is known to each."""
        self._searched = time.monotonic()
        names = [self._spelling.key]
        if self._spelling.open:
            found = self._client.scan_iter(
                match=self._spelling.glob(), count=1000, _type="STREAM"
            )
            names = [key.decode() async for key in found]
        for name in names:
            if name not in self._places and self._spelling.address(name):
                await self._join(name, start)

    async def _join(self, name: str, start: str) -> None:
        if not self._group:
            self._places[name] = await self._last(name) if start == "$" else start
            return
        try:
            await self._client.xgroup_create(name, self._group, "0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise
        self._places[name] = ">"

    async def _last(self, name: str) -> str:
        """Where a stream ends now: `$` would be later, at the first read."""
        newest: Any = await self._client.xrevrange(name, count=1)
        return _text(newest[0][0]) if newest else "0-0"

    async def _leave(self) -> None:
        """Leaves the groups in which nothing is in this reader's hand."""
        for name in self._places if self._group else ():
            mine = await self._client.xpending_range(
                name, self._group, "-", "+", 1, self._name
            )
            if not mine:
                await self._client.xgroup_delconsumer(name, self._group, self._name)


def _content(fields: Mapping[bytes, bytes]) -> tuple[bytes, dict[str, str]]:
    """An entry's payload and headers; an entry without the payload's field is an object of its own."""
    texts = {name.decode(): value for name, value in fields.items()}
    if DATA in texts:
        body = texts.pop(DATA)
        return body, received(texts.items())
    plain = {name: value.decode(errors="replace") for name, value in texts.items()}
    return json.dumps(plain).encode(), {}


def _order(place: bytes) -> tuple[int, int]:
    milliseconds, _, count = place.decode().partition("-")
    return int(milliseconds), int(count)


def _text(place: bytes | str) -> str:
    return place.decode() if isinstance(place, bytes) else place
