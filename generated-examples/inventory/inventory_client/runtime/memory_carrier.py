"""A broker within this process: groups, wildcards, redelivery, and a bound on what is in flight.

Its members may live on different event loops and threads; each message is delivered on its member's own loop. What is
published where nobody has ever subscribed waits for the first group that does.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from .address import parsed
from .carrier import NO_OPTIONS, Deliver, Unsubscribe
from .ids import new_id
from .message_headers import MESSAGE_ID
from .tasks import ended

log = logging.getLogger(__name__)

KEPT = 10_000
"""Messages that wait for a first subscriber, in all; the oldest give way."""
FIRST, LONGEST = 0.01, 1.0
"""Seconds before a message that was not taken is delivered again: it doubles from the first to the longest."""


@dataclass(slots=True)
class Parcel:
    """One message as one group has it."""

    address: str
    body: bytes
    headers: Mapping[str, str]
    failures: int = 0


@dataclass(slots=True, eq=False)
class Group:
    """Those who compete for the messages of an address, and what waits for them."""

    address: str
    lasts: bool = True
    """Whether it has a name; what one without waits for is gone with it."""
    waiting: deque[Parcel] = field(default_factory=deque)
    members: list[Member] = field(default_factory=list)

    def takes(self, address: str) -> bool:
        return parsed(self.address, address) is not None


class MemoryBroker:
    """The broker; it is a Carrier itself, whose `stop` leaves others' subscriptions alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._groups: dict[tuple[str, str], Group] = {}
        self._early: deque[Parcel] = deque(maxlen=KEPT)

    async def start(self) -> None:
        """Nothing: it is there."""

    async def stop(self, grace: float) -> None:
        """Nothing: whoever subscribed unsubscribes."""

    async def publish(
        self,
        address: str,
        body: bytes,
        headers: Mapping[str, str],
        options: Mapping[str, object] = NO_OPTIONS,
    ) -> None:
        """Return at once: every group has the message."""
        lower = {name.lower(): text for name, text in headers.items()}
        lower.setdefault(MESSAGE_ID, new_id("mem_"))
        with self._lock:
            groups = [one for one in self._groups.values() if one.takes(address)]
            for group in groups:
                group.waiting.append(Parcel(address, body, lower))
                self._pump(group)
            if not groups:
                self._early.append(Parcel(address, body, lower))

    async def subscribe(
        self,
        address: str,
        group: str,
        deliver: Deliver,
        limit: int = 8,
        options: Mapping[str, object] = NO_OPTIONS,
    ) -> Unsubscribe:
        """Deliver on this event loop; see Carrier."""
        return self.join(address, group, deliver, limit).leave

    def join(self, address: str, group: str, deliver: Deliver, limit: int) -> Member:
        """A new member of a group."""
        name = (address, group or new_id("listener_"))
        with self._lock:
            joined = self._groups.get(name)
            if joined is None:
                joined = self._groups[name] = Group(address, lasts=bool(group))
                self._hand_over(joined)
            member = Member(self, joined, deliver, limit)
            joined.members.append(member)
            self._pump(joined)
        return member

    def settled(self, member: Member, parcel: Parcel, taken: bool) -> None:
        """A member is done with a message; one that was not taken is the group's again."""
        with self._lock:
            member.room += 1
            if not taken:
                member.group.waiting.appendleft(parcel)
            self._pump(member.group)

    def left(self, member: Member) -> None:
        """The member takes no more messages; a group with a name stays, and so does what waits for it."""
        with self._lock:
            if member in member.group.members:
                member.group.members.remove(member)
            if not member.group.lasts:
                kept = self._groups.items()
                self._groups = {n: one for n, one in kept if one is not member.group}

    def _hand_over(self, group: Group) -> None:
        """Give a first group what came before it; one without a name listens from now on."""
        if not group.lasts:
            return
        group.waiting.extend(one for one in self._early if group.takes(one.address))
        kept = (one for one in self._early if not group.takes(one.address))
        self._early = deque(kept, maxlen=KEPT)

    def _pump(self, group: Group) -> None:
        """Give the waiting messages to the members that have room, in turn."""
        while group.waiting:
            member = max(group.members, key=lambda one: one.room, default=None)
            if member is None or member.room <= 0:
                return
            parcel = group.waiting.popleft()
            if not member.give(parcel):
                group.members.remove(member)
                group.waiting.appendleft(parcel)


class Member:
    """One subscription: it delivers on the event loop that it was made on."""

    def __init__(
        self, broker: MemoryBroker, group: Group, deliver: Deliver, limit: int
    ) -> None:
        self.group = group
        self.room = limit
        self.tasks: set[asyncio.Task[None]] = set()
        self._broker = broker
        self._deliver = deliver
        self._left = False
        self._loop = asyncio.get_running_loop()

    def give(self, parcel: Parcel) -> bool:
        """Begin to deliver; false where the loop has gone."""
        try:
            self._loop.call_soon_threadsafe(self._begin, parcel)
        except RuntimeError:
            return False
        self.room -= 1
        return True

    async def leave(self) -> None:
        """Take nothing more; what is being delivered may end."""
        self._left = True
        self._broker.left(self)

    def _begin(self, parcel: Parcel) -> None:
        if self._left:
            self._broker.settled(self, parcel, taken=False)
            return
        task = self._loop.create_task(self._take(parcel))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _take(self, parcel: Parcel) -> None:
        taken = False
        try:
            await self._deliver(parcel.address, parcel.body, parcel.headers)
            taken = True
        except Exception as error:
            log.debug("%s is delivered again: %s", parcel.address, error)
            parcel.failures += 1
            await asyncio.sleep(min(FIRST * 2.0 ** min(parcel.failures, 10), LONGEST))
        finally:
            self._broker.settled(self, parcel, taken)


class MemoryCarrier:
    """A service's or a client's own way to a MemoryBroker."""

    def __init__(self, broker: MemoryBroker) -> None:
        self.broker = broker
        self._members: list[Member] = []

    async def start(self) -> None:
        """Nothing: the broker is there."""

    async def publish(
        self,
        address: str,
        body: bytes,
        headers: Mapping[str, str],
        options: Mapping[str, object] = NO_OPTIONS,
    ) -> None:
        """Return at once: every group has the message."""
        await self.broker.publish(address, body, headers, options)

    async def subscribe(
        self,
        address: str,
        group: str,
        deliver: Deliver,
        limit: int = 8,
        options: Mapping[str, object] = NO_OPTIONS,
    ) -> Unsubscribe:
        """Deliver on this event loop; see Carrier."""
        member = self.broker.join(address, group, deliver, limit)
        self._members.append(member)
        return member.leave

    async def stop(self, grace: float) -> None:
        """Deliver nothing more; what has not ended after `grace` seconds is delivered to others."""
        for member in self._members:
            await member.leave()
        running = [task for member in self._members for task in member.tasks]
        await ended(*running, grace=grace)


_brokers: dict[str, MemoryBroker] = {}


def broker_of(url: str) -> MemoryBroker:
    """The broker of this name, `memory://name`, the same one for the whole process."""
    return _brokers.setdefault(url.partition("://")[2].strip("/"), MemoryBroker())


def carrier(url: str) -> MemoryCarrier:
    """A way to the broker of this name."""
    return MemoryCarrier(broker_of(url))
