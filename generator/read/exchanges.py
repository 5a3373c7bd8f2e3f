"""Operations of AsyncAPI, their traits applied → the model's exchanges.

`publish` of 2.x is what others publish, so the application receives it; `subscribe` is what it sends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from generator.carriers import SOCKETS, WEB
from generator.channels import Channel, Exchange, Message, Reply
from generator.model import Requirement
from generator.problems import Place, Problem
from generator.read.bindings import bindings
from generator.read.channels import Channels, words
from generator.read.messages import Messages
from generator.read.node import Node, Source
from generator.read.processing import Markings
from generator.read.servers import Security
from generator.read.traits import with_traits
from generator.value import dataclass

Action = Literal["receive", "send"]
ACTIONS: dict[str, Action] = {"publish": "receive", "subscribe": "send"}
CARRIED = SOCKETS | WEB
"""Protocols of which the service itself is the server, so that it checks who calls."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An operation of 2.x that has not been read yet."""

    node: Node
    action: Action
    id: str
    given: bool


class Exchanges:
    """Reads the operations of one document."""

    def __init__(
        self,
        source: Source,
        messages: Messages,
        channels: Channels,
        security: Security,
        markings: Markings,
    ) -> None:
        self._source = source
        self._messages = messages
        self._channels = channels
        self._security = security
        self._markings = markings

    def of(self, document: Node) -> Iterator[Exchange]:
        """The operations of 3.x."""
        for id, entry in document.entries("operations"):
            bare = self._source.follow(entry)
            node = with_traits(self._source, bare, True)
            action: Action = "send" if node.text("action") == "send" else "receive"
            channel = node.get("channel")
            if channel is None:
                continue  # the shape refuses it
            found = self._channels.at(channel)
            read = self._exchange(node, id, action, found)
            named = "messages" in node
            own = self._named(node, found) if named else found.messages
            reply = node.get("reply")
            yield replace(
                read,
                messages=own,
                reply=None if reply is None else self._reply(reply),
            )

    def _named(
        self, node: Node, channel: Channel, severity: str = "error"
    ) -> tuple[Message, ...]:
        """The messages that an operation, or its reply, picks out of its channel's."""
        found = []
        for each in node.each("messages"):
            message = self._messages.at(each, "message")
            if message not in channel.messages:
                self._source.report(foreign(each, channel, severity))
            elif not self._leads_into(each, channel):
                self._source.report(foreign(each, channel, "warning"))
            found.append(message)
        return tuple(dict.fromkeys(found))

    def _leads_into(self, node: Node, channel: Channel) -> bool:
        """Whether a $ref is to the channel's message, rather than to what that refers to."""
        ref = node.text("$ref")
        place = None if ref is None else self._source.target(node.at / "$ref", ref)
        depth = len(channel.at.path)
        return place is None or place.path[:depth] == channel.at.path

    def _reply(self, entry: Node) -> Reply:
        node = self._source.follow(entry)
        place, address = node.get("channel"), node.get("address")
        channel = None if place is None else self._channels.at(place)
        inherited = () if channel is None else channel.messages
        own = () if channel is None else self._named(node, channel, "warning")
        where = None if address is None else self._source.follow(address)
        return Reply(
            at=node.at,
            address=None if where is None else where.text("location"),
            channel=channel,
            messages=own if "messages" in node else inherited,
        )

    def of_channels(self, document: Node) -> Iterator[Exchange]:
        """The operations of 2.x, which stand in their channels."""
        taken = Ids(self._source)
        found = [
            (address, self._source.follow(item))
            for address, item in document.entries("channels")
        ]
        for address, item in found:
            taken.keep(item)
        for address, item in found:
            yield from self._in_channel(address, item, taken)

    def _in_channel(self, address: str, item: Node, taken: Ids) -> Iterator[Exchange]:
        entries = list(self._entries(address, item, taken))
        sets = [tuple(self._within(each)) for each in entries]
        everything = tuple(message for messages in sets for message in messages)
        channel = self._channels.keyed(item, address, everything)
        for entry, messages in zip(entries, sets, strict=True):
            read = self._exchange(entry.node, entry.id, entry.action, channel)
            yield replace(read, messages=messages, id_given=entry.given)

    def _entries(self, address: str, item: Node, taken: Ids) -> Iterator[Entry]:
        for key, action in ACTIONS.items():
            bare = item.get(key)
            if bare is not None:
                node = with_traits(self._source, self._source.follow(bare), False)
                id, given = taken.of(node, action, address)
                yield Entry(node, action, id, given)

    def _within(self, entry: Entry) -> Iterator[Message]:
        """The messages of an operation of 2.x: one, or one of several."""
        message = entry.node.get("message")
        if message is None:
            return
        followed = self._source.follow(message)
        if "oneOf" not in followed:
            yield self._messages.at(message, f"{entry.id}Message")
            return
        several = list(followed.each("oneOf"))
        for number, each in enumerate(several, 1):
            yield self._messages.at(each, f"{entry.id}Message{number}")

    def _exchange(
        self, node: Node, id: str, action: Action, channel: Channel
    ) -> Exchange:
        documentation = node.get("externalDocs") or Node(node.at, {})
        return Exchange(
            at=node.at,
            id=id,
            action=action,
            channel=channel,
            title=node.text("title"),
            summary=node.text("summary"),
            description=node.text("description"),
            documentation=self._source.follow(documentation).text("url"),
            deprecated=node.flag("deprecated"),
            tags=tuple(tags(self._source, node)),
            security=self._needs(node, id, channel),
            bindings=bindings(self._source, node),
            processing=self._markings.operation(node, id),
            python_name=node.text("x-python-name"),
        )

    def _needs(self, node: Node, id: str, channel: Channel) -> tuple[Requirement, ...]:
        """What a caller must show: the operation's, else that of the servers we are ourselves."""
        if "security" in node:
            return self._security.of(node, id)
        ours = (s for s in channel.servers if s.protocol in CARRIED)
        return tuple(dict.fromkeys(way for server in ours for way in server.security))


