"""Rules about channels: their addresses, their parameters, and what is done with them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from generator.carriers import SOCKETS
from generator.channels import Channel, ChannelParameter, Message
from generator.model import Api
from generator.problems import Problem
from generator.rules.message_expressions import located
from generator.rules.operations import suggestion

NAMES = re.compile(r"\{([^{}]*)\}")


def undeclared(api: Api) -> Iterator[Problem]:
    """Each parameter that an address names is declared; those that the reader made stand at the channel."""
    for channel in api.channels:
        known = [each.name for each in channel.parameters if each.at != channel.at]
        for parameter in channel.parameters:
            if parameter.at == channel.at:
                yield Problem(
                    "undeclared-parameter",
                    channel.at.key(),
                    f'channel "{channel.name}": nothing declares the parameter '
                    f'"{parameter.name}" of its address "{channel.address}": it is any text',
                    suggestion(parameter.name, known, "parameters"),
                    "warning",
                )


def unused(api: Api) -> Iterator[Problem]:
    """Each parameter that is declared stands in the address."""
    for channel in api.channels:
        if channel.address is None:
            continue
        named = NAMES.findall(channel.address)
        for parameter in channel.parameters:
            if parameter.name not in named:
                yield Problem(
                    "unused-parameter",
                    parameter.at.key(),
                    f'channel "{channel.name}": its address "{channel.address}" '
                    f'does not name the parameter "{parameter.name}"',
                    f"write {{{parameter.name}}} in the address, or remove the parameter",
                    "warning",
                )


def repeated(api: Api) -> Iterator[Problem]:
    """An address names no parameter twice, and none without a name."""
    for channel in api.channels:
        counts = Counter(NAMES.findall(channel.address or ""))
        for name, count in counts.items():
            if count > 1 or not name:
                yield Problem(
                    "repeated-parameter" if name else "unfit-address",
                    channel.at.key(),
                    f'channel "{channel.name}": the address "{channel.address}" '
                    + (f'names "{name}" twice' if name else "has a nameless parameter"),
                    "give each parameter a name of its own",
                )


def addresses(api: Api) -> Iterator[Problem]:
    """An address is a path or a name: queries and fragments are said by bindings."""
    for channel in api.channels:
        bare = NAMES.sub("", channel.address or "")
        if "{" in bare or "}" in bare:
            yield unfit_address(channel, "write a parameter as {name}")
        elif "?" in bare or "#" in bare:
            help = "queries, fragments and wildcards are no part of an address"
            yield unfit_address(channel, help, "hint")


def unfit_address(channel: Channel, help: str, severity: str = "error") -> Problem:
    return Problem(
        "unfit-address",
        channel.at.key(),
        f'channel "{channel.name}": "{channel.address}" cannot be an address',
        help,
        severity,
    )


def unaddressed(api: Api) -> Iterator[Problem]:
    """What the application receives from, or sends to, is somewhere."""
    for exchange in api.exchanges:
        if exchange.channel.address is None:
            yield Problem(
                "unaddressed-channel",
                exchange.at,
                f'{exchange.id}: the channel "{exchange.channel.name}" has no address; '
                "only its name is known",
                f"write address: {exchange.channel.name}",
                "warning",
            )


def same_address(api: Api) -> Iterator[Problem]:
    """No two channels are at one address of one server."""
    first: dict[tuple[str, str], Channel] = {}
    for channel in api.channels:
        if channel.address is None:
            continue
        address = NAMES.sub("{}", channel.address)
        names = [server.name or "" for server in channel.servers] or [""]
        for server in names:
            other = first.setdefault((server, address), channel)
            if other is not channel:
                yield Problem(
                    "same-address",
                    channel.at.key(),
                    f'channel "{channel.name}" is at the address of "{other.name}"',
                    "let one channel have the messages of both",
                    "hint" if is_socket(channel) else "warning",
                )
                break


def is_socket(channel: Channel) -> bool:
    """Whether one connection carries the channel, as it may carry others."""
    return all(server.protocol in SOCKETS for server in channel.servers)


def parameter_values(api: Api) -> Iterator[Problem]:
    """A parameter's default and examples are among the values of its enum."""
    for parameter in parameters(api):
        if not parameter.enum:
            continue
        if parameter.default is not None and parameter.default not in parameter.enum:
            yield unfit(parameter, "default", parameter.default)
        for value in parameter.examples:
            if value not in parameter.enum:
                yield unfit(parameter, "example", value)


def parameters(api: Api) -> Iterator[ChannelParameter]:
    """Every parameter, once, however many channels refer to it."""
    everything = (one for channel in api.channels for one in channel.parameters)
    return iter(dict.fromkeys(everything))


def unfit(parameter: ChannelParameter, what: str, value: str) -> Problem:
    return Problem(
        f"unfit-{what}",
        parameter.at,
        f'parameter "{parameter.name}": the {what} "{value}" is none of its enum',
        f"use {', '.join(parameter.enum)}",
        "warning",
    )


def locations(api: Api) -> Iterator[Problem]:
    """What a message says of a parameter can be found in it."""
    for channel in api.channels:
        for one in channel.parameters:
            at, whose = one.at / "location", f'parameter "{one.name}"'
            yield from located(api, whose, at, one.location, channel.messages)


def idle(api: Api) -> Iterator[Problem]:
    """Something is done with every channel."""
    used = {id(exchange.channel) for exchange in api.exchanges}
    replies = (exchange.reply for exchange in api.exchanges)
    used |= {id(reply.channel) for reply in replies if reply is not None}
    for channel in api.channels:
        if id(channel) not in used:
            yield Problem(
                "unused-channel",
                channel.at.key(),
                f'no operation uses the channel "{channel.name}", so nothing is made of it',
                "add an operation that sends to it or receives from it",
                "hint",
            )


def message_names(api: Api) -> Iterator[Problem]:
    """The messages of a channel have names of their own."""
    for channel in api.channels:
        first: dict[str, Message] = {}
        for message in channel.messages:
            if first.setdefault(message.name, message) is not message:
                yield Problem(
                    "duplicate-message",
                    message.at,
                    f'channel "{channel.name}" has two messages named "{message.name}"',
                    f"name one of them otherwise, such as {message.name}2",
                    "warning",
                )
