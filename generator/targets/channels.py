"""`channels.py`: where messages travel, and what kinds of them there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from generator.carriers import CarrierKind, called_server
from generator.channels import Binding, Channel
from generator.model import Json
from generator.python import Imports, call, docstring, literal, string
from generator.rules.bindings import HONOURED, spoken
from generator.targets.exchange_names import NamedChannel, NamedExchanges, NamedMessage
from generator.targets.message_kinds import declaration
from generator.targets.models import Models
from generator.value import dataclass

EXTENSIONS = {"x-redis": "redis", "x-jetstream": "nats"}
"""Bindings of our own → the protocol that they belong to."""


@dataclass(frozen=True, slots=True)
class DeclarationView:
    """A constant: its statement, and what it is."""

    statement: str
    docstring: str


@dataclass(frozen=True, slots=True)
class ChannelsView:
    """The module."""

    imports: str
    channels: tuple[DeclarationView, ...]
    messages: tuple[DeclarationView, ...]


def channels_view(
    named: NamedExchanges, models: Models, modules: Mapping[str, str] | None = None
) -> ChannelsView:
    """Every channel and every kind of message that an exchange uses.

    `modules` are those of the runtime that a client has others for.
    """
    imports = Imports()
    channels = tuple(
        _channel(one, served(one, named), imports) for one in named.channels
    )
    messages = tuple(_message(one, models, imports) for one in named.messages)
    for wanted in [one for one in imports.wanted if one.module in (modules or {})]:
        imports.wanted.remove(wanted)
        imports.add((modules or {})[wanted.module], wanted.name)
    return ChannelsView(imports.text, channels, messages)


def served(channel: NamedChannel, named: NamedExchanges) -> Channel:
    """The channel, with the HTTP bindings of what is received there: method and query are the route's."""
    if channel.kind != "http":
        return channel.channel
    using = named.by_channel[channel]
    taken = [one for one in using if one.receives and one.channel is channel]
    routed = (each for one in taken for each in one.exchange.bindings)
    own = tuple(one for one in routed if one.protocol == "http")
    return replace(channel.channel, bindings=(*own, *channel.channel.bindings))


def _channel(
    named: NamedChannel, channel: Channel, imports: Imports
) -> DeclarationView:
    imports.add(".runtime.channel", "Channel")
    used = len(named.constant) + 3
    arguments = _channel_arguments(channel, named.kind, imports)
    made = call("Channel", arguments, used=used)
    said = channel.description or channel.summary or channel.title
    return DeclarationView(f"{named.constant} = {made}", docstring(said, 0))


def _channel_arguments(
    channel: Channel, kind: CarrierKind, imports: Imports
) -> Iterator[str]:
    yield string(channel.name)
    yield literal(channel.address)
    if kind != "broker":
        yield f"carrier={string(kind)}"
    options = channel_options(channel)
    if kind == "call":
        options["http"] = {"server": server_name(channel)}
    if options:
        yield f"options={literal({**options})}"
    parameters = {
        one.name: known
        for one in channel.parameters
        if (known := list(_parameter(one.enum, one.default, one.location)))
    }
    if parameters:
        imports.add(".runtime.channel", "ChannelParameter")
        entries = ", ".join(
            f"{string(name)}: {call('ChannelParameter', known)}"
            for name, known in parameters.items()
        )
        yield f"parameters={{{entries}}}"


def server_name(channel: Channel) -> str:
    """What the server that is called is known by."""
    server = called_server(channel)
    return server.name or server.url


def _parameter(
    enum: tuple[str, ...], default: str | None, location: str | None
) -> Iterator[str]:
    if enum:
        yield f"enum=({', '.join(map(string, enum))},)"
    if default is not None:
        yield f"default={string(default)}"
    if location is not None:
        yield f"location={string(location)}"


def channel_options(channel: Channel) -> dict[str, Json]:
    """The channel's binding fields by protocol, and the version of MQTT that its servers speak."""
    options = binding_options(channel.bindings)
    for server in channel.servers:
        protocol = (server.protocol or "").lower()
        version = "5" if protocol == "mqtt5" else server.protocol_version
        if "mqtt" in protocol and version is not None:
            known = options.get("mqtt")
            mqtt = known if isinstance(known, dict) else {}
            options["mqtt"] = {"protocol_version": version, **mqtt}
    return options


def binding_options(bindings: Iterable[Binding]) -> dict[str, Json]:
    """Binding fields by protocol, as the runtime's carriers look for them."""
    options: dict[str, Json] = {}
    for binding in bindings:
        protocol = EXTENSIONS.get(binding.protocol) or spoken(binding.protocol)
        fields = honoured(binding)
        if binding.protocol.startswith("x-"):
            fields = {binding.protocol: fields}
        if fields:
            known = options.get(protocol)
            options[protocol] = {**(known if isinstance(known, dict) else {}), **fields}
    return options


def honoured(binding: Binding) -> dict[str, Json]:
    """The fields of a binding that something is made of; of the others the user is told."""
    known = {
        name
        for (protocol, _), names in HONOURED.items()
        if protocol == spoken(binding.protocol)
        for name in names
    }
    return {
        name: value
        for name, value in binding.fields.items()
        if name in known or name in EXTENSIONS
    }


def _message(named: NamedMessage, models: Models, imports: Imports) -> DeclarationView:
    message = named.message
    statement = declaration(named, models, imports.wanted)
    said = message.summary or message.description or message.title
    return DeclarationView(statement, docstring(said, 0))
