"""How each message is read, and which handler it goes to."""

from __future__ import annotations

from .channels import (
    ANSWERS_CHANNEL,
    ARRIVALS_CHANNEL,
    ARRIVAL_MESSAGE,
    REFUSED_MESSAGE,
    RESERVATIONS_CHANNEL,
    RESERVED_MESSAGE,
    RESERVE_MESSAGE,
)
from .handlers import Handlers
from .runtime.consumer import Consumer, Replies
from .runtime.incoming import Incoming
from .runtime.operation import Backoff, Policy


async def run_take_arrival(handlers: Handlers, incoming: Incoming) -> None:
    """One message of takeArrival."""
    body, message = incoming.take(ARRIVAL_MESSAGE)
    await handlers.take_arrival(body, message)


TAKE_ARRIVAL_CONSUMER: Consumer[Handlers] = Consumer(
    "takeArrival",
    ARRIVALS_CHANNEL,
    (ARRIVAL_MESSAGE,),
    run_take_arrival,
    policy=Policy(backoff=Backoff(0.2, 2.0, 300.0)),
)


async def run_reserve(handlers: Handlers, incoming: Incoming) -> object:
    """One message of reserve."""
    body, message = incoming.take(RESERVE_MESSAGE)
    return await handlers.reserve(body, message)


RESERVE_CONSUMER: Consumer[Handlers] = Consumer(
    "reserve",
    RESERVATIONS_CHANNEL,
    (RESERVE_MESSAGE,),
    run_reserve,
    reply=Replies(
        ANSWERS_CHANNEL,
        (RESERVED_MESSAGE, REFUSED_MESSAGE),
        address="$message.header#/replyTo",
    ),
)


CONSUMERS: tuple[Consumer[Handlers], ...] = (TAKE_ARRIVAL_CONSUMER, RESERVE_CONSUMER)
