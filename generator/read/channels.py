"""Channels of AsyncAPI and the parameters of their addresses → the model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from generator.carriers import SOCKETS, WEB
from generator.channels import Channel, ChannelParameter, Message
from generator.model import Json
from generator.problems import Place, Problem
from generator.read.bindings import bindings
from generator.read.messages import Messages
from generator.read.node import Node, Source
from generator.read.schema import key_of
from generator.read.servers import Servers


class Channels:
    """Reads channels; each place is read once, so one place is always the same `Channel`."""

    def __init__(self, source: Source, messages: Messages, servers: Servers) -> None:
        self._source = source
        self._messages = messages
        self._servers = servers
        self._read: dict[Place, Channel] = {}

    @property
    def all(self) -> tuple[Channel, ...]:
        """Every channel that was read, in that order."""
        return tuple(self._read.values())

    def at(self, node: Node, name: str | None = None) -> Channel:
        """A channel of 3.x, at a node or where its $refs lead."""
        followed = self._source.follow(node)
        if followed.at not in self._read:
            last = followed.at.path[-1] if followed.at.path else "channel"
            self._read[followed.at] = self._channel(followed, name or str(last))
        return self._read[followed.at]

    def keyed(self, node: Node, address: str, messages: tuple[Message, ...]) -> Channel:
        """A channel of 2.x, whose key is its address and whose operations hold its messages."""
        shell = self._shell(node, address)
        declared = tuple(self._older_parameters(node))
        path = self._path(shell, address)
        channel = replace(
            shell,
            address=path,
            parameters=within(node, path, address, declared),
            messages=tuple(dict.fromkeys(messages)),
        )
        self._read[node.at] = channel
        return channel

    def _channel(self, node: Node, name: str) -> Channel:
        shell = self._shell(node, name)
        found = self._source.followed(node.entries("parameters"))
        declared = tuple(self._parameter(key, each) for key, each in found)
        address = node.text("address")
        path = None if address is None else self._path(shell, address)
        return replace(
            shell,
            address=path,
            parameters=within(node, path or "", address or "", declared),
            messages=tuple(
                self._messages.at(each, each_name)
                for each_name, each in node.entries("messages")
            ),
        )

    def _path(self, channel: Channel, address: str) -> str:
        """The path of an address on the web, without the query that others write there."""
        path = re.split(r"[?#]", address, maxsplit=1)[0]
        protocols = {server.protocol for server in channel.servers}
        if path == address or protocols.isdisjoint(SOCKETS | WEB):
            return address
        self._source.report(
            Problem(
                "unfit-address",
                channel.at.key(),
                f'channel "{channel.name}": its address is "{path}", '
                f'nothing is made of "{address.removeprefix(path)}"',
                "describe a query in the ws or http binding",
                "warning",
            )
        )
        return path

    def _shell(self, node: Node, name: str) -> Channel:
        return Channel(
            at=node.at,
            key=key_of(node.at),
            name=name,
            address=None,
            title=node.text("title"),
            summary=node.text("summary"),
            description=node.text("description"),
            servers=self._servers.of(node),
            bindings=bindings(self._source, node),
            python_name=node.text("x-python-name"),
        )

    def _parameter(self, name: str, node: Node) -> ChannelParameter:
        return ChannelParameter(
            at=node.at,
            name=name,
            description=node.text("description"),
            enum=node.texts("enum"),
            default=node.text("default"),
            examples=node.texts("examples"),
            location=node.text("location"),
            python_name=node.text("x-python-name"),
        )

    def _older_parameters(self, node: Node) -> Iterator[ChannelParameter]:
        """Parameters of 2.x, which have a schema."""
        for name, each in self._source.followed(node.entries("parameters")):
            inner = each.get("schema")
            schema = Node(each.at, {}) if inner is None else self._source.follow(inner)
            self._hint_at_schema(name, schema)
            yield ChannelParameter(
                at=each.at,
                name=name,
                description=each.text("description") or schema.text("description"),
                enum=texts(schema, "enum"),
                default=next(iter(texts(schema, "default")), None),
                examples=texts(schema, "examples"),
                location=each.text("location"),
                python_name=each.text("x-python-name"),
            )

    def _hint_at_schema(self, name: str, schema: Node) -> None:
        """A value in an address is text, and one of a list at most."""
        for key, node in schema.children():
            if key in UNDERSTOOD or key.startswith("x-") or node.value == "string":
                continue
            shown = f"{key}: {node.value}" if isinstance(node.value, str) else key
            self._source.report(
                Problem(
                    "ignored-parameter-schema",
                    node.at.key(),
                    f'parameter "{name}": "{shown}" is not checked; '
                    "a value in an address is text, and at most one of an enum",
                    severity="hint",
                )
            )


NAMES = re.compile(r"\{([^{}]+)\}")
UNDERSTOOD = frozenset(
    {"enum", "default", "examples", "description", "title", "$id", "$comment"}
)


def within(
    node: Node, path: str, address: str, declared: tuple[ChannelParameter, ...]
) -> tuple[ChannelParameter, ...]:
    """The parameters of an address, without those that only its query names."""
    left = set(NAMES.findall(address)) - set(NAMES.findall(path))
    kept = tuple(one for one in declared if one.name not in left)
    return (*kept, *undeclared(node, path, kept))


def undeclared(
    node: Node, address: str, declared: tuple[ChannelParameter, ...]
) -> Iterator[ChannelParameter]:
    """The parameters that an address names and nothing declares: any text, and they stand where it does."""
    known = {parameter.name for parameter in declared}
    for name in dict.fromkeys(NAMES.findall(address)):
        if name not in known:
            yield ChannelParameter(at=node.at, name=name)


def texts(node: Node, key: str) -> tuple[str, ...]:
    """The scalars under a key, in the way that an address has them."""
    found = node.get(key)
    if found is None:
        return ()
    values = found.value if isinstance(found.value, list) else [found.value]
    return tuple(shown for value in values if (shown := text_of(value)) is not None)


def text_of(value: Json) -> str | None:
    """A scalar as the text in an address."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def words(text: str) -> list[str]:
    """The words of an address or a key."""
    return re.findall(r"[^\W_]+", text)
