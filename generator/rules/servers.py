"""Rules about servers: their variables, and whether there is a carrier for their protocol."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.carriers import BROKERS, SOCKETS, WEB
from generator.model import Api, Server
from generator.problems import Problem
from generator.rules.operations import suggestion

NAMES = re.compile(r"\{([^{}]*)\}")
KNOWN = SOCKETS | WEB | {name for names in BROKERS.values() for name in names}


def messaging(api: Api) -> Iterator[Server]:
    """The servers of AsyncAPI."""
    return (server for server in api.servers if server.protocol is not None)


def undeclared(api: Api) -> Iterator[Problem]:
    """Each variable in a server's URL is declared."""
    for server in messaging(api):
        known = [name for name, _, _ in server.variables]
        for name in dict.fromkeys(NAMES.findall(server.url)):
            if name not in known:
                yield Problem(
                    "undeclared-variable",
                    server.at.key(),
                    f'server "{server.name}": nothing declares the variable "{name}" of its address',
                    suggestion(name, known, "variables"),
                    "warning",
                )


def unused(api: Api) -> Iterator[Problem]:
    """Each variable of a server is in its URL."""
    for server in messaging(api):
        named = NAMES.findall(server.url)
        for name, _, _ in server.variables:
            if name not in named:
                yield Problem(
                    "unused-variable",
                    (server.at / "variables" / name).key(),
                    f'server "{server.name}": its address does not name the variable "{name}"',
                    f"write {{{name}}} in the address, or remove the variable",
                    "warning",
                )


def defaults(api: Api) -> Iterator[Problem]:
    """A variable's default is among the values of its enum."""
    for server in messaging(api):
        for name, default, choices in server.variables:
            if choices and default and default not in choices:
                yield Problem(
                    "unfit-default",
                    server.at / "variables" / name / "default",
                    f'variable "{name}": the default "{default}" is none of its enum',
                    f"use {', '.join(choices)}",
                    "warning",
                )


def protocols(api: Api) -> Iterator[Problem]:
    """There is a carrier for the protocol of each server."""
    for server in messaging(api):
        if server.protocol not in KNOWN:
            yield Problem(
                "unknown-protocol",
                server.at / "protocol",
                f'server "{server.name}": there is no carrier for {server.protocol}; its '
                "channels are carried in memory, or by the broker that BROKER_URL names",
                "any of amqp, kafka, mqtt, nats and redis can stand in for it",
                "hint",
            )


def mixed(api: Api) -> Iterator[Problem]:
    """The servers of a channel are of one kind, since one carrier has it."""
    for channel in api.channels:
        kinds = {kind(server) for server in channel.servers}
        if len(kinds) > 1:
            yield Problem(
                "mixed-protocols",
                channel.at.key(),
                f'channel "{channel.name}" is on servers of several kinds: '
                f"{', '.join(sorted(kinds))}; one of them carries it",
                "name the servers of the channel, or write a channel for each kind",
                "hint",
            )


def kind(server: Server) -> str:
    if server.protocol in SOCKETS:
        return "WebSocket"
    return "HTTP" if server.protocol in WEB else "broker"
