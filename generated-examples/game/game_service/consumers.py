"""How each message is read, and which handler it goes to."""

from __future__ import annotations

from . import models
from .channels import (
    MOVE_MESSAGE,
    RESIGNATION_MESSAGE,
    SCORE_MESSAGE,
    SCORE_REQUEST_MESSAGE,
    TABLE_CHANNEL,
)
from .handlers import Handlers
from .runtime.consumer import Consumer, Replies
from .runtime.incoming import Incoming
from .runtime.message import Message


async def run_play(handlers: Handlers, incoming: Incoming) -> None:
    """One message of play."""
    taken: tuple[models.Move | models.Resignation, Message] = incoming.take(
        MOVE_MESSAGE, RESIGNATION_MESSAGE
    )
    await handlers.play(incoming.parameter("tableId"), *taken)


PLAY_CONSUMER: Consumer[Handlers] = Consumer(
    "play", TABLE_CHANNEL, (MOVE_MESSAGE, RESIGNATION_MESSAGE), run_play
)


async def run_ask_score(handlers: Handlers, incoming: Incoming) -> object:
    """One message of askScore."""
    body, message = incoming.take(SCORE_REQUEST_MESSAGE)
    return await handlers.ask_score(incoming.parameter("tableId"), body, message)


ASK_SCORE_CONSUMER: Consumer[Handlers] = Consumer(
    "askScore",
    TABLE_CHANNEL,
    (SCORE_REQUEST_MESSAGE,),
    run_ask_score,
    reply=Replies(TABLE_CHANNEL, (SCORE_MESSAGE,)),
)


CONSUMERS: tuple[Consumer[Handlers], ...] = (PLAY_CONSUMER, ASK_SCORE_CONSUMER)
