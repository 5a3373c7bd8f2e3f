"""The messages of a project in its `REFERENCE.md`: a row and a sequence diagram for each exchange."""

from __future__ import annotations

from collections.abc import Iterator

from generator.targets.deprecations import summary_of
from generator.targets.exchange_names import NamedExchange, NamedExchanges
from generator.targets.handlers import answers
from generator.targets.reference_text import markdown, plain
from generator.value import dataclass

CARRIES = {"broker": "Broker", "socket": "WebSocket", "http": "HTTP", "call": "HTTP"}
"""Kind of carrier → who stands between the two sides."""


@dataclass(frozen=True, slots=True)
class ExchangeRow:
    """One exchange; `steps` are the lines of its diagram."""

    name: str
    kind: str
    address: str
    messages: str
    reply: str
    method: str
    summary: str
    carrier: str
    steps: tuple[str, ...]


def exchange_rows(messaging: NamedExchanges) -> tuple[ExchangeRow, ...]:
    """Every exchange, in the document's order."""
    return tuple(map(_row, messaging.exchanges))


def _row(named: NamedExchange) -> ExchangeRow:
    exchange = named.exchange
    kind = "receives" if named.receives else "sends"
    messages = ", ".join(markdown(one.message.name) for one in named.messages)
    replies = ", ".join(markdown(one.message.name) for one in named.replies)
    return ExchangeRow(
        name=markdown(exchange.id) or named.method,
        kind=f"{kind}, async" if exchange.is_async else kind,
        address=_address(named),
        messages=messages or "anything",
        reply=replies or "none",
        method=named.method if named.receives else f"publishers.{named.method}",
        summary=markdown(summary_of(exchange)),
        carrier=CARRIES[named.channel.kind],
        steps=tuple(_received(named) if named.receives else _sent(named)),
    )


def _address(named: NamedExchange) -> str:
    address = named.exchange.channel.address
    return "known at run time" if address is None else f"`{plain(address)}`"


def _said(name: str) -> str:
    """A message's name in a diagram, where `;` and `#` mean something."""
    return plain(name).replace("#", " ").replace("%", " ") or "message"


def _received(named: NamedExchange) -> Iterator[str]:
    yield f"Caller->>Carrier: {_kinds(named)}"
    yield f"Carrier->>Service: {_kinds(named)}"
    accepted = [one for one in named.replies if one not in answers(named)]
    if accepted:
        yield f"Service-->>Caller: {_said(accepted[0].message.name)}"
    yield f"Service->>Handler: {named.method}"
    for reply in answers(named)[:1]:
        yield f"Handler-->>Service: {_said(reply.message.name)}"
        yield f"Service->>Carrier: {_said(reply.message.name)}"
        yield f"Carrier->>Caller: {_said(reply.message.name)}"


def _sent(named: NamedExchange) -> Iterator[str]:
    yield f"Handler->>Service: publishers.{named.method}"
    yield f"Service->>Carrier: {_kinds(named)}"
    yield f"Carrier->>Caller: {_kinds(named)}"
    for reply in named.replies[:1]:
        yield f"Caller->>Carrier: {_said(reply.message.name)}"
        yield f"Carrier->>Service: {_said(reply.message.name)}"


def _kinds(named: NamedExchange) -> str:
    return " or ".join(_said(one.message.name) for one in named.messages) or "a message"
