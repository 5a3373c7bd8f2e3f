"""Who is told what arrives at which address: of each group one, in turn. Needs no broker."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from .address import parsed
from .carrier import Deliver, Unsubscribe


@dataclass(eq=False, slots=True)
class Member:
    """One that listens to an address, which may have `{parameters}`."""

    template: str
    group: str
    deliver: Deliver
    room: asyncio.Semaphore

    def hears(self, address: str) -> bool:
        return parsed(rooted(self.template), rooted(address)) is not None

    async def tell(self, address: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Delivers when there is room, the address spelled as the template is."""
        spelled = rooted(address)
        if not self.template.startswith("/"):
            spelled = spelled[1:]
        async with self.room:
            await self.deliver(spelled, body, headers)


@dataclass(slots=True)
class Audience:
    """Everybody who listens; the members of a group take turns."""

    members: list[Member] = field(default_factory=list)

    def join(
        self, template: str, group: str, deliver: Deliver, limit: int
    ) -> Unsubscribe:
        """Listen to an address; the way to leave."""
        member = Member(template, group, deliver, asyncio.Semaphore(limit))
        self.members.append(member)

        async def leave() -> None:
            if member in self.members:
                self.members.remove(member)

        return leave

    def hears(self, address: str) -> bool:
        """Whether anybody listens to the address."""
        return any(member.hears(address) for member in self.members)

    async def tell(self, address: str, body: bytes, headers: Mapping[str, str]) -> bool:
        """Deliver a message; whether anybody was there. What the first of them raises is raised in the end."""
        told, errors = self.turn(address), list[Exception]()
        for member in told:
            try:
                await member.tell(address, body, headers)
            except Exception as error:
                errors.append(error)
        if errors:
            raise errors[0]
        return bool(told)

    def turn(self, address: str) -> list[Member]:
        """Of each group the member whose turn it is, which is then the group's last."""
        chosen: dict[str, Member] = {}
        for member in self.members:
            if member.hears(address):
                chosen.setdefault(member.group, member)
        for member in chosen.values():
            self.members.remove(member)
            self.members.append(member)
        return list(chosen.values())


def rooted(address: str) -> str:
    """The address as a path: with one slash at its beginning."""
    return "/" + address.removeprefix("/")


def below(base: str, path: str) -> str:
    """The path under that of its server, which a lone slash adds nothing to."""
    return base if base and path == "/" else base + path
