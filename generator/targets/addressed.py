"""Channels whose address the document leaves open: the service listens where their name says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from generator.channels import Channel, ChannelParameter, Exchange, Reply
from generator.model import Api
from generator.rules.channels import NAMES


def addressed(api: Api) -> Api:
    """The API in which every channel has an address that the service receives from.

    One that is only sent to, or replied at, gets its address with each message.
    """
    open_channels = [one for one in api.channels if one.address is None]
    if not open_channels:
        return api
    heard = {one.channel.key for one in api.exchanges if one.action == "receive"}
    known = {
        one.key: _named(one) if one.key in heard else replace(one, parameters=())
        for one in open_channels
    }
    return replace(
        api,
        channels=tuple(known.get(one.key, one) for one in api.channels),
        exchanges=tuple(_placed(one, known) for one in api.exchanges),
    )


def _named(channel: Channel) -> Channel:
    parameters = tuple(_parameters(channel))
    return replace(channel, address=channel.name, parameters=parameters)


def _parameters(channel: Channel) -> Iterator[ChannelParameter]:
    """Those that the name has, declared or not."""
    declared = {one.name: one for one in channel.parameters}
    for name in dict.fromkeys(NAMES.findall(channel.name)):
        yield declared.get(name) or ChannelParameter(at=channel.at, name=name)


def _placed(exchange: Exchange, known: Mapping[str, Channel]) -> Exchange:
    reply, channel = exchange.reply, exchange.channel
    placed = None if reply is None else _replying(reply, known)
    return replace(exchange, channel=known.get(channel.key, channel), reply=placed)


def _replying(reply: Reply, known: Mapping[str, Channel]) -> Reply:
    found = None if reply.channel is None else known.get(reply.channel.key)
    return reply if found is None else replace(reply, channel=found)
