"""What everything about messages is called in Python: exchanges, channels, their parameters, kinds of messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from generator.carriers import CarrierKind, carrier_kind, exchange_kind
from generator.channels import Channel, ChannelParameter, Exchange, Message
from generator.model import Api
from generator.names import ARGUMENTS, Scope, constant, pascal, snake
from generator.problems import Problem
from generator.targets.directions import Direction, used_messages
from generator.targets.uses import message_hint
from generator.value import dataclass

BESIDE = frozenset(
    "body message job headers correlation_id key timeout group message_id incoming handlers reader "
    "self cls models".split()
)
"""Names that handlers, publishers and clients use beside a channel's parameters."""
ADDRESS = "address"
"""What stands for the whole address where the document knows none."""


@dataclass(frozen=True, slots=True)
class NamedParameter:
    """A parameter of an address with the name that handlers, publishers and clients know it by."""

    name: str
    parameter: ChannelParameter


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NamedChannel:
    """A channel: `LIGHTING_MEASURED_CHANNEL`."""

    channel: Channel
    kind: CarrierKind
    constant: str
    parameters: tuple[NamedParameter, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NamedMessage:
    """A kind of message on its way in or out of the service: `LIGHT_MEASURED_MESSAGE`."""

    message: Message
    constant: str
    direction: Direction

    @property
    def hint(self) -> str:
        """What the models of an inline payload is called; its headers' ends in `Headers`."""
        return message_hint(self.message)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NamedExchange:
    """An exchange with the names of everything that belongs to it."""

    exchange: Exchange
    method: str
    """receive_light_measurement: the handler's method, the publisher, and the client's method"""
    prefix: str
    constant: str
    """RECEIVE_LIGHT_MEASUREMENT"""
    consumer: str
    """RECEIVE_LIGHT_MEASUREMENT_CONSUMER"""
    channel: NamedChannel
    messages: tuple[NamedMessage, ...]
    reply_channel: NamedChannel | None = None
    replies: tuple[NamedMessage, ...] = ()

    @property
    def receives(self) -> bool:
        return self.exchange.action == "receive"


@dataclass(frozen=True)
class NamedExchanges:
    """All of an API's, and the channels and messages that they use."""

    exchanges: tuple[NamedExchange, ...] = ()
    channels: tuple[NamedChannel, ...] = ()
    messages: tuple[NamedMessage, ...] = ()
    problems: tuple[Problem, ...] = ()

    @cached_property
    def received(self) -> tuple[NamedExchange, ...]:
        return tuple(one for one in self.exchanges if one.receives)

    @cached_property
    def sent(self) -> tuple[NamedExchange, ...]:
        return tuple(one for one in self.exchanges if not one.receives)

    @cached_property
    def by_channel(self) -> Mapping[NamedChannel, list[NamedExchange]]:
        """The exchanges whose messages, or whose replies, travel through each channel."""
        found: dict[NamedChannel, list[NamedExchange]] = {}
        for one in self.exchanges:
            for channel in dict.fromkeys((one.channel, one.reply_channel)):
                if channel is not None:
                    found.setdefault(channel, []).append(one)
        return found


def named_exchanges(api: Api, methods: Mapping[str, str]) -> NamedExchanges:
    """Names for all of it; `methods` has the method and class prefix of every exchange by its id."""
    constants = Scope({"UUID", "CONSUMERS", "PUBLISHERS", "QUEUED_OPERATIONS"})
    own = {
        exchange.id: constants.take(methods[exchange.id].upper())
        for exchange in api.exchanges
    }
    constants.keep(f"{name}_CONSUMER" for name in own.values())
    problems: list[Problem] = []
    channels = {
        (channel.key, kind): _channel(channel, kind, constants, problems)
        for channel, kind in used_channels(api.exchanges)
    }
    messages = _messages(api, constants)
    named = tuple(
        _exchange(exchange, methods[exchange.id], own, channels, messages)
        for exchange in api.exchanges
    )
    return NamedExchanges(
        named, tuple(channels.values()), tuple(messages.values()), tuple(problems)
    )


def used_channels(
    exchanges: Iterable[Exchange],
) -> Iterator[tuple[Channel, CarrierKind]]:
    """Each channel that an exchange or a reply uses, once; what is called is another one than what is served."""
    seen: set[tuple[str, CarrierKind]] = set()
    for exchange in exchanges:
        answering = answering_channel(exchange)
        others = [] if answering is None else [(answering, carrier_kind(answering))]
        for channel, kind in [(exchange.channel, exchange_kind(exchange)), *others]:
            if (channel.key, kind) not in seen:
                seen.add((channel.key, kind))
                yield channel, kind


def answering_channel(exchange: Exchange) -> Channel | None:
    """The channel that replies travel through; a call is answered on the spot."""
    if exchange.reply is None or exchange_kind(exchange) == "call":
        return None
    return exchange.reply.channel


def _channel(
    channel: Channel, kind: CarrierKind, constants: Scope, problems: list[Problem]
) -> NamedChannel:
    wanted = ended(constant(channel.python_name or channel.name), "CHANNEL")
    scope = Scope(ARGUMENTS | BESIDE)
    parameters = tuple(
        NamedParameter(
            scope.take(
                one.python_name or snake(one.name, "parameter"), one.name, one.at
            ),
            one,
        )
        for one in channel.parameters
    )
    where = f"parameters of {channel.name}"
    problems += [collision.problem(where) for collision in scope.collisions]
    return NamedChannel(
        channel=channel,
        kind=kind,
        constant=constants.take(wanted),
        parameters=parameters,
    )


def _messages(api: Api, constants: Scope) -> dict[tuple[str, Direction], NamedMessage]:
    """A message that goes both ways is two: its models may differ."""
    found: dict[tuple[str, Direction], NamedMessage] = {}
    for message, direction in used_messages(api):
        if (message.key, direction) not in found:
            other: Direction = "in" if direction == "out" else "out"
            way = "SENT" if direction == "out" else "RECEIVED"
            plain = ended(constant(message.python_name or message.name), "MESSAGE")
            wanted = f"{plain}_{way}" if (message.key, other) in found else plain
            found[message.key, direction] = NamedMessage(
                message=message, constant=constants.take(wanted), direction=direction
            )
    return found


def ended(name: str, ending: str) -> str:
    """The name with its ending: PING_CHANNEL."""
    return name if name.endswith(ending) else f"{name}_{ending}"


def _exchange(
    exchange: Exchange,
    method: str,
    constants: Mapping[str, str],
    channels: Mapping[tuple[str, CarrierKind], NamedChannel],
    messages: Mapping[tuple[str, Direction], NamedMessage],
) -> NamedExchange:
    there: Direction = "in" if exchange.action == "receive" else "out"
    back: Direction = "out" if there == "in" else "in"
    reply, answering = exchange.reply, answering_channel(exchange)
    return NamedExchange(
        exchange=exchange,
        method=method,
        prefix=pascal(method),
        constant=constants[exchange.id],
        consumer=f"{constants[exchange.id]}_CONSUMER",
        channel=channels[exchange.channel.key, exchange_kind(exchange)],
        messages=tuple(messages[one.key, there] for one in exchange.messages),
        reply_channel=(
            None
            if answering is None
            else channels[answering.key, carrier_kind(answering)]
        ),
        replies=(
            tuple(messages[one.key, back] for one in reply.messages) if reply else ()
        ),
    )