class Ids:
    """The operationIds of a document of 2.x: given ones are kept, missing ones are made."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._taken: dict[str, Place] = {}

    def keep(self, item: Node) -> None:
        """Keep the names that a channel's operations have."""
        for key in ACTIONS:
            bare = item.get(key)
            node = None if bare is None else self._source.follow(bare)
            name = None if node is None else node.text("operationId")
            if node is None or name is None:
                continue
            if name in self._taken:
                self._source.report(duplicate(node.at / "operationId", name))
            self._taken.setdefault(name, node.at)

    def of(self, node: Node, action: str, address: str) -> tuple[str, bool]:
        """The id of an operation, and whether the document gives it."""
        given = node.text("operationId")
        if given is not None and self._taken.setdefault(given, node.at) == node.at:
            return given, True
        made = action + "".join(word[0].upper() + word[1:] for word in words(address))
        free, count = given or made, 1
        while free in self._taken:
            count += 1
            free = f"{given or made}{count}"
        self._taken[free] = node.at
        return free, False


def tags(source: Source, node: Node) -> Iterator[str]:
    """The names of an object's tags."""
    for each in node.each("tags"):
        name = source.follow(each).text("name")
        if name is not None:
            yield name


def foreign(node: Node, channel: Channel, severity: str) -> Problem:
    names = ", ".join(each.name for each in channel.messages)
    return Problem(
        "foreign-message",
        node.at,
        f'this is not one of the messages of the channel "{channel.name}"',
        f"refer to #/channels/{channel.name}/messages/… ({names})",
        severity,
    )


def duplicate(at: Place, name: str) -> Problem:
    return Problem(
        "duplicate-operation-id",
        at,
        f'the operationId "{name}" is already that of another operation',
        f"give one of them another name, such as {name}2",
    )
