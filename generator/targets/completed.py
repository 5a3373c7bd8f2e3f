"""What a document leaves open about its messages, settled: where the service listens, and for what.

A channel that only has a name is at that name; one without messages carries bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from generator.channels import Channel, ChannelParameter, Exchange, Message, Reply
from generator.model import Api

PARAMETER = re.compile(r"\{([^{}]*)\}")


def completed(api: Api) -> Api:
    """The API in which every exchange has a message, and every channel that it receives from an address.

    A channel that is only sent to, or replied at, gets its address with each message.
    """
    heard = {one.channel.key for one in api.exchanges if one.action == "receive"}
    known = {
        one.key: _named(one) if one.key in heard else replace(one, parameters=())
        for one in api.channels
        if one.address is None
    }
    return replace(
        api,
        channels=tuple(known.get(one.key, one) for one in api.channels),
        exchanges=tuple(_settled(one, known) for one in api.exchanges),
    )


def _named(channel: Channel) -> Channel:
    parameters = tuple(_parameters(channel))
    return replace(channel, address=channel.name, parameters=parameters)


def _parameters(channel: Channel) -> Iterator[ChannelParameter]:
    """Those that the name has, declared or not."""
    declared = {one.name: one for one in channel.parameters}
    for name in dict.fromkeys(PARAMETER.findall(channel.name)):
        yield declared.get(name) or ChannelParameter(at=channel.at, name=name)


def _settled(exchange: Exchange, known: Mapping[str, Channel]) -> Exchange:
    channel = known.get(exchange.channel.key, exchange.channel)
    reply = exchange.reply
    return replace(
        exchange,
        channel=channel,
        messages=exchange.messages or (unsaid(channel),),
        reply=None if reply is None else _replying(reply, known),
    )


def unsaid(channel: Channel) -> Message:
    """The message of a channel for which none is declared."""
    return Message(
        at=channel.at,
        key=f"{channel.key}/unsaid",
        name=channel.name,
        content_type="application/octet-stream",
    )


def _replying(reply: Reply, known: Mapping[str, Channel]) -> Reply:
    found = None if reply.channel is None else known.get(reply.channel.key)
    return reply if found is None else replace(reply, channel=found)
