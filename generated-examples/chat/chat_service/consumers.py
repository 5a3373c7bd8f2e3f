"""How each message is read, and which handler it goes to."""

from __future__ import annotations

from .channels import (
    LINE_MESSAGE_RECEIVED,
    PEOPLE_MESSAGE,
    RELAY_CHANNEL,
    ROOM_CHANNEL,
    UTTERANCE_MESSAGE,
    WHO_IS_HERE_MESSAGE,
)
from .handlers import Handlers
from .runtime.consumer import Consumer, Replies
from .runtime.incoming import Incoming


async def run_say(handlers: Handlers, incoming: Incoming) -> None:
    """One message of say."""
    body, message = incoming.take(UTTERANCE_MESSAGE)
    await handlers.say(incoming.parameter("room"), body, message)


SAY_CONSUMER: Consumer[Handlers] = Consumer(
    "say", ROOM_CHANNEL, (UTTERANCE_MESSAGE,), run_say
)


async def run_ask_who_is_here(handlers: Handlers, incoming: Incoming) -> object:
    """One message of askWhoIsHere."""
    body, message = incoming.take(WHO_IS_HERE_MESSAGE)
    return await handlers.ask_who_is_here(incoming.parameter("room"), body, message)


ASK_WHO_IS_HERE_CONSUMER: Consumer[Handlers] = Consumer(
    "askWhoIsHere",
    ROOM_CHANNEL,
    (WHO_IS_HERE_MESSAGE,),
    run_ask_who_is_here,
    reply=Replies(ROOM_CHANNEL, (PEOPLE_MESSAGE,)),
)


async def run_relay_in(handlers: Handlers, incoming: Incoming) -> None:
    """One message of relayIn."""
    body, message = incoming.take(LINE_MESSAGE_RECEIVED)
    await handlers.relay_in(incoming.parameter("room"), body, message)


RELAY_IN_CONSUMER: Consumer[Handlers] = Consumer(
    "relayIn", RELAY_CHANNEL, (LINE_MESSAGE_RECEIVED,), run_relay_in
)


CONSUMERS: tuple[Consumer[Handlers], ...] = (
    SAY_CONSUMER,
    ASK_WHO_IS_HERE_CONSUMER,
    RELAY_IN_CONSUMER,
)
